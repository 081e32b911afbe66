"""Heads fitted to meshes in the model's topology, or in the Basel Face Model's."""
