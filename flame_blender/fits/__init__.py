"""Fits in the scene: what was observed there, the head that is fitted to it, and how far off it is."""
