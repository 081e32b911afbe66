"""The built-in head."""
