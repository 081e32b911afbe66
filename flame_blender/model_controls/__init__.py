"""Named controls for a model that has none: ARKit's 52, and with them expressions and visemes, by its own numbers. No bpy."""
