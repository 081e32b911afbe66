"""A clip brought from the model that it was made with to another one."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ModelError, ParameterError
from ..flame.evaluator import FlameEvaluator
from ..head import models
from ..long_work import part_of
from ..sequences.sequence import FlameSequence, is_of_release
from .converted import OFFSETS, Converted, ConvertOptions
from .places_between import finding

if TYPE_CHECKING:
    from ..conversion.converting import Acted, ConvertedParams
    from ..model_files.library import ModelEntry

FINDING = 0.3  # share of the work, where places are not known yet


def converting_clip(
    clip: FlameSequence, target: ModelEntry, options: ConvertOptions
) -> Generator[float, None, Converted]:
    """The clip for the model ``target``; yields the share that is done. Raises FlameError."""
    from ..conversion.converting import Acted  # noqa: PLC0415  (enabling the add-on needs no fit)

    source = _model_of(clip, options.from_model)
    one, other = different_evaluators(source, target)
    acted = Acted.of(one, other, clip.params)
    converted = yield from converting_acted(acted, source, target, options)
    return Converted(
        as_clip(clip, converted, target), 1000 * converted.residuals, np.arange(len(clip)), (source.name, target.name)
    )


def converting_acted(
    acted: Acted, source: ModelEntry, target: ModelEntry, options: ConvertOptions
) -> Generator[float, None, ConvertedParams]:
    """What a head of ``source`` shows as parameters of ``target``; yields the share that is done."""
    from ..conversion.converting import converting_params  # noqa: PLC0415

    places = yield from part_of(finding(source, target), 0.0, FINDING)
    offsets = options.left_over == OFFSETS
    solving = converting_params(acted, evaluator_of(target), places, within_range=options.within_range, offsets=offsets)
    return (yield from part_of(solving, FINDING, 1.0))


def as_clip(clip: FlameSequence, converted: ConvertedParams, target: ModelEntry) -> FlameSequence:
    """The clip with the parameters of another model."""
    contents = dataclasses.replace(clip.found, identity=target.n_identity, expression=target.n_expression)
    return dataclasses.replace(clip, params=converted.params, release=target.release, found=contents)


def entry_for(clip: FlameSequence) -> ModelEntry | None:
    """An installed model of the clip's release, the one for new heads before others; None without one."""
    entries = (models.for_new_heads(), *models.entries())
    return next((entry for entry in entries if is_of_release(clip, entry.release)), None)


def evaluator_of(entry: ModelEntry) -> FlameEvaluator:
    """The evaluator of an installed model. Raises ModelError."""
    evaluator = models.evaluator(entry.fingerprint)
    if evaluator is None:
        raise ModelError(str(models.missing(entry.fingerprint, entry.name)))
    return evaluator


def different_evaluators(source: ModelEntry, target: ModelEntry) -> tuple[FlameEvaluator, FlameEvaluator]:
    """Of two models that must not be the same. Raises ParameterError, or ModelError."""
    if source.fingerprint == target.fingerprint:
        raise ParameterError(
            f"to_model: expected another model than {source.name!r}, found the same; nothing to convert."
        )
    return evaluator_of(source), evaluator_of(target)


def _model_of(clip: FlameSequence, name: str | None) -> ModelEntry:
    if name is not None:
        return models.resolve(name)
    found = entry_for(clip)
    if found is not None:
        return found
    if clip.release:
        raise ParameterError(
            f"from_model: expected an installed model of {clip.release}, which the clip was made with, found none; "
            "install it, or name another."
        )
    raise ParameterError("from_model: expected the model that the clip was made with, which it does not tell; name it.")
