"""What hair costs beside a live head, and how long it takes to grow."""

from __future__ import annotations

import time
from collections.abc import Callable

import bpy

from benchmarks.table import SHORT, Row, number
from flame_blender import api

STYLES = {"a short crop": ("CROP", "NONE"), "long hair": ("LONG", "NONE"), "a full beard": ("NONE", "FULL")}
MOST_SECONDS, MOST_MS = 6.0, 8.0


def hair_rows(
    animated_head: Callable[..., tuple[bpy.types.Scene, bpy.types.Object]],
    medians: Callable[..., list[float]],
) -> list[Row]:
    """Growing a style and then playing it, as views show it: a share of the strands."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene, head = animated_head(api.BUILT_IN, "haired")
    without = medians(scene.frame_set)[0]
    rows = []
    for name, (scalp, beard) in STYLES.items():
        start = time.perf_counter()
        api.grow_hair(head, scalp=scalp, beard=beard, density=0.05 if SHORT else 1.0)
        seconds = time.perf_counter() - start
        more = medians(scene.frame_set)[0] - without
        rows += [
            Row(f"growing {name}", f"{number(seconds)} s", f"at most {MOST_SECONDS:g} s", seconds <= MOST_SECONDS),
            Row(
                "... following in views, a frame more", f"{number(more)} ms", f"at most {MOST_MS:g} ms", more <= MOST_MS
            ),
        ]
    return rows
