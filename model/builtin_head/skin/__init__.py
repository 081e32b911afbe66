"""The skin's pictures, painted by code: which pixel lies where, noise, places by landmarks, layers, wrinkles, marks."""
