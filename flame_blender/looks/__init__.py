"""How heads of any model look: UVs, painted skin and quads made of the built-in head's and of where skin lies on it."""
