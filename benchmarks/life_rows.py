"""What life costs: a frame of a head that is keyed, with it and without, and how long it takes to be added."""

from __future__ import annotations

import time
from collections.abc import Callable

import bpy

from benchmarks.table import SHORT, Row
from flame_blender import api

ALLOWED_MS, ALLOWED_S = 1.0, 2.0
FRAMES = 100 if SHORT else 10_000


def life_rows(medians: Callable[..., list[float]]) -> list[Row]:
    """A frame of a built-in head whose jaw is keyed, and life over many frames."""
    times = []
    for alive in (False, True):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        head = api.add_head(api.BUILT_IN)
        for frame, score in ((1, 0.0), (60, 1.0)):
            api.set_arkit(head, {"jawOpen": score}, frame=frame)
        start = time.perf_counter()
        if alive:
            api.add_life(head, frames=(1, FRAMES), blinks=60.0, breaths=15.0)
        took = time.perf_counter() - start
        times += medians(bpy.context.scene.frame_set)
    plain, more = times[0], times[1] - times[0]
    return [
        Row(
            "... with life",
            f"{more:.3f} ms more than {plain:.3f}",
            f"at most {ALLOWED_MS:g} ms more",
            more <= ALLOWED_MS,
        ),
        Row(f"add life over {FRAMES:,} frames", f"{took:.2f} s", f"at most {ALLOWED_S:g} s", took <= ALLOWED_S),
    ]
