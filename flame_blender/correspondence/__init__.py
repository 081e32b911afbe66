"""What of one head model is where on another: a warp between their surfaces, and what is carried over by it. No bpy."""
