"""A head of any FLAME file as a character: named controls, computed from its own numbers and kept for it."""
