"""Gaussian avatars: clouds of splats that follow a head's mesh, in Blender 5.3 and newer."""
