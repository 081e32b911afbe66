"""ARTalk: a torch file with one tensor (T, 106): 100 expression coefficients, root and jaw."""

from __future__ import annotations

import numpy as np

from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence

FPS, COLUMNS = 25.0, 106


def recognises(contents: Contents) -> bool:
    """Whether it is a bare array of 106 columns."""
    value = contents.value
    return isinstance(value, np.ndarray) and value.ndim == 2 and value.shape[1] == COLUMNS


def read(contents: Contents) -> FlameSequence:
    """The clip; its identity is kept elsewhere."""
    motion = rows(contents.inner("motion", {"motion": contents.value}), "motion", COLUMNS)
    return clip(
        contents,
        {"expression": motion.part(0, 100), "global_rotation": motion.part(100, 103), "jaw": motion.part(103, 106)},
        source="ARTalk",
        pose="root and jaw, axis-angle",
        fps=FPS,
        release="FLAME 2020",
        notes=(f"The frame rate is not in the file; ARTalk's {FPS:g} is assumed. The identity is not in the file.",),
    )
