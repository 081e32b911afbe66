"""What a face does by itself: blinks, glances and small movements, as keys on a layer of their own."""
