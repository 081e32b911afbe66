"""Tests of flame_blender/texture_models."""
