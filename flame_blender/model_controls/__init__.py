"""Named controls for a model that has none: ARKit's 52, expressions and visemes, made of its own numbers. No bpy."""
