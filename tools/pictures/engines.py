"""Renders both heads with EEVEE and with Cycles under the same lights, side by side.

make engines
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import BUILT_IN, expression, models
from labels import add_label, frame_label, heading
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

TILE, EEVEE_SAMPLES, CYCLES_SAMPLES = (400, 440), 24, 48
STRIP = 36  # pixels
LENS, HEIGHT, TURN = 170, -0.03, 0.3  # mm, metres, radians
JOY = {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0, "cheekSquintLeft": 0.6, "cheekSquintRight": 0.6}
JAW = 0.1  # radians, of the head without presets


def main(out: Path) -> None:
    """Write the picture: EEVEE on the left, Cycles on the right, a row for each head."""
    scene = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.camera.data.lens, scene.camera.location.z = LENS, HEIGHT
    for light in bpy.data.lights:
        light.use_shadow_jitter = True  # an area light's shadow is hard and speckled in EEVEE without
    scene.cycles.samples, scene.eevee.taa_render_samples = CYCLES_SAMPLES, EEVEE_SAMPLES
    eevee = "BLENDER_EEVEE" if bpy.app.version >= (5, 0) else "BLENDER_EEVEE_NEXT"
    rows, label = [], add_label(scene)
    for name, model in models().items():
        head = api.add_head(model)
        if api.lacks_looks(head):
            api.compute_looks(model)
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
        head.rotation_euler.z = TURN
        if name == BUILT_IN:
            api.apply_preset(head, "Joy")
        else:
            api.set_params(head, expression=expression(head, JOY), jaw=(JAW, 0, 0))
        rows += [_headings(scene, label, name), _row(scene, label, (eevee, "CYCLES"))]
        bpy.data.objects.remove(head)
    save_picture(stacked(rows), out)
    print(f"engines: wrote {out}")


def _headings(scene: bpy.types.Scene, label: bpy.types.Object, name: str) -> np.ndarray:
    scene.render.engine = "CYCLES"
    return beside(heading(scene, label, f"{name}, {engine}", TILE[0], STRIP) for engine in ("EEVEE", "Cycles"))


def _row(scene: bpy.types.Scene, label: bpy.types.Object, engines: tuple[str, ...]) -> np.ndarray:
    """The scene as each engine draws it, without the label."""
    frame_label(scene, label, "")
    tiles = []
    for engine in engines:
        scene.render.engine = engine
        tiles.append(rendered(scene))
    return beside(tiles)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
