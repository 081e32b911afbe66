"""Heads: added, set, keyed, evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import ArrayLike

from ..flame.errors import ParameterError
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..flame.randomise import random_coefficients
from ..head import controls, create, models, parameters, up_to_date
from ..head import landmarks as landmark_empties
from ..head.properties import head_of

# The default of set_params: a field that is left out stays as it is (None removes the offsets).
UNCHANGED: Any = type("Unchanged", (), {"__repr__": lambda _self: "unchanged"})()


def add_head(model: str | Path | None = None, name: str = "FLAME Head", landmarks: bool = False) -> bpy.types.Object:
    """Add a neutral head to the active collection and return its object.

    ``model`` is None for the model of new heads (:func:`new_head_model`: by default the FLAME file installed last,
    else the built-in head), the name of an installed model (``api.BUILT_IN`` for the built-in head), or the path of
    a model file, which is installed first. With ``landmarks`` the landmark empties are made too. Turns Lock
    Interface on in the scene, so that rendering in a window is safe. Raises ModelError, and FlameError where the
    model has no landmarks; nothing is added then.
    """
    head = create.add_head(models.resolve(model), name, bpy.context.collection, landmarks)
    create.lock_interface(bpy.context.scene)
    return head


def is_head(obj: bpy.types.Object | None) -> bool:
    """Whether ``obj`` is a FLAME head."""
    return head_of(obj) is not None


def set_params(  # noqa: PLR0913  (every parameter of a head, by name)
    obj: bpy.types.Object,
    params: FlameParams | None = None,
    *,
    shape: ArrayLike | None = UNCHANGED,
    expression: ArrayLike | None = UNCHANGED,
    global_rotation: ArrayLike | None = UNCHANGED,
    neck: ArrayLike | None = UNCHANGED,
    jaw: ArrayLike | None = UNCHANGED,
    left_eye: ArrayLike | None = UNCHANGED,
    right_eye: ArrayLike | None = UNCHANGED,
    translation: ArrayLike | None = UNCHANGED,
    offsets: ArrayLike | None = UNCHANGED,
    eyelids: ArrayLike | None = UNCHANGED,
    eyelids_unturned: bool = UNCHANGED,
) -> None:
    """Set parameters and update the mesh at once.

    A short coefficient vector sets the leading coefficients and zeroes the rest; a field left out is untouched.
    ``params`` sets every field; keywords win over it. ``offsets`` (V, 3), rest pose, or None to remove them.
    ``eyelids`` (2,) left and right, 0 to 1, show on a model with FLAME's vertices where l_eyelid.npy and r_eyelid.npy
    are installed. Nothing is written when anything is wrong. Raises ParameterError.
    """
    fields = {} if params is None else {name: getattr(params, name) for name in parameters.ALL_FIELDS}
    given = {
        "shape": shape,
        "expression": expression,
        "global_rotation": global_rotation,
        "neck": neck,
        "jaw": jaw,
        "left_eye": left_eye,
        "right_eye": right_eye,
        "translation": translation,
        "offsets": offsets,
        "eyelids": eyelids,
        "eyelids_unturned": eyelids_unturned,
    }
    fields.update({name: value for name, value in given.items() if value is not UNCHANGED})
    parameters.set_params(obj, fields)


def set_arkit(obj: bpy.types.Object, scores: Mapping[str, float], frame: float | None = None) -> tuple[str, ...]:
    """Show a face given as scores of ARKit's 52 blend shapes, 0 rest and 1 the full movement; those left out are 0.

    Sets expression, jaw and eyes; identity, neck, global rotation and translation stay. With ``frame`` what was set is
    keyed there. Names are ARKit's, Live Link's or MediaPipe's. A row of Live Link Face may come whole: its rotations of
    head and eyes and its time code are left, and their names returned. Raises ParameterError, also for a model that
    has none.
    """
    return controls.set_arkit(obj, scores, frame)


def presets(obj: bpy.types.Object) -> tuple[str, ...]:
    """Names of the faces that :func:`apply_preset` takes; none for a model without named controls."""
    return controls.presets(obj)


def apply_preset(obj: bpy.types.Object, name: str, strength: float = 1.0, frame: float | None = None) -> None:
    """Show a named expression or viseme, as :func:`set_arkit` does, its scores multiplied by ``strength``.

    Raises ParameterError.
    """
    controls.apply_preset(obj, name, strength, frame)


def get_params(obj: bpy.types.Object) -> FlameParams:
    """The head's parameters at the current frame. Raises ParameterError."""
    return parameters.get_params(obj)


