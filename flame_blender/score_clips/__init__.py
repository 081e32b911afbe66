"""Captured faces: the files of ARKit scores that cameras and speech models write, as one clip. No bpy."""
