"""Panels of what grows on heads, or follows them."""
