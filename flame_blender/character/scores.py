"""Named controls on a head: ARKit scores and presets become the scores of its own collection, ``flame.controls``."""

from __future__ import annotations

from collections.abc import Generator, Mapping

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.controls import Controls
from ..head import models, parameters
from ..head.create import complete_controls, lacks_controls
from ..head.properties import FLAME_PG_head, names_of_controls
from ..long_work import result_of
from . import computing


def controls_of(head: FLAME_PG_head) -> Controls | None:
    """The controls of the head's model; None when it has none or is not installed."""
    evaluator = models.evaluator(head.fingerprint)
    return None if evaluator is None else evaluator.model.controls


def described(head: FLAME_PG_head) -> Controls:
    """The controls of the head's model or, before they are computed, the built-in head's, after which they are made.

    Raises ParameterError where the model is not installed.
    """
    own = parameters.require_evaluator(head).model.controls
    evaluator = models.evaluator(models.built_in().fingerprint) if own is None else None
    controls = own if evaluator is None else evaluator.model.controls
    if controls is None:
        raise ParameterError(f"{head.model_name}: expected a model with named controls, found none.")
    return controls


def missing(obj: bpy.types.Object) -> str | None:
    """Why no face can be shown at once, in a sentence; None when it can. Raises ParameterError for what is no head."""
    head = parameters.require_head(obj)
    reason = models.missing(head.fingerprint, head.model_name)
    if reason is None and controls_of(head) is None:
        reason = f"The named controls of {head.model_name!r} are not computed yet: that takes 20 to 30 seconds, once."
    return reason


def set_arkit(obj: bpy.types.Object, scores: Mapping[str, float], frame: float | None) -> tuple[str, ...]:
    """Show named scores; see ``api.set_arkit``. Raises FlameError."""
    controls = described(parameters.require_head(obj))
    given = controls.scores(scores)
    result_of(computing_if_missing(obj))
    _show(obj, controls, given, frame)
    return controls.left_out(scores)


def applying_preset(
    obj: bpy.types.Object, name: str, strength: float, frame: float | None
) -> Generator[float, None, None]:
    """Show a preset; see ``api.apply_preset``. Yields the share that is done of computing. Raises FlameError."""
    controls = described(parameters.require_head(obj))
    if not np.isfinite(strength):
        raise ParameterError(f"strength: expected a finite number, found {strength}.")
    scores = controls.preset(name).scores * np.float32(strength)
    _show((yield from computing_for(obj)), controls, scores, frame)


def computing_if_missing(obj: bpy.types.Object) -> Generator[float, None, bool]:
    """Compute the controls of the head's model where it has none yet; whether that was so."""
    head = parameters.require_head(obj)
    if parameters.require_evaluator(head).model.controls is not None:
        return False
    yield from computing.computing(models.resolve(head.fingerprint))
    return True


def computing_for(obj: bpy.types.Object) -> Generator[float, None, bpy.types.Object]:
    """The head, whose model has named controls then: undo may have put another in its place while they were computed.

    Raises ParameterError where it is gone.
    """
    called = obj.name
    if not (yield from computing_if_missing(obj)):
        return obj
    if called not in bpy.data.objects:
        raise ParameterError(f"{called} is gone; heads of its model have named controls now.")
    return bpy.data.objects[called]


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


def complete(obj: bpy.types.Object) -> None:
    """Give a head from before heads had scores all those of its model. Raises ParameterError where it is linked."""
    head = parameters.require_head(obj)
    model = parameters.require_evaluator(head).model
    if not lacks_controls(head, model):
        return
    if obj.library is not None or obj.override_library is not None:
        raise ParameterError(f"{obj.name} has no named controls in the file that it comes from: save it there anew.")
    complete_controls(head, model)


def _show(obj: bpy.types.Object, controls: Controls, scores: np.ndarray, frame: float | None) -> None:
    """Set all of the head's scores, those of controls that its model does not have to zero."""
    if frame is not None:
        parameters.require_own(obj)
    complete(obj)
    set_all(obj, {}, dict(zip(controls.names, scores.tolist(), strict=True)))
    if frame is not None:
        parameters.keyframe(obj, frame, (parameters.CONTROLS,))
