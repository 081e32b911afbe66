"""Speech as files of lip-sync programs: tests of flame_blender/speech."""
