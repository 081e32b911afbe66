"""Hair: tests of flame_blender/hair_strands."""
