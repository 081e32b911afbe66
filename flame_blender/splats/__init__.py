"""Gaussian splats without Blender: their files, their colours from any side, and how they follow a FLAME head."""
