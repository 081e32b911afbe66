"""Photos with pins: landmarks picked on them, and places of a fitted head that are dragged to where they are seen."""
