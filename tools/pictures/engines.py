"""Renders the built-in head with EEVEE and with Cycles under the same lights, side by side.

make engines
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sheet import pixels_of, save_picture
from studio import api, make_studio

TILE, EEVEE_SAMPLES, CYCLES_SAMPLES = (400, 440), 24, 48
LENS, HEIGHT = 170, -0.03  # mm, metres


def main(out: Path) -> None:
    """Write the picture: EEVEE on the left, Cycles on the right."""
    scene = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.camera.data.lens, scene.camera.location.z = LENS, HEIGHT
    head = api.add_head()
    head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    head.rotation_euler.z = 0.3
    api.apply_preset(head, "Joy")
    for light in bpy.data.lights:
        light.use_shadow_jitter = True  # an area light's shadow is hard and speckled in EEVEE without
    scene.cycles.samples, scene.eevee.taa_render_samples = CYCLES_SAMPLES, EEVEE_SAMPLES
    eevee = "BLENDER_EEVEE" if bpy.app.version >= (5, 0) else "BLENDER_EEVEE_NEXT"
    save_picture(np.concatenate([render(scene, engine) for engine in (eevee, "CYCLES")], axis=1), out)
    print(f"engines: wrote {out}")


def render(scene: bpy.types.Scene, engine: str) -> np.ndarray:
    """(height, width, 4) float32 of the scene as ``engine`` draws it."""
    scene.render.engine = engine
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "tile.png")
        bpy.ops.render.render(write_still=True)
        return pixels_of(scene.render.filepath)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
