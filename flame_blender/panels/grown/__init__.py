"""Panels of what grows on heads."""
