"""Files that leave Blender."""
