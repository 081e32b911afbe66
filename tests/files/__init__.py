"""Reading and writing files safely: tests of flame_blender/files, and of every writer."""
