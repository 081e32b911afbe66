"""Named controls on a head: ARKit scores and presets become the scores of its own collection, ``flame.controls``."""

from __future__ import annotations

from collections.abc import Mapping

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.controls import Controls
from ..head import models, parameters
from ..head.properties import FLAME_PG_head, complete_controls, lacks_controls, names_of_controls


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


def scores_of(obj: bpy.types.Object) -> dict[str, float]:
    """The scores of the head's named controls, by name. Raises ParameterError when ``obj`` is no head."""
    head = parameters.require_head(obj)
    return dict(zip(names_of_controls(head), parameters.scores_of(head).tolist(), strict=True))


def set_all(obj: bpy.types.Object, fields: Mapping[str, object], scores: Mapping[str, float]) -> None:
    """Set own parameters of a head and the scores of all its controls, zero where they are not named.

    Raises ParameterError.
    """
    names = names_of_controls(parameters.require_head(obj))
    parameters.set_params(obj, {**fields, parameters.CONTROLS: [scores.get(name, 0.0) for name in names]})


def _show(obj: bpy.types.Object, controls: Controls, scores: np.ndarray, frame: float | None) -> None:
    """Set all of the head's scores, those of controls that its model does not have to zero."""
    head = parameters.require_head(obj)
    model = parameters.require_evaluator(head).model
    if lacks_controls(head, model):  # from before heads had any
        if obj.library is not None or obj.override_library is not None:
            raise ParameterError(
                f"{obj.name} has no named controls in the file that it comes from: save it there anew."
            )
        complete_controls(head, model)
    set_all(obj, {}, dict(zip(controls.names, scores.tolist(), strict=True)))
    if frame is not None:
        parameters.keyframe(obj, frame, (parameters.CONTROLS,))
