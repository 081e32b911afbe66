"""Random heads as mesh files, drawn as FLAME's and VOCA's scripts draw them. Without Blender."""
