"""How heads look: painted skin, UVs, quads."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import bpy

from ..character import looks, quads
from ..head import models, parameters
from ..long_work import result_of


def compute_looks(model: str | Path | None = None, *, progress: Callable[[float], None] | None = None) -> None:
    """Give an installed model the built-in head's looks: UVs where it has none, materials, the painted skin.

    They are carried over to the model's mesh and kept for it, with its named controls, which are computed where there
    are none yet. Its heads look so from then on; those of this file that have nothing but plain materials are changed.

    Parameters
    ----------
    model : str, Path or None, default None
        One of :func:`model_names`, or a file, which is installed; None is the model for new heads.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Raises
    ------
    ParameterError
        It is the built-in head, which brings its own.
    ModelError
        There is no such model, it is no head, or its skin cannot be laid flat.
    WriteError
        The user's folder cannot be written to.
    """
    result_of(computing_looks(model), progress)


def computing_looks(model: str | Path | None = None) -> Generator[float, None, None]:
    """:func:`compute_looks` in steps: yields the share that is done. Closed early, the model looks as before.

    Parameters
    ----------
    model : str, Path or None, default None
        One of :func:`model_names`, or a file, which is installed; None is the model for new heads.

    Returns
    -------
    generator
        It raises the same.
    """
    entry = models.resolve(model)
    yield from looks.computing(entry)
    looks.show_on_heads(entry)


def lacks_looks(obj: bpy.types.Object) -> bool:
    """Whether :func:`compute_looks` has something to do for a head's model.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        False for the built-in head, and where a painted skin is there for the UVs that the model has by now.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    return looks.is_missing(parameters.require_head(obj).fingerprint)


def show_quads(obj: bpy.types.Object, join: bool = True) -> int:
    """Join a head's triangles to quads where two make a good one, so that Subdivision Surface looks right; or undo it.

    Vertices and their order, shape keys, vertex groups, UVs and values stay; fits and files use the model's triangles
    in any case. Triangles of different materials, and such as a seam of UVs parts, are not joined.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    join : bool, default True
        False cuts the quads again, along the model's edges.

    Returns
    -------
    int
        How many quads the head has then.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed or has quads of its own, or its mesh cannot be changed: linked,
        in Edit Mode, or with other polygons.
    """
    return quads.show_quads(obj, join)


def has_quads(obj: bpy.types.Object) -> bool:
    """Whether a head shows quads.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        True for the built-in head, and after :func:`show_quads`.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return quads.has_quads(obj)
