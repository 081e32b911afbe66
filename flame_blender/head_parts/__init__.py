"""Teeth, gums, tongue and lashes beside FLAME's mesh, which has none: they follow any FLAME file's head. No bpy."""
