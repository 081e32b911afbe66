"""What is in sight besides a model's own mesh, as triangles with their labels."""
