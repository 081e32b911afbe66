"""Faces with a name that a user keeps: as text, as files of a folder, and how one is blended into another."""
