"""One module for each kind of file: a value, a text or an XML tree -> :class:`.raw_points.RawPoints`."""
