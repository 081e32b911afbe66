"""Named faces: ARKit's scores, expressions and visemes."""

from __future__ import annotations

from collections.abc import Generator, Mapping

import bpy

from ..character import scores as named_scores
from ..head import parameters
from ..long_work import result_of


def set_arkit(obj: bpy.types.Object, scores: Mapping[str, float], frame: float | None = None) -> tuple[str, ...]:
    """Show a face given as scores of ARKit's 52 blend shapes.

    Sets ``flame.controls``, which add to the head's own expression, jaw and eyes; these stay as they are. The built-in
    head has them; for the first head of another model :func:`compute_controls` is called, which takes about 15 seconds.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    scores : mapping of str to float
        0 rest to 1 the full movement, under ARKit's, Live Link's or MediaPipe's names; those left out are 0. A row of
        Live Link Face may come whole.
    frame : float or None, default None
        Where to key what was set; None keys nothing.

    Returns
    -------
    tuple of str
        Names that nothing was taken of: Live Link's rotations of head and eyes, and its time code.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or a name or score is wrong.
    ModelError
        The model is no head, so that it has no such controls.
    """
    return named_scores.set_arkit(obj, scores, frame)


def presets(obj: bpy.types.Object) -> tuple[str, ...]:
    """Names of the faces that :func:`apply_preset` takes: expressions and visemes.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    tuple of str
        The same before and after the controls of its model are computed.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or its model is not installed.
    """
    controls = named_scores.described(parameters.require_head(obj))
    return tuple(preset.name for preset in controls.presets)


def apply_preset(obj: bpy.types.Object, name: str, strength: float = 1.0, frame: float | None = None) -> None:
    """Show a named expression or viseme, as :func:`set_arkit` shows scores.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    name : str
        One of :func:`presets`.
    strength : float, default 1.0
        What its scores are multiplied by.
    frame : float or None, default None
        Where to key what was set; None keys nothing.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, the name is unknown or the strength not finite.
    ModelError
        The model is no head, so that it has no such controls.
    """
    result_of(applying_preset(obj, name, strength, frame))


def applying_preset(
    obj: bpy.types.Object, name: str, strength: float = 1.0, frame: float | None = None
) -> Generator[float, None, None]:
    """:func:`apply_preset` in steps: yields the share that is done of computing the controls, where that is due.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    name : str
        One of :func:`presets`.
    strength : float, default 1.0
        What its scores are multiplied by.
    frame : float or None, default None
        Where to key what was set; None keys nothing.

    Returns
    -------
    generator
        It raises the same, and sets nothing where it is closed early.
    """
    return named_scores.applying_preset(obj, name, strength, frame)


def get_arkit(obj: bpy.types.Object) -> dict[str, float]:
    """The scores of a head's named controls at the current frame, which :func:`set_arkit` takes.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    dict of str to float
        ARKit's 52 names, and those that its model has besides. The face is the same only where the head's own
        expression, jaw and eyes are.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    return named_scores.scores_of(obj)


def missing_controls(obj: bpy.types.Object) -> str | None:
    """Why :func:`set_arkit` and :func:`apply_preset` cannot show a face at once.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    str or None
        A sentence where its model is not installed, or its controls are not computed yet; None where they are there.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    return named_scores.missing(obj)
