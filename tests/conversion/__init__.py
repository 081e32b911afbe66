"""From one head model to another."""
