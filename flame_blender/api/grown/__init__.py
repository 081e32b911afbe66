"""What grows on heads."""
