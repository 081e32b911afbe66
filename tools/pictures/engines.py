"""Renders both heads with EEVEE and with Cycles under the same lights: expressions, mouth open, eyes shut, aside.

make engines
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import FLAME_FILE, models
from labels import add_label, frame_label, heading
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

TILE, EEVEE_SAMPLES, CYCLES_SAMPLES = (240, 264), 8, 32
STRIP = 30  # pixels
LENS, HEIGHT = 120, -0.03  # mm, metres
SHOTS = (("Joy", 0.35), ("Surprise", 0.0), ("Eyes Closed", 0.0), ("aa", -0.7))  # preset, turn in radians


def main(out: Path) -> None:
    """Write the picture: a row for each head and engine."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.camera.data.lens, scene.camera.location.z = LENS, HEIGHT
    for light in bpy.data.lights:
        light.use_shadow_jitter = True  # an area light's shadow is hard and speckled in EEVEE without
    scene.cycles.samples, scene.eevee.taa_render_samples = CYCLES_SAMPLES, EEVEE_SAMPLES
    scene.eevee.shadow_resolution_scale = 0.5  # software OpenGL draws each shadow map pixel by pixel
    eevee = "BLENDER_EEVEE" if bpy.app.version >= (5, 0) else "BLENDER_EEVEE_NEXT"
    rows, label = [], add_label(scene)
    for name, model in models().items():
        head: Any = api.add_head(model)
        if name == FLAME_FILE:
            api.compute_controls(model)
            api.show_quads(head)
            api.add_mouth(head)
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
        for said, engine in (("Cycles", "CYCLES"), ("EEVEE", eevee)):
            rows += [_heading(scene, label, f"{name}, {said}"), _row(scene, label, head, engine)]
        for obj in (head, head.flame.mouth):
            if obj is not None:
                obj.hide_render = True
    save_picture(stacked(rows), out)
    print(f"engines: wrote {out}")


def _heading(scene: bpy.types.Scene, label: bpy.types.Object, text: str) -> np.ndarray:
    scene.render.engine = "CYCLES"
    return heading(scene, label, text, len(SHOTS) * TILE[0], STRIP)


def _row(scene: bpy.types.Scene, label: bpy.types.Object, head: Any, engine: str) -> np.ndarray:
    """The head's faces as an engine draws them, without the label."""
    frame_label(scene, label, "")
    scene.render.engine = engine
    tiles = []
    for preset, turn in SHOTS:
        api.apply_preset(head, preset)
        head.rotation_euler.z = turn
        started = time.perf_counter()
        tiles.append(rendered(scene))
        print(f"engines: {preset} by {engine} in {time.perf_counter() - started:.0f} s", flush=True)
    return beside(tiles)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
