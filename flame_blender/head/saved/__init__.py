"""What the properties that heads save are made of."""
