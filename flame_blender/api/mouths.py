"""Teeth, gums, tongue and lashes of heads of FLAME files."""

from __future__ import annotations

from collections.abc import Callable, Generator

import bpy

from ..character import mouths
from ..head import parameters
from ..head.mouth import mouth_object
from ..long_work import result_of


def add_mouth(obj: bpy.types.Object, *, progress: Callable[[float], None] | None = None) -> bpy.types.Object:
    """Give a head of a FLAME file teeth, gums, tongue and lashes: an object of their own, which the head moves.

    The head's mesh stays FLAME's. ``obj.flame.show_mouth`` switches them off and on; shown, they are baked and exported
    with the head. Named controls are computed first for a model that has none, see :func:`compute_controls`.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    bpy.types.Object
        Mouth and lashes, the head's child; what it had before is replaced.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, it is the built-in head, which has them, or it is linked.
    ModelError
        The model brings teeth and lashes, or is no head.
    WriteError
        The user's folder cannot be written to.
    """
    return result_of(adding_mouth(obj), progress)


def adding_mouth(obj: bpy.types.Object) -> Generator[float, None, bpy.types.Object]:
    """:func:`add_mouth` in steps: yields the share that is done. Closed early, the head is as before.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    generator
        Its result is that of :func:`add_mouth`, and it raises the same.
    """
    return mouths.adding(obj)


def mouth_of(obj: bpy.types.Object) -> bpy.types.Object | None:
    """The object that :func:`add_mouth` made for a head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bpy.types.Object or None
        Mouth and lashes; None where the head has none of its own.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return mouth_object.object_of(obj)


def remove_mouth(obj: bpy.types.Object) -> None:
    """Delete what :func:`add_mouth` made for a head.

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
    mouth_object.remove(obj)
