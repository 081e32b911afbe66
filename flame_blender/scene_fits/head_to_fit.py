"""The head that a fit is for, or the model of a new one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy

from ..blender_pointers import there
from ..errors import ParameterError
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..head import models, parameters
from ..model_files.library import ModelEntry


@dataclass(frozen=True)
class HeadToFit:
    """``head`` None adds one of the model ``entry`` to ``collection``."""

    head: bpy.types.Object | None
    entry: ModelEntry
    collection: bpy.types.Collection

    @property
    def evaluator(self) -> FlameEvaluator:
        """The model's. Raises ParameterError where its file cannot be read."""
        found = models.evaluator(self.entry.fingerprint)
        if found is None:
            raise ParameterError(str(models.missing(self.entry.fingerprint, self.entry.name)))
        return found

    @property
    def model(self) -> FlameModel:
        """Raises ParameterError where its file cannot be read."""
        return self.evaluator.model


def head_to_fit(head: bpy.types.Object | None, model: str | Path | None = None) -> HeadToFit:
    """A head, or None for a new head of a model (None: the one for new heads). Raises FlameError."""
    if head is None:
        entry = models.resolve(model)
    else:
        properties = parameters.require_head(head)
        parameters.require_evaluator(properties)
        found = models.find(properties.fingerprint)
        if found is None:
            raise ParameterError(str(models.missing(properties.fingerprint, properties.model_name)))
        entry = found
    return HeadToFit(head, entry, there(bpy.context.collection, "a collection"))
