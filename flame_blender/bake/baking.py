"""Baking: a head's animation evaluated over frames and streamed to a cache that plays without the add-on."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.batches import batch_vertices
from ..flame.evaluator import FlameEvaluator
from ..flame.params import FlameParams
from ..head import landmarks, parameters
from ..head.frame import frame_of
from ..head.properties import FLAME_PG_head
from ..keyframes import sampling
from ..keyframes.animation import Channel, write_channels
from ..long_work import part_of
from . import cache
from .pc2 import pc2_file

FRAMES_AT_ONCE = 256
READING = 0.2  # share of the work


def baking(
    scene: bpy.types.Scene,
    obj: bpy.types.Object,
    path: Path | None,
    start: int,
    end: int,
    samples_per_frame: int = 1,
) -> Generator[float, None, Path]:
    """Bake frames ``start`` to ``end`` to a PC2 file and let the head play it; yields the share that is done.

    With k samples a frame there are k evaluations from each frame to the next. ``path`` None is
    ``flame_cache`` beside the .blend, or the file that the head plays already. Landmark empties are keyed along. Closed
    early, or on a FlameError, the head is as before.
    """
    head = parameters.require_head(obj)
    evaluator = parameters.require_evaluator(head)
    if end < start:
        raise ParameterError(f"The frames to bake must end where they start or later, found {start} to {end}.")
    if samples_per_frame < 1:
        raise ParameterError(f"Samples for each frame must be 1 or more, found {samples_per_frame}.")
    frame, path = frame_of(obj), path or cache.path_of(obj) or cache.cache_path(obj.name)
    times = start + np.arange((end - start) * samples_per_frame + 1) / samples_per_frame
    values = yield from part_of(sampling.sampling(scene, obj, times.tolist()), 0.0, READING)
    vertices_of = batch_vertices(evaluator, len(times))
    empties = np.empty((len(times), len(head.landmarks), 3), np.float32)
    with pc2_file(path, evaluator.model.n_vertices, len(times), start, 1 / samples_per_frame) as write:
        for first in range(0, len(times), FRAMES_AT_ONCE):
            part = slice(first, first + FRAMES_AT_ONCE)
            params = sampling.params_of(obj, values[part])
            vertices = vertices_of(params)
            if len(head.landmarks):
                empties[part] = _landmarks(head, evaluator, vertices, params)
            write(frame.to_object(vertices))
            yield READING + (1 - READING) * min(first + FRAMES_AT_ONCE, len(times)) / len(times)
    cache.detach(obj)
    cache.attach(obj, path, start, samples_per_frame)
    _key_empties(obj, frame.to_object(empties), times)
    obj.update_tag()
    return path


def _landmarks(head: FLAME_PG_head, evaluator: FlameEvaluator, vertices: np.ndarray, params: FlameParams) -> np.ndarray:
    points = landmarks.points(head, evaluator.model, vertices, params.global_rotation, params.neck)
    return points[:, : len(head.landmarks)]


def _key_empties(obj: bpy.types.Object, places: np.ndarray, times: np.ndarray) -> None:
    """Curves for the empties that have none of their own; ``cache.detach`` takes them away again."""
    for index, empty in enumerate(landmarks.empties_of(obj)):
        if empty is not None and (empty.animation_data is None or empty.animation_data.action is None):
            channels = [Channel("location", axis, "Object Transforms", places[:, index, axis]) for axis in range(3)]
            write_channels(empty, channels, times, cache.NAME)
