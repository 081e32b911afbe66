"""Renders both heads with Cycles and with EEVEE under the same lights: a sheet for each, of faces, eyes shut and views.

make engines
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import character, models
from labels import add_label, frame_label, heading
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

TILE, COLUMNS = (200, 220), 6
SAMPLES = {"cycles": 16, "eevee": 5}
STRIP = 30  # pixels
LENS, HEIGHT = 120, -0.03  # mm, metres


class Shot(NamedTuple):
    """A preset, seen from ``turn`` radians about the vertical."""

    label: str
    preset: str
    turn: float = 0.0


SHOTS = (
    *(Shot(each, each) for each in ("Smile", "Joy", "Surprise", "Anger", "Sadness", "Fear", "Disgust", "Contempt")),
    Shot("mouth open", "aa"),
    Shot("blink", "Eyes Closed"),
    Shot("three-quarter", "Neutral", 0.6),
    Shot("three-quarter", "Joy", -0.6),
)


def main(out: Path, *engines: str) -> None:
    """Write the pictures into the folder ``out``, or those of the engines that are named; rows for each head."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.camera.data.lens, scene.camera.location.z = LENS, HEIGHT
    for light in bpy.data.lights:
        light.use_shadow_jitter = True  # an area light's shadow is hard and speckled in EEVEE without
    scene.cycles.samples, scene.eevee.taa_render_samples = SAMPLES["cycles"], SAMPLES["eevee"]
    scene.eevee.shadow_resolution_scale = 0.5  # software OpenGL draws each shadow map pixel by pixel
    label, heads = add_label(scene), {name: character(model) for name, model in models().items()}
    for head in heads.values():
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    for engine in SAMPLES:
        if engines and engine not in engines:
            continue
        rows = []
        for name, head in heads.items():
            for each in heads.values():
                for obj in (each, each.flame.mouth):
                    if obj is not None:
                        obj.hide_render = each is not head
            scene.render.engine = "CYCLES"
            rows.append(heading(scene, label, name, COLUMNS * TILE[0], STRIP))
            tiles = [_tile(scene, label, head, engine, shot) for shot in SHOTS]
            rows += [beside(tiles[start : start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]
        save_picture(stacked(rows), out / f"head_{engine}.jpg")
        print(f"engines: wrote {out / f'head_{engine}.jpg'}", flush=True)


def _tile(scene: Any, label: bpy.types.Object, head: Any, engine: str, shot: Shot) -> np.ndarray:
    """A face as an engine draws it, with its name."""
    eevee = "BLENDER_EEVEE" if bpy.app.version >= (5, 0) else "BLENDER_EEVEE_NEXT"
    scene.render.engine = "CYCLES" if engine == "cycles" else eevee
    api.apply_preset(head, shot.preset)
    head.rotation_euler.z = shot.turn
    frame_label(scene, label, shot.label)
    started = time.perf_counter()
    picture = rendered(scene)
    print(f"engines: {shot.label} by {engine} in {time.perf_counter() - started:.0f} s", flush=True)
    return picture


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
