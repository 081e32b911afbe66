"""A head's template over time: meshes, each of which is the rest shape that identity, expression and pose act on."""
