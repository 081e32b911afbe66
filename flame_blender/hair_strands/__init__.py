"""Hair without Blender: where it grows on a head, how each strand lies, how it follows the skin, and cards of it."""
