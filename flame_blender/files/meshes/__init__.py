"""Meshes as files: .obj with what a template needs, .ply with all that it lists."""
