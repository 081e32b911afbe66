"""What samples take from files of a user's own, by the folders that a recipe names."""
