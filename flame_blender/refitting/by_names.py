"""A head of an earlier version of the built-in head as one of the present: its numbers, direction by direction."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.controls import ControlDirections
from ..flame.model import FlameModel
from ..flame.value_layout import ValueLayout
from ..head import models, parameters
from ..head.mesh import mesh_of
from ..head.properties import FLAME_PG_head, coefficients, head_of, layout_of, names_of_controls, read_values
from ..head.sculpt import read_offsets
from ..keyframes import sampling
from ..long_work import part_of
from ..sequences.sequence import FlameSequence, Found
from .clips import evaluator_of
from .converted import Converted, ConvertOptions
from .exchange import put_in_scene
from .heads import times_of

if TYPE_CHECKING:
    from ..model_files.library import ModelEntry

READING = 0.8  # share of the work
NO_OFFSETS = "Offsets were left out: the present head has other vertices."


def is_of_earlier_head(obj: bpy.types.Object) -> bool:
    """Whether it is a head of a built-in model that this version of the add-on no longer has."""
    head = head_of(obj)
    return head is not None and models.is_earlier_built_in(head.fingerprint, head.model_name)


def converting_by_names(
    scene: bpy.types.Scene, obj: bpy.types.Object, target: ModelEntry, options: ConvertOptions
) -> Generator[float, None, Converted]:
    """A head of the present built-in model with the numbers of ``obj``, its animation included.

    Yields the share that is done; closed early, or on a FlameError, nothing has changed. How far the two are apart is
    not told: the earlier model is not there to be evaluated.
    """
    head = parameters.require_head(obj)
    if target.fingerprint != models.built_in().fingerprint:
        raise ParameterError(
            f"to_model: expected {models.built_in().name!r} for a head of its earlier version, found {target.name!r}; "
            "convert it to that first, or install the earlier version's file."
        )
    times, warnings = times_of(scene, obj, options)
    if len(times) == 1 and times[0] == scene.frame_current_final:
        values = read_values(head)[None]
    else:
        values = yield from part_of(sampling.sampling(scene, obj, times.tolist()), 0.0, READING)
    evaluator = evaluator_of(target)
    carried, lost = carried_by_names(head, values, evaluator.model)
    layout = ValueLayout(evaluator.model.n_identity, evaluator.model.n_expression, len(head.controls))
    scored = ControlDirections(evaluator, names_of_controls(head), bool(head.flame_only)).effective(layout, carried)
    clip = FlameSequence(
        layout.params(scored, eyelids_unturned=head.eyelids_unturned),
        fps=scene.render.fps / scene.render.fps_base,
        source=f"{obj.name} in Blender",
        release=target.release,
        found=Found(target.n_identity, target.n_expression, "five axis-angle rotations"),
    )
    named, sculpted = head.model_name, read_offsets(mesh_of(obj)) is not None  # before the head may be replaced
    made, told = put_in_scene(scene, obj, target, clip, times, options.source)
    warnings += _told_of(lost)
    if sculpted:
        warnings += (NO_OFFSETS,)
    unknown = np.full(len(times), np.nan)
    return Converted(clip, unknown, times, (named, target.name), made, (*warnings, *told))


def carried_by_names(head: FLAME_PG_head, values: np.ndarray, model: FlameModel) -> tuple[np.ndarray, list[str]]:
    """(N, D) numbers of a head of ``model`` out of those of ``head`` (N, D'), and the directions that found no place.

    Lost are only those that are not zero throughout.
    """
    before = layout_of(head)
    after = ValueLayout(model.n_identity, model.n_expression, before.n_controls)
    carried, lost = np.zeros((len(values), after.size), np.float32), []
    carried[:, after.expression.stop :] = values[:, before.expression.stop :]
    for field, own, there, directions in (
        ("shape", before.identity, after.identity, model.identity_directions),
        ("expression", before.expression, after.expression, model.expression_directions),
    ):
        places = {direction.name: there.start + place for place, direction in enumerate(directions)}
        for column, item in zip(range(own.start, own.stop), coefficients(head, field), strict=True):
            if item.name in places:
                carried[:, places[item.name]] = values[:, column]
            elif values[:, column].any():
                lost.append(item.name)
    return carried, lost


def _told_of(lost: list[str]) -> tuple[str, ...]:
    """A sentence about them; none where there are none."""
    names = ", ".join(lost)
    return (f"Directions that the present head does not have were left out: {names}.",) if lost else ()
