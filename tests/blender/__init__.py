"""The add-on in Blender."""
