"""Files of strangers read as data, within a budget, and files written whole: nothing in them runs. No bpy."""
