"""Landmarks of a face out of any file, in the layouts that tools use, and what looks wrong with them. No bpy."""
