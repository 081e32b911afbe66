"""The mathematics and the files, without Blender."""
