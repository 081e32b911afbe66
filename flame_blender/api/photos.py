"""Fits to photographs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import bpy
from numpy.typing import ArrayLike

from ..fitting.solver.unknowns import VARIED
from ..geometry.camera import Camera
from ..long_work import result_of
from ..scene_fits.kinds.cameras import CameraFitOptions
from ..scene_fits.kinds.photo import PhotoFitOptions
from ..scene_fits.stage import FittedHead
from .fits import Progress, fitting_head


def fit_photo(  # noqa: PLR0913  (the same)
    photo: str | Path | bpy.types.Object | Sequence[str | Path | bpy.types.Object],
    landmarks: str | Path | ArrayLike | bpy.types.Object | Sequence[Any],
    obj: bpy.types.Object | None = None,
    indices: ArrayLike | None = None,
    *,
    landmark_set: str | None = None,
    model: str | Path | None = None,
    focal: float | None = None,
    cameras: Sequence[Camera] | None = None,
    noise: float | None = None,
    vary: Iterable[str] = VARIED,
    progress: Progress = None,
) -> FittedHead:
    """Fit a head to the landmarks of a photo, and make the camera that sees it so, with the photo as background.

    The scene's camera, resolution and pixel aspect become the (first) photo's. The landmarks stay as pins of the head
    (:func:`pins_of`), which :func:`refit_pins` draws it to.

    Parameters
    ----------
    photo : str, Path, bpy.types.Object or list of them
        The picture, or a camera that has it as its background image and is put where it was taken; a list with
        ``cameras``.
    landmarks : str, Path, (L, 2) numbers, bpy.types.Object, or list of them
        A file, pixels, x right and y down, or the camera on whose photo they were picked; a list with ``cameras``.
    obj : bpy.types.Object or None, default None
        The head to fit; None adds one of ``model``.
    indices : (L,) whole numbers or None, default None
        Which rows of the set the pixels are; None: all of it, in its order.
    landmark_set : str or None, default None
        "ibug" or "mediapipe"; None is the first of the model's sets that takes them.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    focal : float or None, pixels, default None
        Focal length of one photo; None has it estimated from the landmarks, and the photo's EXIF where it tells one.
    cameras : list of Camera or None, default None
        A calibrated camera for each photo, in FLAME's axes.
    noise : float or None, pixels, default None
        How well the landmarks were placed; None has it told by what is left over.
    vary : iterable of str, default VARIED
        The fields of FlameParams that may change; VARIED is shape, expression, all rotations and translation.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    FittedHead
        The head, with the distance of each landmark in pixels, and the cameras.

    Raises
    ------
    FlameError
        Photo, landmarks, head, model or a choice are not what they should be. Nothing has changed then.
    """
    options = PhotoFitOptions(
        photo=photo,
        landmarks=landmarks,
        indices=indices,
        landmark_set=landmark_set,
        model=model,
        focal=focal,
        cameras=cameras,
        noise=noise,
        vary=vary,
    )
    return result_of(fitting_head(obj, options), progress)


def fit_cameras(  # noqa: PLR0913  (the same)
    cameras: Sequence[bpy.types.Object] | bpy.types.Collection,
    landmarks: Sequence[str | Path | ArrayLike] | None = None,
    obj: bpy.types.Object | None = None,
    indices: ArrayLike | None = None,
    *,
    landmark_set: str | None = None,
    model: str | Path | None = None,
    units: str = "AUTO",
    axes: str = "AUTO",
    fit_scale: bool = False,
    noise: float | None = None,
    vary: Iterable[str] = VARIED,
    progress: Progress = None,
) -> FittedHead:
    """Fit a head to the photos behind calibrated cameras of the scene, and put it among them; the cameras stay.

    Parameters
    ----------
    cameras : list of bpy.types.Object, or collection
        Two or more, each with its photo as background image, filling the frame; those of a collection by name.
    landmarks : list of str, Path or (L, 2) numbers, or None, default None
        For each camera a file, or pixels, x right and y down; None: the files beside the photos, of their names.
    obj : bpy.types.Object or None, default None
        The head to fit; None adds one of ``model``.
    indices : (L,) whole numbers or None, default None
        Which rows of the set the pixels are; None: all of it, in its order.
    landmark_set : str or None, default None
        "ibug" or "mediapipe"; None is the first of the model's sets that takes them.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    units : str, default "AUTO"
        Of one unit of the scene: "M", "CM", "MM" or "INCH"; "AUTO" has it told by the landmarks.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    fit_scale : bool, default False
        The cameras' distances are in no unit: the head may have any size.
    noise : float or None, pixels, default None
        How well the landmarks were placed; None has it told by what is left over.
    vary : iterable of str, default VARIED
        The fields of FlameParams that may change; VARIED is shape, expression, all rotations and translation.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    FittedHead
        The head, with the distance of each landmark in pixels, and the cameras.

    Raises
    ------
    FlameError
        Cameras, photos, landmarks, head, model or a choice are not what they should be. Nothing has changed then.
    """
    options = CameraFitOptions(
        cameras=cameras,
        landmarks=landmarks,
        indices=indices,
        landmark_set=landmark_set,
        model=model,
        units=units,
        axes=axes,
        fit_scale=fit_scale,
        noise=noise,
        vary=vary,
    )
    return result_of(fitting_head(obj, options), progress)
