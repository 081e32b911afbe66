"""What in the scene was observed: scans, landmarks and photos' cameras. They are only read."""
