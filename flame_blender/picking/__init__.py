"""Landmarks picked one after the other in the viewport."""
