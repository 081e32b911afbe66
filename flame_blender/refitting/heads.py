"""A head in the scene brought to another model, with its animation."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.evaluator import FlameEvaluator
from ..head import effective, live, models, parameters
from ..head.properties import flame_of, read_values
from ..head.templates.template_sequence import OTHER_HEAD_INSTEAD, require_own_template
from ..keyframes import animation, sampling
from ..long_work import part_of
from ..sequences.sequence import FlameSequence, Found
from .clips import converting_acted, different_evaluators
from .converted import SOURCE_KEYS, Converted, ConvertOptions
from .exchange import put_in_scene

if TYPE_CHECKING:
    from ..conversion.converting import Acted
    from ..model_files.library import ModelEntry

READING = 0.1  # share of the work
NO_KEYS_OF_ITS_OWN = "Drivers, the NLA or a library animate the head: every frame was keyed."


def converting_head(
    scene: bpy.types.Scene, obj: bpy.types.Object, target: ModelEntry, options: ConvertOptions
) -> Generator[float, None, Converted]:
    """A head of ``target`` that shows what ``obj`` does, its animation included; yields the share that is done.

    Closed early, or on a FlameError, nothing has changed.
    """
    head = parameters.require_head(obj)
    evaluator = parameters.require_evaluator(head)
    require_own_template(obj, OTHER_HEAD_INSTEAD)
    source = models.find(head.fingerprint) or models.built_in()
    _, other = different_evaluators(source, target)
    live.refresh(obj)  # keeps what was sculpted
    times, warnings = times_of(scene, obj, options)
    if len(times) == 1 and times[0] == scene.frame_current_final:
        values = read_values(head)[None]
    else:
        values = yield from part_of(sampling.sampling(scene, obj, times.tolist()), 0.0, READING)
    acted = _acted(obj, evaluator, other, values)
    found = yield from part_of(converting_acted(acted, source, target, options), READING, 1.0)
    clip = FlameSequence(
        found.params,
        fps=scene.render.fps / scene.render.fps_base,
        source=f"{obj.name} in Blender",
        release=target.release,
        found=Found(target.n_identity, target.n_expression, "five axis-angle rotations"),
    )
    made, told = put_in_scene(scene, obj, target, clip, times, options.source)
    return Converted(clip, 1000 * found.residuals, times, (source.name, target.name), made, (*warnings, *told))


def times_of(
    scene: bpy.types.Scene, obj: bpy.types.Object, options: ConvertOptions
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Frames (N,) of the scene to convert, of a still head the one shown; and what was not done as asked."""
    alone = sampling.only_curves(obj)
    curves = [curve for curve in animation.curves_of(obj) or () if curve.data_path.startswith("flame.")]
    keys = np.unique([key.co.x for curve in curves for key in curve.keyframe_points])
    if alone and not curves:
        return np.array([scene.frame_current_final]), ()
    told = (np.floor(keys[0]), np.ceil(keys[-1])) if alone and len(keys) else sampling.range_of(scene, None)
    first, last = told if options.frames is None else options.frames
    if last < first:
        raise ParameterError(f"frames: expected an end at the start or later, found {first:g} to {last:g}.")
    if options.keys == SOURCE_KEYS and alone:
        within = keys[(keys >= first) & (keys <= last)]
        if len(within):
            return within, ()
    every = np.arange(first, last + 1.0)
    return every, (NO_KEYS_OF_ITS_OWN,) if options.keys == SOURCE_KEYS else ()


def _acted(obj: bpy.types.Object, evaluator: FlameEvaluator, other: FlameEvaluator, values: np.ndarray) -> Acted:
    """What the head shows of ``values`` (N, D), with what its named controls add, some frames at a time."""
    from ..conversion.converting import Acted, lids_mean_the_same  # noqa: PLC0415  (enabling the add-on needs no fit)

    params = effective.params_of(flame_of(obj), values, correctives=False)
    kept = params.eyelids is not None and lids_mean_the_same(evaluator, other)

    def vertices_of(frames: np.ndarray) -> np.ndarray:
        shown = sampling.params_of(obj, values[frames])
        return evaluator.vertices(dataclasses.replace(shown, eyelids=None) if kept else shown)

    return Acted(params, vertices_of, values, kept)
