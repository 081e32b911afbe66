"""Photos laid into a head's texture, in the scene."""
