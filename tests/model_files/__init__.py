"""Installed models and what lies beside them: tests of flame_blender/model_files."""
