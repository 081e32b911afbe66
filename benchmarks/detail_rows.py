"""What a detail mesh costs beside a live head, and what binding it takes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np

from benchmarks.table import SHORT, Row, number
from flame_blender import api
from tests.textured_meshes.writers import halved, write_deca_detail, write_psbody

VERTICES = 20_000 if SHORT else 59_315  # DECA's
MOST_SECONDS, MOST_MS = 5.0, 15.0


def detail_rows(
    model: Path,
    animated_head: Callable[..., tuple[bpy.types.Scene, bpy.types.Object]],
    medians: Callable[..., list[float]],
) -> list[Row]:
    """As many vertices as DECA's, at least; each triangle is cut in sixteen."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene, head = animated_head(model, "detailed")
    known = api.model(head)
    points, faces = known.v_template.astype(np.float64), known.faces
    while len(points) < VERTICES:
        corners, weights, faces = halved(faces)
        points = (points[corners] * weights[..., None]).sum(1)
    without = medians(scene.frame_set)[0]
    with tempfile.TemporaryDirectory() as folder:
        path = write_deca_detail(Path(folder) / "face_detail.obj", points, faces, np.full(points.shape, 128))
        write_psbody(Path(folder) / "face.obj", known.v_template, known.faces)
        start = time.perf_counter()
        api.add_detail_mesh(head, path)
        seconds = time.perf_counter() - start
    shown = medians(scene.frame_set)[0]
    binding = f"reading and binding a detail mesh of {len(points):,} vertices"
    frame = shown - without
    return [
        Row(binding, f"{number(seconds)} s", f"at most {MOST_SECONDS:g} s", seconds <= MOST_SECONDS),
        Row("... following, a frame more", f"{number(frame)} ms", f"at most {MOST_MS:g} ms", frame <= MOST_MS),
    ]
