"""Mouth and lashes of a head whose model has none: an object of its own, the head's child, written with the head."""
