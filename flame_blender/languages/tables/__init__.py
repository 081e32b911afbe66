"""A table for each language, named as Blender names it: English text -> the same in the language."""
