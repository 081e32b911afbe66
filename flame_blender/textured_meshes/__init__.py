"""What a mesh file says of how the mesh looks: UVs, pictures, colours, details; read and worked out without Blender."""
