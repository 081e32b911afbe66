"""Heads and clips brought from one installed model to another."""
