"""A dragged landmark reshapes the head."""
