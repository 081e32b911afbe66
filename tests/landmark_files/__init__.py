"""Landmarks as tools write them, in order and plausible: tests of flame_blender/landmark_files."""
