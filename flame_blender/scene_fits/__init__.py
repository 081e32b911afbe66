"""Fits in the scene: from what was observed there to a head that is fitted to it."""
