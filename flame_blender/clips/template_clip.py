"""A mesh sequence as a head's template over time: written to a file, attached, and keyed one mesh a frame."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import bpy
import numpy as np

from ..bake import cache
from ..files.pc2 import pc2_file
from ..head import live
from ..head.properties import flame_of
from ..head.templates import template_sequence
from ..keyframes.animation import Channel, remove_paths, write_channels

FRAMES_AT_ONCE = 64
GROUP = "Template"


def writing(path: Path, meshes: np.ndarray, start_frame: float, rate: float) -> Generator[float, None, None]:
    """(N, V, 3) metres, FLAME's axes, to a PC2 file; yields the share that is done. Raises WriteError."""
    with pc2_file(path, meshes.shape[1], len(meshes), start_frame, 1 / rate) as write:
        for start in range(0, len(meshes), FRAMES_AT_ONCE):
            part = meshes[start : start + FRAMES_AT_ONCE]
            write(part)
            yield (start + len(part)) / len(meshes)


def attach(obj: bpy.types.Object, path: Path, count: int, start_frame: float, rate: float) -> None:
    """Let the head take its rest shape from the ``count`` meshes of the file, ``rate`` of them a frame.

    Identity, expression, pose and their keys stay. A cache that the head played comes off.
    """
    cache.detach(obj)
    live.refresh(obj)  # keeps what was sculpted
    remove_paths(obj, {template_sequence.FRAME})
    template_sequence.attach(obj, cache.stored(path), count)
    if count > 1:
        frames = np.array([start_frame, start_frame + (count - 1) / rate])
        channel = Channel(template_sequence.FRAME, 0, GROUP, np.array([0.0, count - 1.0]))
        write_channels(obj, [channel], frames, GROUP)
    obj.update_tag()
    live.refresh(obj)


def remove(obj: bpy.types.Object) -> Path | None:
    """Give the head its model's template back, and take the sequence's keys off; its file, which stays, or None."""
    live.refresh(obj)
    path = template_sequence.remove(obj)
    if path is None:
        return None
    remove_paths(obj, {template_sequence.FRAME})
    flame_of(obj).template_frame = 0.0
    obj.update_tag()
    live.refresh(obj)
    return Path(path)
