"""Turns, axes, frames, cameras and alignments: what knows nothing of heads. NumPy only."""
