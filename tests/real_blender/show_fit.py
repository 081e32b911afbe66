"""Run inside a windowed Blender with the extension installed: landmarks being picked on a scan, the Fit panel beside.

For looking at, and for the picture in docs/fitting.md. A timer does it, one step a tick; the last step prints a line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import bpy
from mathutils import Vector

sys.path.append(str(Path(__file__).resolve().parent))

from stepping import take

TICK = 0.5  # seconds
PLACED = 9


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import api
    from bl_ext.user_default.flame_blender.panels import FLAME_PT_fit

    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    bpy.utils.unregister_class(FLAME_PT_fit)
    FLAME_PT_fit.bl_options = set()  # opened, which no script can ask for
    bpy.utils.register_class(FLAME_PT_fit)
    yield
    head = api.add_head()
    api.randomise(head, 5, 0.6)
    points = api.landmarks(head, space="world")
    mesh = bpy.data.meshes.new("Scan")
    mesh.from_pydata((1000 * api.evaluate(head, space="world")).tolist(), [], api.model(head).faces.tolist())
    mesh.shade_smooth()
    scan = bpy.data.objects.new("Scan", mesh)
    scan.scale = (0.001,) * 3
    bpy.context.scene.collection.objects.link(scan)
    bpy.data.objects.remove(head)
    bpy.context.view_layer.update()
    bpy.context.view_layer.objects.active = scan
    scan.select_set(True)
    bpy.context.scene.flame_fit.scan = scan
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    area.spaces.active.show_region_ui = True
    yield
    next(region for region in area.regions if region.type == "UI").active_panel_category = "FLAME"
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_orbit(angle=0.35, type="ORBITRIGHT")
        bpy.ops.view3d.view_selected()
    scan.select_set(False)
    session = api.begin_picking(scan)
    for _ in range(PLACED):
        session.place(Vector(points[session.picking.now]))
    yield
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.flame.pick_landmarks("INVOKE_DEFAULT")
    area.tag_redraw()
    yield
    print(f"fit panel: shown in Blender {bpy.app.version_string}", flush=True)


take(steps(), TICK)
