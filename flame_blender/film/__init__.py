"""A head, or a file of one, as a film with its sound: rendered in a scene of its own, which goes afterwards."""
