"""Scores over time as curves of a head's named controls, with rotations beside them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import bpy
import numpy as np

from .. import followers
from ..head import parameters
from ..head.properties import names_of_controls, value_path
from ..keyframes.animation import GROUPS, Channel, moving_channels, remove_curves, remove_paths, write_channels

FIELD = parameters.CONTROLS


def keying(
    obj: bpy.types.Object,
    scores: Mapping[str, np.ndarray],
    turned: Mapping[str, np.ndarray],
    frames: np.ndarray,
    source: str,
) -> Generator[float, None, None]:
    """Key controls by name (N,), and rotation vectors (N, 3) by field, at ``frames`` (N,): yields the share done.

    Their curves of before are replaced, and what does not change is set; other controls stay. Raises ParameterError.
    """
    head = parameters.require_head(obj)
    names = names_of_controls(head)
    paths = {name: value_path(head, FIELD, names.index(name)) for name in scores}
    followers.give_keys(obj, {*paths.values(), *(f"flame.{name}" for name in turned)})
    try:
        yield from _written(obj, scores, turned, paths, frames, source)
    finally:
        followers.take_keys(obj)
    obj.update_tag()


def _written(
    obj: bpy.types.Object,
    scores: Mapping[str, np.ndarray],
    turned: Mapping[str, np.ndarray],
    paths: Mapping[str, str],
    frames: np.ndarray,
    source: str,
) -> Generator[float, None, None]:
    head = parameters.require_head(obj)
    names = names_of_controls(head)
    remove_paths(obj, set(paths.values()))
    remove_curves(obj, turned)
    shown = dict(zip(names, parameters.scores_of(head).tolist(), strict=True))
    shown |= {name: float(values[0]) for name, values in scores.items()}
    first: dict[str, Any] = {name: vectors[0] for name, vectors in turned.items()}
    parameters.set_params(obj, {**first, FIELD: list(shown.values())})
    channels = [Channel(paths[name], 0, GROUPS[FIELD], values) for name, values in scores.items()]
    for name, vectors in turned.items():
        channels += [Channel(f"flame.{name}", axis, GROUPS[name], vectors[:, axis]) for axis in range(3)]
    moving = moving_channels(channels)
    for done, channel in enumerate(moving):
        write_channels(obj, [channel], frames, source)
        yield (done + 1) / len(moving)
