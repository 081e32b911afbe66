"""What mesh files say of looks."""
