"""Hair of the scalp: its styles, where it is combed, how long it is, and how its strands grow."""
