"""Tests of ``flame_blender/looks``; those that need a correspondence are in ``tests/correspondence``."""
