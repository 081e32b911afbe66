"""What all fits have in common: the head that is used, or the model of a new one, and how the place is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy

from ..errors import ParameterError
from ..flame.evaluator import FlameEvaluator
from ..head import models, parameters
from ..model_files.library import ModelEntry
from . import guess


@dataclass(frozen=True)
class Choices:
    """``head`` None adds one of the model ``entry`` to ``collection``; units and axes are keys of :mod:`.guess`."""

    head: bpy.types.Object | None
    entry: ModelEntry
    collection: bpy.types.Collection
    units: str = guess.AUTO
    axes: str = guess.AUTO
    fit_scale: bool = False

    @property
    def evaluator(self) -> FlameEvaluator:
        """The model's. Raises ParameterError where its file cannot be read."""
        found = models.evaluator(self.entry.fingerprint)
        if found is None:
            raise ParameterError(models.missing(self.entry.fingerprint, self.entry.name))
        return found


def chosen(
    head: bpy.types.Object | None,
    model: str | Path | None = None,
    units: str = guess.AUTO,
    axes: str = guess.AUTO,
    fit_scale: bool = False,
) -> Choices:
    """The choices for a head, or for a new head of a model (None: the one for new heads). Raises FlameError."""
    if head is None:
        entry = models.resolve(model)
    else:
        properties = parameters.require_head(head)
        parameters.require_evaluator(properties)
        found = models.find(properties.fingerprint)
        if found is None:
            raise ParameterError(models.missing(properties.fingerprint, properties.model_name))
        entry = found
    return Choices(head, entry, bpy.context.collection, units, axes, fit_scale)
