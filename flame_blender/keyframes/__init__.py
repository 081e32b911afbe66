"""A head's values over time: written as curves, keyed by Blender's switches, read at once or frame by frame."""
