"""The generator of the built-in head: a human head in FLAME's layout, made of numbers alone."""
