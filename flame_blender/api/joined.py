"""What a head is joined with: teeth, gums, tongue and lashes of its own, a body."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..bodies import on_body
from ..bodies.on_body import BodyOptions, OnBody
from ..bodies.settings import BLEND
from ..character import mouths
from ..head import parameters
from ..head.mouth import mouth_object
from ..long_work import result_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .fits import Landmarks


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


def put_on_body(
    obj: bpy.types.Object,
    body: bpy.types.Object,
    *,
    place: str = "AUTO",
    bone: str = "",
    vertex_ids: str | Path | ArrayLike | None = None,
    landmarks: Landmarks | None = None,
    blend: float = BLEND,
) -> OnBody:
    """Put a head on a body's mesh: it follows the body, its neck goes over into the body's.

    The head hangs on the body's head bone or, on a SMPL-X body without one, on three of its vertices, else on the
    body's object. A modifier hides the body's own head, cut where the rim of the neck lies on the skin, and another
    joins the neck to it. The body's rest pose is taken; a head that is on a body is taken off first.

    Parameters
    ----------
    obj : bpy.types.Object
        The head; its own location, rotation and scale stay, and move it on the body.
    body : bpy.types.Object
        The body's mesh.
    place : str, default "AUTO"
        "VERTICES": by the corresponding vertices of a body of SMPL-X's topology; "LANDMARKS": by landmarks on the
        body; "EYE": where the head is. "AUTO" is the first of these that can be.
    bone : str, default ""
        The bone of the body's armature that carries the head; "" is its head bone, where it has one.
    vertex_ids : str, Path, (5023,) whole numbers or None, default None
        SMPL-X__FLAME_vertex_ids.npy; None is the installed one.
    landmarks : as for fit_landmarks, or None, default None
        Three or more on the body; None are those that were picked on it.
    blend : float, metres, default 0.08
        How far from its rim the neck goes over into the body's.

    Returns
    -------
    OnBody
        What was done.

    Raises
    ------
    ParameterError
        Head or body is not what it should be, or the body carries a head already.
    ModelError
        The vertex ids are not there, or others.
    LandmarkError
        There are too few landmarks, or they are not the head's.
    """
    options = BodyOptions(place=place, bone=bone, vertex_ids=vertex_ids, landmarks=landmarks, blend=blend)
    return on_body.put_on_body(obj, body, options)


def take_off_body(obj: bpy.types.Object) -> bpy.types.Object | None:
    """Undo :func:`put_on_body`: the head is where it was before, and the body shows its own head again.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bpy.types.Object or None
        The body that it was on.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return on_body.take_off(obj)


def is_on_body(obj: bpy.types.Object) -> bool:
    """Whether a head was put on a body.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        Also where the body is gone since.
    """
    return on_body.is_on_body(obj)
