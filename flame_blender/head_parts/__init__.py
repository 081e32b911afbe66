"""What FLAME's mesh lacks, as parts beside it: teeth, gums, tongue and lashes that follow any FLAME file's head. No bpy."""
