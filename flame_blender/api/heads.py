"""Heads."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

from ..blender_pointers import shown_scene, there
from ..errors import ParameterError
from ..flame.model import FlameModel
from ..head import create, deformation, models, parameters, up_to_date
from ..head import landmarks as landmark_empties
from ..head.properties import head_of
from ..head.under_work import head_under_work
from ..model_files.landmark_sets import why_no_set


def add_head(model: str | Path | None = None, name: str = "FLAME Head", landmarks: bool = False) -> bpy.types.Object:
    """Add a neutral head to the active collection, and turn Lock Interface on, so that rendering in a window is safe.

    Parameters
    ----------
    model : str, Path or None, default None
        One of :func:`model_names` (``api.BUILT_IN`` is the built-in head), or a model file, which is installed first.
        None is :func:`new_head_model`: name a model in scripts that must not depend on what is installed.
    name : str, default "FLAME Head"
        Name of the object.
    landmarks : bool, default False
        Make the landmark empties too, as :func:`add_landmarks` does.

    Returns
    -------
    bpy.types.Object
        The head.

    Raises
    ------
    ModelError
        The model is unknown or cannot be read; nothing is added.
    FlameError
        The model has no landmarks; nothing is added.
    """
    with head_under_work(None, shown_scene(), there(bpy.context.collection, "a collection")) as work:
        return work.of_model(models.resolve(model), name, landmarks)


def is_head(obj: bpy.types.Object | None) -> bool:
    """Whether an object is a FLAME head.

    Parameters
    ----------
    obj : bpy.types.Object or None
        Any object; None is no head.

    Returns
    -------
    bool
        True for a head.
    """
    return head_of(obj) is not None


def lock_interface() -> None:
    """Turn the scene's Lock Interface on, so that rendering in a window is safe; :func:`add_head` does it too."""
    create.lock_interface(shown_scene())


def missing_model(obj: bpy.types.Object) -> str | None:
    """Why a head's model cannot be used.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    str or None
        A sentence; None where the head follows its parameters.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    head = parameters.require_head(obj)
    return models.missing(head.fingerprint, head.model_name)


def model(obj: bpy.types.Object) -> FlameModel:
    """The model of a head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    FlameModel
        Shared by all heads that use it; its arrays are read-only.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or its model is not installed.
    """
    return parameters.require_evaluator(parameters.require_head(obj)).model


def evaluate(obj: bpy.types.Object, space: str = "flame") -> np.ndarray:
    """The vertices of the current parameters.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    space : str, default "flame"
        "flame": FLAME's axes; "world": Blender's world, wherever the head stands and whatever was applied to its mesh.

    Returns
    -------
    np.ndarray
        (V, 3) float32, metres.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or ``space`` is another word.
    """
    return _in_space(obj, parameters.evaluate(obj), space)


def landmarks(obj: bpy.types.Object, space: str = "flame", landmark_set: str | None = None) -> np.ndarray:
    """The landmarks of the current parameters.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    space : str, default "flame"
        "flame" or "world", as for :func:`evaluate`.
    landmark_set : str or None, default None
        "ibug" (68 points) or "mediapipe" (105); None is that of the head's empties, else the model's usual one.

    Returns
    -------
    np.ndarray
        (L, 3) float32, metres, contour first.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or ``space`` is another word.
    FlameError
        The model has no such landmarks.
    """
    head = parameters.require_head(obj)
    model_ = model(obj)
    name = landmark_set or head.landmark_set or create.landmark_set_of(model_)
    embedding = landmark_empties.embedding_of(model_, name)
    params = parameters.get_params(obj)
    points = landmark_empties.points_on(head, model_, embedding, parameters.evaluate(obj), params)
    return _in_space(obj, points, space)


def _in_space(obj: bpy.types.Object, points: np.ndarray, space: str) -> np.ndarray:
    if space == "flame":
        return points
    if space != "world":
        raise ParameterError(f"space: expected 'flame' or 'world', found {space!r}.")
    return parameters.to_world(obj, points)


def add_landmarks(obj: bpy.types.Object, landmark_set: str | None = None) -> bpy.types.Collection:
    """Make an empty for each landmark, which follows the face; those that the head had are replaced.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    landmark_set : str or None, default None
        "ibug" or "mediapipe"; None is the model's usual one, "ibug" where it has that.

    Returns
    -------
    bpy.types.Collection
        The collection of the empties, named after the head.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or its model is not installed.
    FlameError
        The model has no such landmarks.
    """
    return create.add_landmarks(obj, landmark_set)


def missing_landmarks(obj: bpy.types.Object) -> str | None:
    """Why no landmarks can be added to a head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    str or None
        A sentence; None where its model has some.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or its model is not installed.
    """
    model_ = model(obj)
    return None if model_.landmarks else why_no_set(model_)


def remove_landmarks(obj: bpy.types.Object) -> None:
    """Delete the landmark empties of a head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    landmark_empties.remove_empties(obj)


def update_head(obj: bpy.types.Object) -> tuple[str, ...]:
    """Give a head what was installed after it was made.

    UVs and vertex groups that it lacks are added, plain materials exchanged for the eyes' and the painted skin's,
    landmarks whose set has grown made anew. Own UVs, groups, weights and materials, sculpts, values and keys stay;
    eyelids need no update.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    tuple of str
        What was added, of "controls", "UVs", "regions", "eyes", "skin" and "landmarks".

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or it cannot be changed: linked, or its topology edited.
    """
    return up_to_date.bring_up_to_date(obj)


def missing_parts(obj: bpy.types.Object) -> tuple[str, ...]:
    """What :func:`update_head` would add to a head.

    Parameters
    ----------
    obj : bpy.types.Object
        Any object.

    Returns
    -------
    tuple of str
        Of "controls", "UVs", "regions", "eyes", "skin" and "landmarks"; empty for what is no head or stays.
    """
    return up_to_date.lacking(obj)


def restore_deformation(obj: bpy.types.Object) -> None:
    """Put back the modifier by which renders see a head move, for motion blur and Alembic, where it was removed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    deformation.restore(obj)


def keep_sculpt(obj: bpy.types.Object) -> bool:
    """Turn what was sculpted on the mesh, or an uneven scale that was applied, into the head's offsets.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        Whether there was anything.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or it cannot be changed now: in Edit Mode, or with other
        vertices.
    """
    return parameters.keep_sculpt(obj)
