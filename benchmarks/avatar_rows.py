"""What a Gaussian avatar costs beside the live head that it follows; none before Blender 5.3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy

from benchmarks.table import SHORT, Row, within
from flame_blender import api
from flame_blender.avatars import avatar_object
from tests.splats.made_up import random_splats

COUNT, MOST_MS = (1000, 25.0) if SHORT else (100_000, 25.0)


def avatar_rows(
    model: Path,
    animated_head: Callable[..., tuple[bpy.types.Scene, bpy.types.Object]],
    medians: Callable[..., list[float]],
) -> list[Row]:
    """A frame of a head with splats of degree 3 on its skin and on teeth, beside one of the head alone."""
    if api.missing_splats() is not None:
        return []
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene, head = animated_head(model, "avatar")
    without = medians(scene.frame_set)[0]
    n_faces = len(api.model(head).faces)
    toothed = n_faces + (168 if (api.model(head).n_vertices, n_faces) == (5023, 9976) else 0)
    avatar_object.add(head, random_splats(COUNT, 3, toothed), "Avatar")
    more = medians(scene.frame_set)[0] - without
    return [within(f"{COUNT:,} splats of degree 3 following, a frame more", more, MOST_MS)]
