"""Materials as nodes: how new ones are made, and that of the eyes."""
