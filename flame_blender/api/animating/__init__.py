"""Animating by hand: what moves a face without a clip."""
