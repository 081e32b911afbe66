"""Folds of the skin on a head's mesh: written as it is evaluated, or by nodes where others move it."""
