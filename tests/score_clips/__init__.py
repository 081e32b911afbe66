"""Captured faces as files: tests of flame_blender/score_clips."""
