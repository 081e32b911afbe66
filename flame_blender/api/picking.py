"""Landmarks picked on a scan."""

from __future__ import annotations

import bpy

from ..observations import scans
from ..picking.session import PickingSession


def is_scan(obj: bpy.types.Object | None) -> bool:
    """Whether an object has points that landmarks can be picked on and a head can be fitted to.

    Parameters
    ----------
    obj : bpy.types.Object or None
        Any object.

    Returns
    -------
    bool
        True for a mesh or a point cloud.
    """
    return scans.is_scan(obj)


def begin_picking(scan: bpy.types.Object, obj: bpy.types.Object | None = None) -> PickingSession:
    """Begin to place landmarks on a scan, as Pick Landmarks does by clicks, or go on with those that are there.

    Parameters
    ----------
    scan : bpy.types.Object
        A mesh or a point cloud.
    obj : bpy.types.Object or None, default None
        The head whose model has the landmarks; None is the model of new heads.

    Returns
    -------
    PickingSession
        Which makes the empties; :func:`fit_scan` takes its ``collection``.

    Raises
    ------
    FlameError
        ``obj`` is no head, or the model has no landmarks.
    """
    return PickingSession(scan, obj)
