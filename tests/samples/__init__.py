"""Teeth, gums, tongue and lashes for any head: tests of flame_blender/head_parts."""
