"""What tests in a window ask of it and do to it: the head, whether it is right, the 3D view, keys."""

from __future__ import annotations

import sys

import bpy
import numpy as np

CLOSE = 1e-6


def model() -> str:
    """The model of the head that is tried: what follows "--" on the command line, else the built-in one."""
    from bl_ext.user_default.flame_blender import api

    return sys.argv[sys.argv.index("--") + 1] if "--" in sys.argv else str(api.BUILT_IN)


def head() -> bpy.types.Object:
    """The head, found again: undo replaces every object."""
    return next(obj for obj in bpy.data.objects if obj.type == "MESH" and obj.flame.fingerprint)


def shows_its_parameters() -> bool:
    """Whether the evaluated mesh is what the layer says for the current parameters."""
    from bl_ext.user_default.flame_blender import api

    obj = head()
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    positions = np.empty((len(evaluated.vertices), 3), np.float32)
    evaluated.vertices.foreach_get("co", positions.ravel())
    x, y, z = positions.T
    return bool(np.abs(np.stack([x, z, -y], axis=1) - api.evaluate(obj)).max() < CLOSE)


def in_the_view():
    """An override of the context: the 3D view's main region."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    region = next(region for region in area.regions if region.type == "WINDOW")
    return bpy.context.temp_override(window=window, area=area, region=region)


def press(key: str) -> None:
    """Press and release a key over the middle of the window."""
    window = bpy.context.window_manager.windows[0]
    x, y = window.width // 3, window.height // 2
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    window.event_simulate(type=key, value="PRESS", x=x, y=y)
    window.event_simulate(type=key, value="RELEASE", x=x, y=y)
