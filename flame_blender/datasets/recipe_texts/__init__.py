"""Recipes written as text, for people to go on with."""
