"""What a face board costs: the same keys on its bones and on the named controls themselves."""

from __future__ import annotations

from collections.abc import Callable

import bpy
import numpy as np

from benchmarks.table import SHORT, Row
from flame_blender import api
from flame_blender.character.keyed_scores import keying
from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.long_work import result_of

ALLOWED_MS = 2.0
FRAMES = 10 if SHORT else 60


def board_rows(medians: Callable[..., list[float]]) -> list[Row]:
    """A frame of a built-in head whose 52 scores are keyed, without a board and with one."""
    times = []
    for with_board in (False, True):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        head = api.add_head(api.BUILT_IN)
        if with_board:
            api.make_board(head)
        rng = np.random.default_rng(7)
        scores = {name: rng.uniform(0, 1, FRAMES) for name in ARKIT_NAMES}
        result_of(keying(head, scores, {}, 1.0 + np.arange(FRAMES), "scores"))
        times += medians(bpy.context.scene.frame_set)
    plain, board = times
    found = f"{board - plain:.3f} ms more than {plain:.3f}"
    return [
        Row(
            "... with a face board that is keyed", found, f"at most {ALLOWED_MS:g} ms more", board - plain <= ALLOWED_MS
        )
    ]
