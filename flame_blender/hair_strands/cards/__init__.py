"""Hair as flat strips with a picture, for files that hold no strands."""
