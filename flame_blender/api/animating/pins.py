"""Landmarks picked on photos, and heads that follow their pins."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path

import bpy

from ...errors import ParameterError
from ...head import parameters
from ...long_work import result_of
from ...observations.photo_camera import photo_of
from ...photo_pins import photos, refitting
from ...photo_pins.editing import PinEditing
from ...photo_pins.photo_picking import PhotoPickingSession
from ...photo_pins.refitting import Refitted
from ...scene_fits import pinned_photos
from ...scene_fits.pinned_photos import Pin
from ..fits import Progress


def shows_photo(camera: bpy.types.Object | None) -> bool:
    """Whether an object is a camera with a photo behind it.

    Parameters
    ----------
    camera : bpy.types.Object or None
        Any object.

    Returns
    -------
    bool
        False where the picture's file is gone, too.
    """
    try:
        photo_of(camera)
    except ParameterError:
        return False
    return True


def show_photo(photo: str | Path | bpy.types.Image | None, obj: bpy.types.Object | None = None) -> bpy.types.Object:
    """Make a camera with a photo behind it, upright as its EXIF says; a fit then puts it where the photo was taken.

    It becomes the scene's camera, with the photo's resolution.

    Parameters
    ----------
    photo : str, Path, bpy.types.Image or None
        The picture; None is the one behind the scene's camera.
    obj : bpy.types.Object or None, default None
        The head that is on it, where there is one already.

    Returns
    -------
    bpy.types.Object
        The camera; :func:`fit_photo` takes it for its photo.

    Raises
    ------
    ParameterError
        The picture cannot be read, or ``obj`` is no head. Nothing has changed then.
    """
    if obj is not None:
        parameters.require_head(obj)
    return photos.show_photo(photo, obj)


def begin_picking_on_photo(
    photo: str | Path | bpy.types.Image | bpy.types.Object | None, obj: bpy.types.Object | None = None
) -> PhotoPickingSession:
    """Begin to place landmarks on a photo, as Pick Landmarks does by clicks, or go on with those that are there.

    Parameters
    ----------
    photo : str, Path, bpy.types.Image, bpy.types.Object or None
        The picture, for which a camera is made, or a camera that shows it; None is the one behind the scene's camera.
    obj : bpy.types.Object or None, default None
        The head that is on it; None is one of the model of new heads.

    Returns
    -------
    PhotoPickingSession
        After its ``keep()`` :func:`fit_photo` takes its ``camera`` for photo and landmarks.

    Raises
    ------
    FlameError
        The photo cannot be read, ``obj`` is no head, or the model has no landmarks.
    """
    return PhotoPickingSession(photo, obj)


def pinned_cameras(obj: bpy.types.Object) -> list[bpy.types.Object]:
    """The cameras in the scene whose photos have pins of a head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    list of bpy.types.Object
        By name; without those on whose photo landmarks wait for a fit.
    """
    return [camera for camera in pinned_photos.photos_of(obj) if not pinned_photos.waits(camera)]


def pins_of(obj: bpy.types.Object) -> dict[bpy.types.Object, list[Pin]]:
    """The pins of a head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    dict of bpy.types.Object to list of Pin
        By the camera on whose photo they are.

    Raises
    ------
    ParameterError
        ``obj`` is no head, a photo is gone or another one, or pins are not on the head's model.
    """
    n_faces = len(parameters.require_evaluator(parameters.require_head(obj)).model.faces)
    return {camera: pinned_photos.checked_pins(obj, camera, n_faces) for camera in pinned_cameras(obj)}


def set_pins(obj: bpy.types.Object, camera: bpy.types.Object, pins: Iterable[Pin]) -> None:
    """Put pins of a head on the photo behind a camera, in place of those there are. The head stays as it is.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    camera : bpy.types.Object
        With the photo as background image, filling the frame.
    pins : iterable of Pin
        Places of the head's surface, and where they are on the photo.

    Raises
    ------
    ParameterError
        ``obj`` is no head, ``camera`` has no photo, or a pin is not on the head's model. Nothing has changed then.
    """
    n_faces = len(parameters.require_evaluator(parameters.require_head(obj)).model.faces)
    photo_of(camera)
    given = list(pins)
    for pin in given:
        pinned_photos.check_pin(pin, n_faces, obj.name, camera.name)
    pinned_photos.keep_pins(camera, given, obj)
    if obj.get(pinned_photos.HOME) is None:
        pinned_photos.keep_home(obj)


def remove_pins(obj: bpy.types.Object) -> None:
    """Take the pins of a head off all of its photos. The head and its cameras stay.

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
    pinned_photos.remove_pins(obj)


def refit_pins(
    obj: bpy.types.Object, varies: str = "BOTH", *, move_cameras: bool = False, find_focal: bool = False
) -> Refitted:
    """Draw a head to its pins from where it is, as letting a pin go does.

    Identity, expression and jaw are the same in all photos; the rest of the pose stays. Pins that were dragged or added
    go to their pixel as far as the model can; the places of the others stay where they are seen.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    varies : str, default "BOTH"
        "IDENTITY", "EXPRESSION" with the jaw, or "BOTH".
    move_cameras : bool, default False
        The cameras may move as well.
    find_focal : bool, default False
        Their focal lengths may change.

    Returns
    -------
    Refitted
        The head's parameters, and how far off each pin is.

    Raises
    ------
    FlameError
        ``obj`` is no head, has no pins or cannot be changed now, or a photo is gone. Nothing has changed then.
    """
    return refitting.refit(obj, varies, move_cameras=move_cameras, find_focal=find_focal)


def add_photo(
    obj: bpy.types.Object, camera: bpy.types.Object, focal: float | None = None, *, progress: Progress = None
) -> Refitted:
    """Find where another photo of a pinned head was taken, by its landmarks, and fit the head to all of its photos.

    Parameters
    ----------
    obj : bpy.types.Object
        The head, fitted to a photo before.
    camera : bpy.types.Object
        That of the other photo, on which landmarks were picked.
    focal : float or None, pixels, default None
        Its focal length; the others keep theirs then. None has all of them found.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Refitted
        The head's parameters, and how far off each pin is.

    Raises
    ------
    FlameError
        ``obj`` is no head, or there are no landmarks of a face. Nothing has changed then.
    """
    return result_of(adding_photo(obj, camera, focal), progress)


def adding_photo(
    obj: bpy.types.Object, camera: bpy.types.Object, focal: float | None = None
) -> Generator[float, None, Refitted]:
    """:func:`add_photo` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head, fitted to a photo before.
    camera : bpy.types.Object
        That of the other photo, on which landmarks were picked.
    focal : float or None, pixels, default None
        Its focal length; the others keep theirs then. None has all of them found.

    Returns
    -------
    generator
        Its result is that of :func:`add_photo`, and it raises the same.
    """
    return refitting.adding_photo(obj, camera, focal)


def begin_editing_pins(obj: bpy.types.Object, camera: bpy.types.Object | None = None) -> PinEditing:
    """Begin to drag, add and remove pins of a head, as Edit Pins does by the mouse.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    camera : bpy.types.Object or None, default None
        Of the photo to begin with; None is the first.

    Returns
    -------
    PinEditing
        Whose steps can be undone and done again.

    Raises
    ------
    ParameterError
        ``obj`` is no head, has no photo with pins, or a photo is gone.
    """
    return PinEditing(obj, camera)
