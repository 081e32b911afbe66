"""What a camera sees of a head: labels of every pixel, and of landmarks."""
