"""Data sets with ground truth: what a sample is, its labels, shards and their checks. Without Blender."""
