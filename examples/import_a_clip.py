"""Brings in what a FLAME tool wrote, whichever tool it was, and bakes it: the .blend then plays without the add-on.

blender -b --python examples/import_a_clip.py -- clip.npz out.blend
"""

import sys
from pathlib import Path

import bpy
from bl_ext.user_default.flame_blender import api

clip, out = (Path(name) for name in sys.argv[-2:])
made = api.import_animation(clip, smooth=2)  # adds a head; a file or a folder, see docs/animation.md
print(*made.summary(), sep="\n")
bpy.ops.wm.save_as_mainfile(filepath=str(out.resolve()))
print("cache:", api.bake_cache(made.head))
bpy.ops.wm.save_mainfile()
