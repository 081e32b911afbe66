"""Heads that look as a mesh file says: its texture, normal map and colours, its detail mesh, its displacement."""
