"""Baking: a head's animation evaluated over frames and streamed to a cache that plays without the add-on."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..errors import ParameterError
from ..files.pc2 import pc2_file
from ..flame.batches import batch_vertices
from ..flame.evaluator import FlameEvaluator
from ..flame.params import FlameParams
from ..head import landmarks, parameters
from ..head.folds import fold_modifier
from ..head.frame import frame_of
from ..head.mesh import mesh_of
from ..head.mouth import mouth_object, riders
from ..head.mouth.following_head import over_frames, rider_over_frames
from ..head.properties import FLAME_PG_head
from ..keyframes import sampling
from ..keyframes.animation import Channel, write_channels
from ..long_work import Options, number, part_of
from . import cache

FRAMES_AT_ONCE = 256
MOUTH = "_mouth"  # at the end of the name of the file of mouth and lashes
RIDER = "_rider{}"  # and of what else rides on the head, as the teeth of avatars
READING = 0.2  # share of the work


@dataclass(frozen=True, kw_only=True)
class BakeOptions(Options):
    """The keywords of :func:`bake_cache`, for :func:`baking_cache`.

    Attributes
    ----------
    path : str, Path or None, default None
        The file; None is the one that the head plays already, else one in ``flame_cache`` beside the .blend.
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    samples_per_frame : int, default 1
        Evaluations from each frame to the next, for motion blur.
    """

    path: str | Path | None = None
    frames: tuple[int, int] | None = None
    samples_per_frame: int = number(1, least=1)


def baking(scene: bpy.types.Scene, obj: bpy.types.Object, options: BakeOptions) -> Generator[float, None, Path]:
    """Bake frames to a PC2 file and let the head play it; yields the share that is done.

    Mouth and lashes that are shown get a file of their own beside it; landmark empties are keyed along. Closed early,
    or on a FlameError, the head is as before.
    """
    head = parameters.require_head(obj)
    evaluator = parameters.require_evaluator(head)
    parameters.require_own(obj)
    (start, end), samples_per_frame = sampling.range_of(scene, options.frames), options.samples_per_frame
    if end < start:
        raise ParameterError(f"The frames to bake must end where they start or later, found {start} to {end}.")
    frame = frame_of(obj)
    path = cache.path_of(obj) if options.path is None else Path(options.path)
    path = path or cache.cache_path(obj.name)
    times = start + np.arange((end - start) * samples_per_frame + 1) / samples_per_frame
    values = yield from part_of(sampling.sampling(scene, obj, times.tolist()), 0.0, READING)
    vertices_of = batch_vertices(evaluator, len(times))
    empties = np.empty((len(times), len(head.landmarks), 3), np.float32)
    made = mouth_object.shown(obj)
    mouth_path = path.with_name(f"{path.stem}{MOUTH}{path.suffix}")
    beside = {
        each: path.with_name(f"{path.stem}{RIDER.format(number)}{path.suffix}")
        for number, (each, _) in enumerate(riders.riding(obj), 1)
    }
    with ExitStack() as files:
        step = 1 / samples_per_frame
        write = files.enter_context(pc2_file(path, evaluator.model.n_vertices, len(times), start, step))
        if made is not None:
            count = len(mesh_of(made).vertices)
            write_mouth = files.enter_context(pc2_file(mouth_path, count, len(times), start, step))
        riding = [
            (each, files.enter_context(pc2_file(beside[each], len(mesh_of(thing).vertices), len(times), start, step)))
            for each, thing in riders.riding(obj)
        ]
        for first in range(0, len(times), FRAMES_AT_ONCE):
            part = slice(first, first + FRAMES_AT_ONCE)
            params = sampling.params_of(obj, values[part])
            vertices = vertices_of(params)
            if len(head.landmarks):
                empties[part] = _landmarks(head, evaluator, vertices, params)
            write(frame.to_object(vertices))
            if made is not None:
                write_mouth(over_frames(obj, made, evaluator, values[part], frame.to_object(vertices)))
            for each, write_rider in riding:
                write_rider(rider_over_frames(obj, each, evaluator, values[part]))
            yield READING + (1 - READING) * min(first + FRAMES_AT_ONCE, len(times)) / len(times)
    cache.detach(obj)
    cache.attach(obj, path, start, samples_per_frame)
    fold_modifier.add(obj, obj, cache.NAME)
    if made is not None:
        cache.attach(made, mouth_path, start, samples_per_frame)
    for each, thing in riders.riding(obj):
        cache.attach(thing, beside[each], start, samples_per_frame)
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
