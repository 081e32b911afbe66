"""Faces that are kept: taken off a head, pictured, shown on any head, and as assets of Blender's Asset Browser."""
