"""Axes, frames, rotations, cameras, units: tests of flame_blender/geometry."""
