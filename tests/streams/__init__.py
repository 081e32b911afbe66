"""Faces as they are captured: tests of flame_blender/streams."""
