"""Statistical models of a face's colours in FLAME's UVs: read, kept, made into pictures and fitted. No bpy."""
