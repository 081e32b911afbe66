"""A FLAME head as a Blender object: what is saved, how it is written, when it is evaluated."""
