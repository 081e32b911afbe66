"""The mathematics: tests of flame_blender/flame, and the models that other tests take."""
