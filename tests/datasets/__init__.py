"""Data sets with ground truth: tests of flame_blender/datasets."""
