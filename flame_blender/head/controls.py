"""Named controls on a head: ARKit scores and presets become its expression, jaw and eyes."""

from __future__ import annotations

from collections.abc import Mapping

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.controls import ROTATIONS, Controls
from . import models, parameters
from .properties import FLAME_PG_head


def controls_of(head: FLAME_PG_head) -> Controls | None:
    """The controls of the head's model; None when it has none or is not installed."""
    evaluator = models.evaluator(head.fingerprint)
    return None if evaluator is None else evaluator.model.controls


def set_arkit(obj: bpy.types.Object, scores: Mapping[str, float], frame: float | None) -> tuple[str, ...]:
    """Show named scores; see ``api.set_arkit``. Raises ParameterError."""
    controls = _require(obj)
    _show(obj, controls, controls.scores(scores), frame)
    return controls.left_out(scores)


def presets(obj: bpy.types.Object) -> tuple[str, ...]:
    """Names of the presets of the head's model. Raises ParameterError when ``obj`` is no head."""
    controls = controls_of(parameters.require_head(obj))
    return () if controls is None else tuple(preset.name for preset in controls.presets)


def apply_preset(obj: bpy.types.Object, name: str, strength: float, frame: float | None) -> None:
    """Show a preset; see ``api.apply_preset``. Raises ParameterError."""
    controls = _require(obj)
    if not np.isfinite(strength):
        raise ParameterError(f"strength: expected a finite number, found {strength}.")
    _show(obj, controls, controls.preset(name).scores * np.float32(strength), frame)


def _require(obj: bpy.types.Object) -> Controls:
    head = parameters.require_head(obj)
    parameters.require_evaluator(head)
    controls = controls_of(head)
    if controls is None:
        raise ParameterError(
            f"{head.model_name}: expected a model with named controls, found none; compute them first."
        )
    return controls


def _show(obj: bpy.types.Object, controls: Controls, scores: np.ndarray, frame: float | None) -> None:
    parameters.set_params(obj, controls.fields(scores))
    if frame is not None:
        parameters.keyframe(obj, frame, (parameters.EXPRESSION, *ROTATIONS))
