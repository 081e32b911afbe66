"""Data sets on engines: the same bytes as without them. `make test-engines`; it needs Blender, and what is tested."""
