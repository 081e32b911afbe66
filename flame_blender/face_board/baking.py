"""What a board animates, as keys of the head's own, and the board removed."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import bpy
import numpy as np

from ..head.properties import flame_of, layout_of, names_of_controls, read_own_values, value_path
from ..keyframes import sampling
from ..keyframes.animation import GROUPS, Channel, moving_channels, remove_paths, write_channels
from ..long_work import Options, part_of
from . import making, places
from .drivers import FIELDS, TRANSLATION
from .found import require_board

SAMPLED = 0.9  # share of the work
SOURCE = "Baked"


@dataclass(frozen=True, kw_only=True)
class BoardBakeOptions(Options):
    """The keywords of :func:`bake_board`, for :func:`baking_board`.

    Attributes
    ----------
    frames : (int, int) or None, default None
        First and last frame that are keyed; None is the scene's range.
    """

    frames: tuple[int, int] | None = None


def baking(scene: bpy.types.Scene, head: bpy.types.Object, options: BoardBakeOptions) -> Generator[float, None, int]:
    """Key the head at every frame as its board moves it, and remove the board; how many channels were keyed.

    Yields the share that is done. Closed early, or on a FlameError, nothing has changed.
    """
    require_board(head)
    first, last = sampling.range_of(scene, options.frames)
    times = [float(frame) for frame in range(first, last + 1)]
    sampled = yield from part_of(sampling.frame_by_frame(scene, head, times, read_own_values), 0.0, SAMPLED)
    group = flame_of(head)
    layout, names = layout_of(group), names_of_controls(group)
    channels = [
        Channel(value_path(group, "controls", at), 0, GROUPS["controls"], sampled[:, layout.controls.start + at])
        for at, name in enumerate(names)
        if name in places.OWN
    ]
    for field in (*FIELDS, TRANSLATION):
        values = sampled[:, layout.vector(field)]
        channels += [Channel(f"flame.{field}", axis, GROUPS[field], values[:, axis]) for axis in range(3)]
    making.remove(head)
    remove_paths(head, {each.data_path for each in channels})
    moving = moving_channels(channels)
    write_channels(head, moving, np.array(times), SOURCE)
    head.update_tag()
    scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)
    yield 1.0
    return len(moving)
