"""From one head model to another: the same person, expression and pose in another model's own numbers. No bpy."""
