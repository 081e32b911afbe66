"""A head's texture: where its texels lie, and photos laid into it. NumPy only."""
