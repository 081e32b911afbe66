"""What a head shows: its own values, and what the scores of its named controls and a template sequence add to them.

A head's own values are read by :func:`.properties.read_values`, of one frame or of many; whatever asks for parameters
goes through :func:`params_of`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..flame.controls import ROTATIONS, ControlDirections
from ..flame.evaluator import Added
from ..flame.params import POSE_FIELDS, FlameParams
from . import models
from .properties import FLAME_PG_head, layout_of, names_of_controls
from .templates import template_sequence

_FACE = slice(POSE_FIELDS.index(ROTATIONS[0]), None)  # of the rotation vectors, those that scores turn
_LEFT_EYE, _RIGHT_EYE = (POSE_FIELDS.index(name) for name in ROTATIONS[1:])
_prepared: dict[tuple[str, tuple[str, ...], bool], ControlDirections] = {}


def forget() -> None:
    """Let go of the models behind what was prepared, when the add-on is disabled."""
    _prepared.clear()


def directions_of(head: FLAME_PG_head) -> ControlDirections | None:
    """What the head's scores add, prepared once for all heads alike.

    None where they do nothing: its model is not installed, or has no named controls.
    """
    evaluator = models.evaluator(head.fingerprint)
    if evaluator is None or evaluator.model.controls is None or not len(head.controls):
        return None
    key = head.fingerprint, names_of_controls(head), bool(head.flame_only)
    known = _prepared.get(key)
    if known is None or known.evaluator is not evaluator:
        known = _prepared[key] = ControlDirections(evaluator, *key[1:])
    return known


def params_of(
    head: FLAME_PG_head, values: np.ndarray, offsets: np.ndarray | None = None, *, correctives: bool = True
) -> FlameParams:
    """The FlameParams that the numbers of :func:`.properties.read_values`, of one frame or of many, make a head show.

    ``offsets`` (V, 3) are the head's own. The correctives at work and the meshes of a template sequence are added to
    them, unless ``correctives`` is False; for many frames they are (N, V, 3) then.
    """
    layout, directions = layout_of(head), _directions_at_work(head, values)
    offsets = sum_of(offsets, added_offsets(head, values) if correctives else None)
    if directions is not None:
        values = with_symmetric_eyes(head, directions.effective(layout, values))
    return layout.params(values, offsets, eyelids_unturned=head.eyelids_unturned)


class Moving(NamedTuple):
    """What moves a head of one identity: the arguments of :meth:`PreparedIdentity.frame`, and its scores (C,)."""

    expression: np.ndarray
    rotations: np.ndarray
    translation: np.ndarray
    added: Added | None
    scores: np.ndarray
    controls: ControlDirections | None


def moving_of(head: FLAME_PG_head, controls: ControlDirections | None, values: np.ndarray) -> Moving:
    """Of the numbers (size,) of :func:`.properties.read_values`; ``controls`` are :func:`directions_of` the head.

    Scores go into the expression where all that they move is expression and all of that is at work anyway, which costs
    nothing; else they are added for themselves, by as many directions as there are scores.
    """
    layout = layout_of(head)
    scores, added = values[layout.controls], None
    rotations, expression = layout.rotations(values), values[layout.expression]
    if controls is not None and np.count_nonzero(scores):  # a third of the time of any()
        if controls.correctives is None and expression.any():
            shown = with_symmetric_eyes(head, controls.effective(layout, values))
            rotations, expression = layout.rotations(shown), shown[layout.expression]
        else:
            added = controls.added(scores)
    if added is not None:
        rotations = rotations.copy()
        rotations[_FACE] += added.rotations.reshape(-1, 3)
        if head.symmetric_eyes:
            rotations[_RIGHT_EYE] = rotations[_LEFT_EYE]
    return Moving(expression, rotations, values[layout.vector("translation")], added, scores, controls)


def own_params_of(head: FLAME_PG_head, values: np.ndarray, offsets: np.ndarray | None = None) -> FlameParams:
    """The head's own parameters, without what its scores add."""
    return layout_of(head).params(values, offsets, eyelids_unturned=head.eyelids_unturned)


def posed_params_of(head: FLAME_PG_head, values: np.ndarray, offsets: np.ndarray | None = None) -> FlameParams:
    """The head's own parameters, turned as its scores say: for what shows the scores' skin by itself, as rigs do."""
    directions = _directions_at_work(head, values)
    if directions is not None:
        values = with_symmetric_eyes(head, directions.rotated(layout_of(head), values))
    return own_params_of(head, values, offsets)


def correctives_of(head: FLAME_PG_head, values: np.ndarray) -> np.ndarray | None:
    """(..., V, 3) float32, metres: what scores add to the offsets; None for nothing."""
    directions = _directions_at_work(head, values)
    return None if directions is None else directions.offsets(values[..., layout_of(head).controls])


def added_offsets(head: FLAME_PG_head, values: np.ndarray) -> np.ndarray | None:
    """(..., V, 3) float32, metres: what scores and a template sequence add to the head's own; None for nothing."""
    return sum_of(correctives_of(head, values), template_sequence.added_offsets(head, values))


def sum_of(one: np.ndarray | None, other: np.ndarray | None) -> np.ndarray | None:
    """The sum of two offsets, either of which may be None for nothing."""
    return other if one is None else one if other is None else one + other


def with_symmetric_eyes(head: FLAME_PG_head, values: np.ndarray) -> np.ndarray:
    """The values, in which the right eye turns as the left one where the head says so; written in place."""
    if head.symmetric_eyes:
        layout = layout_of(head)
        values[..., layout.vector("right_eye")] = values[..., layout.vector("left_eye")]
    return values


def _directions_at_work(head: FLAME_PG_head, values: np.ndarray) -> ControlDirections | None:
    """What its scores add; None where all of them are zero, which is mostly so."""
    return directions_of(head) if values[..., layout_of(head).controls].any() else None
