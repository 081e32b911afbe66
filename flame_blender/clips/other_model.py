"""Clips that were made with another model than the head that they are brought onto."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np

from ..conversion.body_expression import shared_face
from ..flame.model import WEIGHT
from ..flame.topology import N_VERTICES
from ..head import models
from ..refitting.clips import converting_clip, entry_for, evaluator_of
from ..refitting.converted import ConvertOptions
from ..sequences.sequence import SMPLX, FlameSequence, is_of_release

if TYPE_CHECKING:
    from ..model_files.library import ModelEntry


COPIED = "The clip's expression is SMPL-X's, a space of its own, and was copied as it is, as was asked for."
LEFT_OUT = (
    "The clip's expression is SMPL-X's, a space of its own, and was left out: install SMPLX_NEUTRAL.npz and "
    "SMPL-X__FLAME_vertex_ids.npy to have it converted, or choose Copy Expression."
)
NOT_FLAME = (
    "The clip's expression is SMPL-X's, which can be a FLAME model's alone, and was left out: use a head of a FLAME "
    "model, or choose Copy Expression."
)


def taking_over(
    clip: FlameSequence, entry: ModelEntry, convert: bool, copy_expression: bool = False
) -> Generator[float, None, tuple[FlameSequence, tuple[str, ...]]]:
    """The clip for heads of a model, refitted where it is of another and that is asked for; yields the share done.

    Else as it is, with sentences of how it does not fit; SMPL-X's expression only where that is asked for. Raises
    FlameError.
    """
    if clip.release == SMPLX:
        return (clip, (COPIED,)) if copy_expression else _from_body(clip, entry)
    trouble = _trouble(clip, entry)
    if not trouble or not convert:
        return clip, trouble
    if entry_for(clip) is None:
        wanted = clip.release or "the release that it was made with, which the file does not tell"
        return clip, (*trouble, f"It was not converted: that takes an installed model of {wanted}.")
    converted = yield from converting_clip(clip, entry, ConvertOptions())
    return converted.clip.with_notes(f"Converted from {converted.summary()[0]}", *converted.warnings), ()


def _from_body(clip: FlameSequence, entry: ModelEntry) -> tuple[FlameSequence, tuple[str, ...]]:
    """SMPL-X's expression as the model's, by the vertices of the face; none, and said, where that cannot be."""
    topology, model = models.library().topology, evaluator_of(entry).model
    body, ids = topology.body_expression(), topology.body_vertices()
    if body is None or ids is None or model.n_vertices != N_VERTICES:
        still = np.zeros((len(clip), 0), np.float32)
        told = LEFT_OUT if model.n_vertices == N_VERTICES else NOT_FLAME
        return clip.with_params(expression=still).with_found(expression=0), (told,)
    expression, off = shared_face(model, body, ids).head_expression(clip.params.expression)
    said = f"The expression was converted from SMPL-X's by the face's vertices: {1000 * off:.2g} mm off on average."
    return clip.with_params(expression=expression).with_notes(said), ()


def _trouble(clip: FlameSequence, entry: ModelEntry) -> tuple[str, ...]:
    """A warning where the head's coefficients mean something else than the clip's."""
    if any(direction.unit == WEIGHT for direction in evaluator_of(entry).model.expression_directions):
        return (
            f"{entry.name} is no FLAME model: the clip's coefficients mean other shapes on it; "
            "convert the clip, or use a head with FLAME.",
        )
    if clip.release and entry.release and not is_of_release(clip, entry.release):
        return (f"The clip is for {clip.release}, the head is {entry.release}: coefficients differ in meaning.",)
    return ()
