"""The pictures of one sample: of several cameras, of several frames."""
