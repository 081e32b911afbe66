"""Faces that are kept, as text and files: tests of flame_blender/saved_faces."""
