"""What grows on heads, or follows them."""
