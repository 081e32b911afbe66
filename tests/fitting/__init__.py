"""Parameters from landmarks, photos, meshes and scans."""
