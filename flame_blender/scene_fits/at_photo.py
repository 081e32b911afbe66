"""A head fitted to the landmarks of a photo, or of several photos of calibrated cameras, and the cameras in Blender."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy
import mathutils

from ..clips import clip_camera
from ..clips.clip_pictures import show_pictures
from ..errors import ParameterError
from ..fitting.landmarks.exif import exif_lens
from ..fitting.landmarks.landmarks_2d import View, fitting_landmarks_2d
from ..fitting.reports.focal import LikelyFocal
from ..fitting.solver.unknowns import VARIED
from ..geometry.camera import Camera
from ..head.frame import standing
from ..observations.landmark_sources import FoundLandmarks, require_one_set
from ..observations.photo_camera import size_of_image
from . import properties, stage
from .choices import Choices
from .prepared import Prepared
from .stage import FittedHead

FITTED = "flame_fitted_camera"  # marks a camera that a fit made, which the head's next fit replaces


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture with its landmarks; ``focal`` in pixels or a calibrated ``camera`` where they are known."""

    found: FoundLandmarks
    width: int
    height: int
    path: Path | None = None
    focal: float | None = None
    camera: Camera | None = None


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a picture, pixels. Raises ParameterError for a file that Blender cannot read."""
    known = {image.name for image in bpy.data.images}
    try:
        image = bpy.data.images.load(str(path), check_existing=True)
    except RuntimeError as error:
        raise ParameterError(f"{path}: cannot be read as a picture; choose a .png, .jpg, .tif or .exr.") from error
    width, height = size_of_image(image)
    if image.name not in known:
        bpy.data.images.remove(image)
    if min(width, height) <= 0:
        raise ParameterError(f"{path}: expected a picture, found a file that Blender cannot show; write it again.")
    return width, height


def prepared(
    photos: Sequence[Photo], choices: Choices, noise: float | None = None, vary: tuple[str, ...] = VARIED
) -> Prepared:
    """The fit to photos; ``noise`` in pixels. Raises FlameError."""
    if not photos:
        raise ParameterError("Expected at least one photo with landmarks, found none.")
    require_one_set([photo.found for photo in photos])
    evaluator, embedding = choices.evaluator, photos[0].found.embedding
    views = [
        View(photo.found.observed, photo.width, photo.height, photo.focal, photo.camera, _likely_focal(photo))
        for photo in photos
    ]
    return Prepared(
        lambda preview: fitting_landmarks_2d(evaluator, embedding, views, noise=noise, vary=vary, preview=preview),
        choices.entry,
        notes=photos[0].found.notes,
    )


def _likely_focal(photo: Photo) -> LikelyFocal | None:
    """What the photo's EXIF says of a focal length that has to be found."""
    if photo.path is None or photo.focal is not None or photo.camera is not None:
        return None
    lens = exif_lens(photo.path)
    return None if lens is None else lens.likely(photo.width, photo.height)


def fitting(
    photos: Sequence[Photo], choices: Choices, noise: float | None = None, vary: tuple[str, ...] = VARIED
) -> Generator[float, None, FittedHead]:
    """Fit a head to photos, and make the cameras that see it so. Closed early, or on a FlameError, all is as before.

    A single photo without a camera: the head object stays where it is, and the camera is put before it. Calibrated
    cameras: FLAME's axes are those of Blender's world as every head has them, and the head is placed among them.
    """
    ready = prepared(photos, choices, noise, vary)
    stays = photos[0].camera is None and choices.head is not None
    if stays and standing(choices.head).determinant() < 0:
        raise ParameterError(f"{choices.head.name} is mirrored, and no camera sees it as a photo does: fit a new head.")
    stand = standing(choices.head) if stays else mathutils.Matrix()
    fitted = yield from stage.fitting(ready, choices, stand=stand)
    head = fitted.head
    cameras = _cameras(head, [photo.camera or fitted.fit.camera for photo in photos], photos, stand)
    properties.keep_cameras(head, cameras)
    return dataclasses.replace(fitted, cameras=cameras)


def _cameras(
    head: bpy.types.Object, cameras: Sequence[Camera | None], photos: Sequence[Photo], stand: mathutils.Matrix
) -> tuple[bpy.types.Object, ...]:
    """Blender's cameras with the photos behind them; the first becomes the scene's, resolution included."""
    _remove_fitted(head)
    collection, made = head.users_collection[0], []
    for camera, photo in zip(cameras, photos, strict=True):
        if camera is None:
            continue
        name = f"{head.name} {photo.path.stem if photo.path is not None and len(photos) > 1 else 'Photo'}"
        obj = clip_camera.make_camera(name, collection, camera, stand)
        if photo.path is not None:
            show_pictures(clip_camera.camera_of(obj), (str(photo.path),), photo.path.parent, 1)
        obj[FITTED] = head
        if not made:
            clip_camera.look_through(bpy.context.scene, obj, camera)
        made.append(obj)
    return tuple(made)


def _remove_fitted(head: bpy.types.Object) -> None:
    for obj in [obj for obj in bpy.data.objects if obj.type == "CAMERA" and obj.get(FITTED) == head]:
        data = obj.data
        bpy.data.objects.remove(obj)
        if not data.users:
            bpy.data.batch_remove([data])
