"""Fits a head to a photo by its 68 or 51 landmarks, lays the photo on it and saves the scene.

blender -b --python examples/fit_a_photo.py -- photo.png landmarks.json head.blend
"""

import sys
from pathlib import Path

import bpy
from bl_ext.user_default.flame_blender import api

photo, landmarks, out = (Path(name).resolve() for name in sys.argv[-3:])
fitted = api.fit_photo(photo, landmarks, model=api.BUILT_IN)  # the lens is estimated; focal=... in pixels gives it
print(*fitted.summary(), sep="\n")
textured = api.project_photo(fitted.head, size=1024)
print(f"the photo shows {100 * textured.seen:.0f} % of the texture")
bpy.ops.wm.save_as_mainfile(filepath=str(out))
