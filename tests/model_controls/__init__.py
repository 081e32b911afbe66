"""Tests of flame_blender/model_controls."""
