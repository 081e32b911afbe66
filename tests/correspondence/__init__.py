"""Tests of flame_blender/correspondence."""
