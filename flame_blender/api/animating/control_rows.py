"""Named controls by hand: left and right linked, and keys of some."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from ... import followers
from ...errors import ParameterError
from ...head import parameters
from ...head.properties import names_of_controls, value_path
from ...head.saved.linked_sides import partner_of


def link_sides(obj: bpy.types.Object, linked: bool = True, controls: Iterable[str] | None = None) -> int:
    """Link left and right of named controls: one that is moved by hand, or set alone, moves the other along.

    Functions that set all controls together, such as :func:`set_arkit`, set what they are told. With Auto Keying on the
    other side is keyed too where one of both has keys.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    linked : bool, default True
        False lets them go.
    controls : iterable of str or None, default None
        Names of one side or both, such as "eyeBlinkLeft"; None is all that have two sides.

    Returns
    -------
    int
        How many pairs are linked now, or let go.

    Raises
    ------
    ParameterError
        ``obj`` is no head, comes from another file, or a name is none of its controls with two sides.
    """
    head = parameters.require_head(obj)
    parameters.require_own(obj)
    names = names_of_controls(head)
    two_sided = {item.name for item in head.controls if partner_of(item) is not None}
    chosen = two_sided if controls is None else set(controls)
    unknown = sorted(chosen - two_sided)
    if unknown:
        raise ParameterError(f"controls: expected names with a left and a right, found {unknown[0]!r}.")
    pairs = set()
    for name in chosen:
        item = head.controls[names.index(name)]
        item.linked = linked
        pairs.add(frozenset((name, partner_of(item).name)))
    return len(pairs)


def key_controls(obj: bpy.types.Object, frame: float, controls: Iterable[str]) -> int:
    """Key some of a head's named controls as they are.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    frame : float
        The frame that gets the keys.
    controls : iterable of str
        Their names.

    Returns
    -------
    int
        How many were keyed.

    Raises
    ------
    ParameterError
        ``obj`` is no head, comes from another file, or a name is none of its controls. Nothing is keyed then.
    """
    head = parameters.require_head(obj)
    parameters.require_own(obj)
    names, chosen = names_of_controls(head), list(dict.fromkeys(controls))
    unknown = [name for name in chosen if name not in names]
    if unknown:
        raise ParameterError(f"controls: expected some of the head's named controls, found {unknown[0]!r}.")
    paths = [value_path(head, parameters.CONTROLS, names.index(name)) for name in chosen]
    keyed = sum(obj.keyframe_insert(path, frame=frame, group=parameters.CONTROLS.title()) for path in paths)
    followers.take_keys(obj)
    return keyed
