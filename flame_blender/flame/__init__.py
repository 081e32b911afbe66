"""FLAME as mathematics: NumPy only, no bpy. PyTorch lives in ``torch_layer`` and is never required."""