def keyframe(obj: bpy.types.Object, frame: float, groups: Iterable[str] = parameters.KEYED_BY_DEFAULT) -> int:
    """Key the current values at ``frame``; how many channels were keyed.

    ``groups``: ``"identity"``, ``"expression"``, ``"rotations"``, ``"translation"``, ``"eyelids"``, or single rotations
    such as ``"jaw"``; by default all but the identity. Raises ParameterError.
    """
    return parameters.keyframe(obj, frame, groups)


def evaluate(obj: bpy.types.Object, space: str = "flame") -> np.ndarray:
    """(V, 3) float32 vertices of the current parameters: FLAME axes or Blender's ``"world"``. Raises ParameterError."""
    return _in_space(obj, parameters.evaluate(obj), space)


def landmarks(obj: bpy.types.Object, space: str = "flame", landmark_set: str | None = None) -> np.ndarray:
    """(L, 3) float32 landmarks of the current parameters, contour first: FLAME axes, or Blender's ``"world"``.

    ``landmark_set`` is ``"ibug"`` (68) or ``"mediapipe"`` (105), by default that of the head's empties. Raises
    FlameError when the model has no such landmarks.
    """
    head = parameters.require_head(obj)
    model_ = model(obj)
    name = landmark_set or head.landmark_set or create.landmark_set_of(model_)
    embedding = landmark_empties.embedding_of(model_, name)
    points = landmark_empties.points_on(head, model_, embedding, parameters.evaluate(obj), get_params(obj))
    return _in_space(obj, points, space)


def _in_space(obj: bpy.types.Object, points: np.ndarray, space: str) -> np.ndarray:
    if space == "flame":
        return points
    if space != "world":
        raise ParameterError(f"space: expected 'flame' or 'world', found {space!r}.")
    return parameters.to_world(obj, points)


def add_landmarks(obj: bpy.types.Object, landmark_set: str | None = None) -> bpy.types.Collection:
    """Make the landmark empties of the head, in place of those it had; their collection. Raises FlameError."""
    return create.add_landmarks(obj, landmark_set)


def remove_landmarks(obj: bpy.types.Object) -> None:
    """Delete the head's landmark empties. Raises ParameterError."""
    parameters.require_head(obj)
    landmark_empties.remove_empties(obj)


def randomise(
    obj: bpy.types.Object, seed: int, strength: float = 1.0, groups: Iterable[str] = (parameters.IDENTITY,)
) -> None:
    """Draw random coefficients for ``"identity"`` and/or ``"expression"``; the same seed gives the same head."""
    model_ = model(obj)
    directions = {"shape": model_.identity_directions, "expression": model_.expression_directions}
    fields = {}
    for name in parameters.fields_of(groups):
        if name not in directions:
            raise ParameterError(f"groups: expected 'identity' or 'expression' to randomise, found {name!r}.")
        rng = np.random.default_rng([seed, len(fields)])
        fields[name] = random_coefficients(directions[name], strength, rng)
    parameters.set_params(obj, fields)


def keep_sculpt(obj: bpy.types.Object) -> bool:
    """Turn what was sculpted on the mesh into the head's offsets; whether there was anything. Raises ParameterError."""
    return parameters.keep_sculpt(obj)


def install(path: str | Path) -> tuple[str, ...]:
    """Install a FLAME file, or all in a folder: models, landmarks, masks, a template .obj; one sentence for each.

    Raises ModelError for a file that is none of these.
    """
    return models.install([Path(path)])


def model_names() -> tuple[str, ...]:
    """Names of the models that :func:`add_head` takes, the built-in head first."""
    return tuple(entry.name for entry in models.entries())


def update_head(obj: bpy.types.Object) -> tuple[str, ...]:
    """Give a head what was installed after it was made; what was added, of ``"UVs", "regions", "eyes", "landmarks"``.

    UVs and vertex groups that it lacks are added, plain materials of its eyeballs set right, landmarks whose set has
    grown made anew. Own UVs, groups, weights and materials, sculpts, values and keys stay; eyelids need no update.
    Raises ParameterError where the head cannot be changed.
    """
    return up_to_date.bring_up_to_date(obj)


def new_head_model() -> str:
    """Name of the model that heads are of which are added without one being named, by scripts and in the window."""
    return models.for_new_heads().name


def choose_new_head_model(name: str | None) -> str:
    """Choose that model by its name, kept for later sessions; with None it is the FLAME file installed last.

    Returns the name of the model that new heads are now of. Raises ModelError for an unknown name.
    """
    return models.choose_for_new_heads(name).name


def model(obj: bpy.types.Object) -> FlameModel:
    """The head's FlameModel, shared by all heads that use it; its arrays are read-only. Raises ParameterError."""
    return parameters.require_evaluator(parameters.require_head(obj)).model
