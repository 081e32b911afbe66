"""Keys an expression and a turn of the head, and writes them as a GLB that any viewer plays.

blender -b --python examples/animate_and_export.py -- head.glb
"""

import sys

from bl_ext.user_default.flame_blender import api

head = api.add_head(api.BUILT_IN)
for frame, smile, turn in ((1, 0.0, 0.0), (12, 1.0, 0.35), (24, 0.0, 0.0)):
    api.set_arkit(head, {"mouthSmileLeft": smile, "mouthSmileRight": smile, "jawOpen": 0.3 * smile})
    api.set_params(head, neck=(0, turn, 0))
    api.keyframe(head, frame)

written = api.export_scene(head, sys.argv[-1], frames=(1, 24))  # read back, and compared with the head
print(written.summary())
