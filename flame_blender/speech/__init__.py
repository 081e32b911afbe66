"""Speech as mouth shapes over time: the timelines of lip-sync programs, as scores of the fifteen visemes. No bpy."""
