"""Faces as they are captured: packets of scores out of a network, and takes recorded of them. No bpy."""
