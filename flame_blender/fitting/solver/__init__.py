"""The layer with its derivatives at some points, and robust least squares over its parameters."""
