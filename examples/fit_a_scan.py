"""Fits a head to a scan and writes its parameters; tells how far off it is.

blender -b --python examples/fit_a_scan.py -- scan.ply parameters.npz
"""

import sys

from bl_ext.user_default.flame_blender import api

scan, out = sys.argv[-2:]
fitted = api.fit_scan(scan, model=api.BUILT_IN)  # units and axes are guessed, and told; landmarks=... makes it surer
print(*fitted.summary(), sep="\n")
api.export_parameters(fitted.head, out)
