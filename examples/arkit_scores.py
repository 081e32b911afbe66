"""Plays ARKit's scores on a head: a table whose header names them, as Live Link Face and many trackers write it.

blender -b --python examples/arkit_scores.py -- scores.csv head.blend
"""

import csv
import sys
from pathlib import Path

import bpy
from bl_ext.user_default.flame_blender import api

table, out = (Path(name).resolve() for name in sys.argv[-2:])
head = api.add_head(api.BUILT_IN)
with table.open(newline="", encoding="utf-8-sig") as lines:
    for frame, row in enumerate(csv.DictReader(lines), start=1):
        # what is no score of a face (a time code, how the head is turned) is told, not guessed
        left_out = api.set_arkit(head, row, frame=frame)
print(f"{frame} frames; left out: {', '.join(left_out) or 'nothing'}")
bpy.context.scene.frame_end = frame
bpy.ops.wm.save_as_mainfile(filepath=str(out))
