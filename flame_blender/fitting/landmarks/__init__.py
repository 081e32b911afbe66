"""Heads fitted to landmarks, in space or in photos."""
