"""Measures of a head taken from its surface, as a caliper takes them, and what published surveys found in adults."""
