"""Clips brought into the scene: keyed or cached on a head, with their camera, pictures and sound."""
