"""Skin of texture models on heads: which model, its picture, and the material that shows it."""
