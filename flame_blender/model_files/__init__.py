"""FLAME files: told by their content, read, converted once and kept in the user's library. No bpy."""
