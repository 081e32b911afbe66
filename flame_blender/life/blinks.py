"""Blinks keyed on a head: its named controls eyeBlinkLeft and eyeBlinkRight, which its model shuts its own lids by."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import bpy
import numpy as np

from .. import followers
from ..character.scores import computing_for
from ..errors import ParameterError
from ..flame.controls import ARKIT_NAMES
from ..head import live, parameters
from ..head.properties import names_of_controls, value_path
from ..keyframes import sampling
from ..keyframes.animation import GROUPS, Channel, curves_of, write_channels
from ..long_work import Options, number

BLINKS = tuple(name for name in ARKIT_NAMES if name.startswith("eyeBlink"))
USUAL = 0.25  # seconds: 15 of VOCA's 60 frames
SHORTEST = 3  # frames: a third of them to shut, a third shut, a third to open
FIELD = "controls"


@dataclass(frozen=True, kw_only=True)
class BlinkOptions(Options):
    """The keywords of :func:`add_blinks`, for :func:`adding_blinks`.

    Attributes
    ----------
    count : int, default 1
        How many, spread evenly as VOCA's edit_sequences.py does.
    duration : int or None, frames, default None
        Of one blink: a third shutting, a third shut, a third opening. None is a quarter of a second.
    frames : (int, int) or None, default None
        First and last that the blinks are spread over; None is the scene's range.
    at : iterable of float or None, default None
        The middles of the blinks, in place of ``count`` and ``frames``.
    """

    count: int = number(1, least=1)
    duration: int | None = None
    frames: tuple[int, int] | None = None
    at: Iterable[float] | None = None


def adding(
    scene: bpy.types.Scene, obj: bpy.types.Object, options: BlinkOptions
) -> Generator[float, None, tuple[float, ...]]:
    """Key blinks on a head; the frames of their middles. Yields the share that is done of computing its controls.

    Keys of before stay outside the blinks, which begin and end at the value that the lids have there. Raises FlameError
    before anything has changed.
    """
    parameters.require_evaluator(parameters.require_head(obj))
    parameters.require_own(obj)
    begins, third = _times(scene, options)
    obj = yield from computing_for(obj)
    head = parameters.require_head(obj)
    names = names_of_controls(head)
    for name in BLINKS:
        if name not in names:
            raise ParameterError(f"{obj.name}: expected the named control {name}, found none; press Update Heads.")
    followers.give_keys(obj, {value_path(head, FIELD, names.index(name)) for name in BLINKS})
    for name in BLINKS:
        _key(obj, value_path(head, FIELD, names.index(name)), begins, third)
    followers.take_keys(obj)
    obj.update_tag()
    live.refresh(obj)
    return tuple((begins + 1.5 * third).tolist())


def _times(scene: bpy.types.Scene, options: BlinkOptions) -> tuple[np.ndarray, int]:
    """Frames (n,) where the blinks begin, in order, and how many a third of one takes."""
    fps = scene.render.fps / scene.render.fps_base
    duration = max(round(USUAL * fps), SHORTEST) if options.duration is None else int(options.duration)
    third = duration // 3
    if duration < SHORTEST:
        raise ParameterError(f"duration: expected {SHORTEST} frames or more, found {duration}.")
    if options.at is not None:
        begins = np.unique([float(middle) - 1.5 * third for middle in options.at])
        if not len(begins) or not np.isfinite(begins).all():
            raise ParameterError("at: expected at least one frame, and finite numbers, found others.")
    else:
        first, last = sampling.range_of(scene, options.frames)
        n_frames = last - first + 1
        every = n_frames // (options.count + 1)
        begins = first + np.arange(1, options.count + 1) * float(every) - duration // 2
        if n_frames < 1 or begins[0] < first or begins[-1] + 3 * third > last:
            raise ParameterError(
                f"count: {options.count} blinks of {duration} frames do not fit in {max(n_frames, 0)} frames; ask for "
                "fewer or shorter ones."
            )
    if any(after - before < 3 * third for before, after in pairwise(begins.tolist())):
        raise ParameterError(f"Blinks of {duration} frames would overlap; ask for fewer or shorter ones.")
    return begins, third


def _key(obj: bpy.types.Object, path: str, begins: np.ndarray, third: int) -> None:
    """Keys of all blinks on the curve of one control, which is made where there is none."""
    curve = _curve(obj, path)
    frames = (begins[:, None] + third * np.arange(4)).ravel()
    if curve is None:
        now: Any = obj.path_resolve(path)
        value = float(now)
        values = np.tile([value, 1.0, 1.0, value], len(begins))
        write_channels(obj, [Channel(path, 0, GROUPS[FIELD], values)], frames, "Blinks")
        return
    ends = [(curve.evaluate(begin), curve.evaluate(begin + 3 * third)) for begin in begins.tolist()]
    for key in reversed(list(curve.keyframe_points)):
        if any(begin <= key.co.x <= begin + 3 * third for begin in begins.tolist()):
            curve.keyframe_points.remove(key, fast=True)
    values = np.array([(opened, 1.0, 1.0, open_again) for opened, open_again in ends]).ravel()
    for frame, value in zip(frames.tolist(), values.tolist(), strict=True):
        curve.keyframe_points.insert(frame, value, options={"FAST"}).interpolation = "LINEAR"
    curve.update()


def _curve(obj: bpy.types.Object, path: str) -> Any:
    return next((each for each in curves_of(obj) or () if each.data_path == path), None)
