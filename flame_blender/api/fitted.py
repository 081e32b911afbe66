"""Landmarks picked on a scan, and heads that were fitted."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import bpy

from ..distances import distances
from ..distances.distances import DistanceOptions, Painted
from ..dragging import reshape
from ..flame.params import FlameParams
from ..head import parameters
from ..long_work import result_of
from ..observations import scans
from ..photo_projection import photo_material
from ..photo_projection.photo_material import PhotoTextured, PhotoTextureOptions
from ..picking.session import PickingSession
from ..scene_fits import properties
from ..scene_fits.properties import fitted_of
from .fits import Progress


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


def paint_distances(
    obj: bpy.types.Object,
    scan: bpy.types.Object | None = None,
    *,
    limit_mm: float | None = None,
    legend: bool = True,
    progress: Progress = None,
) -> Painted:
    """Colour a scan and its head by their distance; no vertex moves, and :func:`clear_distances` takes it off.

    Both get a colour attribute, "FLAME Distance", and a material of the object over the mesh's own. Grey on the head:
    no scan there.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    scan : bpy.types.Object or None, default None
        A mesh or point cloud; None is the one that the head was fitted to.
    limit_mm : float or None, millimetres, default None
        What is red; None is a round number that 95 of 100 points of the scan stay under.
    legend : bool, default True
        Make a legend beside the head.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Painted
        The distances.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or there is no scan, or one that cannot be painted.
    """
    options = DistanceOptions(limit_mm=limit_mm, legend=legend)
    return result_of(painting_distances(obj, scan, options), progress)


def painting_distances(
    obj: bpy.types.Object, scan: bpy.types.Object | None = None, options: DistanceOptions | None = None
) -> Generator[float, None, Painted]:
    """:func:`paint_distances` in steps: yields the share that is done. Closed early, nothing is painted.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    scan : bpy.types.Object or None, default None
        A mesh or point cloud; None is the one that the head was fitted to.
    options : DistanceOptions or None, default None
        The keywords of :func:`paint_distances`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`paint_distances`, and it raises the same.
    """
    parameters.require_head(obj)
    return distances.painting(obj, scan or fitted_of(obj).scan, options or DistanceOptions())


def are_distances_painted(obj: bpy.types.Object) -> bool:
    """Whether the colours of :func:`paint_distances` are on an object.

    Parameters
    ----------
    obj : bpy.types.Object
        A head or a scan.

    Returns
    -------
    bool
        True until :func:`clear_distances` has taken them off.
    """
    return distances.is_painted(obj)


def clear_distances(obj: bpy.types.Object, scan: bpy.types.Object | None = None) -> None:
    """Take colours, materials and legend off the head and its scan again.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    scan : bpy.types.Object or None, default None
        What was painted; None is the scan that the head was fitted to.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    distances.clear(obj, scan or fitted_of(obj).scan)


def project_photo(
    obj: bpy.types.Object,
    camera: bpy.types.Object | Sequence[bpy.types.Object] | None = None,
    *,
    size: int = 1024,
    filling: str = "MIRROR",
    progress: Progress = None,
) -> PhotoTextured:
    """Lay the photo behind a camera into the head's texture, and show it; image and mask are packed into the .blend.

    Of several photos each place of the texture takes most of the one that shows it finest.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    camera : bpy.types.Object, list of them or None, default None
        Cameras with a photo as background image; None is those of the head's fit.
    size : int, pixels, default 1024
        Side of the texture, 1 to 8192.
    filling : str, default "MIRROR"
        What the camera did not see: "MIRROR" takes it from the other side, "BLUR" from around.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    PhotoTextured
        Image, mask and material, and how much was seen.

    Raises
    ------
    FlameError
        ``obj`` is no head or has no UVs, a camera has no photo or does not see the head, or a choice is wrong; nothing
        has changed then.
    """
    options = PhotoTextureOptions(size=size, filling=filling)
    return result_of(projecting_photo(obj, camera, options), progress)


def projecting_photo(
    obj: bpy.types.Object,
    camera: bpy.types.Object | Sequence[bpy.types.Object] | None = None,
    options: PhotoTextureOptions | None = None,
) -> Generator[float, None, PhotoTextured]:
    """:func:`project_photo` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    camera : bpy.types.Object, list of them or None, default None
        Cameras with a photo as background image; None is those of the head's fit.
    options : PhotoTextureOptions or None, default None
        The keywords of :func:`project_photo`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`project_photo`, and it raises the same.
    """
    cameras = [camera] if isinstance(camera, bpy.types.Object) else camera
    return photo_material.projecting(obj, cameras, options or PhotoTextureOptions())


def fitted_cameras(obj: bpy.types.Object) -> list[bpy.types.Object]:
    """The cameras with the photos that a head was fitted to.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    list of bpy.types.Object
        Those that are still there; none where the head was fitted to something else, or to nothing.
    """
    return properties.cameras_of_fit(obj)


def reshape_to_landmarks(obj: bpy.types.Object, varies: str = "IDENTITY") -> FlameParams:
    """Change the head so that its landmarks go where their empties were moved: what dragging one does.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    varies : str, default "IDENTITY"
        "IDENTITY", or "EXPRESSION" with the jaw.

    Returns
    -------
    FlameParams
        What the head has now.

    Raises
    ------
    FlameError
        ``obj`` is no head, its model is not installed, or it cannot be changed now.
    """
    return reshape.reshape(obj, varies)
