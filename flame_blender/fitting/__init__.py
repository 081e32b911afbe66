"""Fitting FLAME to what was measured; NumPy only, no bpy."""
