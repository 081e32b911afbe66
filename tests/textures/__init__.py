"""Texels, photos laid into them, what was seen: tests of flame_blender/textures."""
