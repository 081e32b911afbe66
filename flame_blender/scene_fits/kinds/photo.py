"""A head fitted to the landmarks of a photo, or of several photos of calibrated cameras, for which cameras are made."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
import mathutils
from numpy.typing import ArrayLike

from ... import fitting
from ...blender_pointers import there
from ...clips.clip_camera import SENSOR
from ...errors import ParameterError
from ...fitting.reports.focal import LikelyFocal
from ...fitting.solver.preview import Preview
from ...fitting.solver.unknowns import VARIED
from ...flame.model import FlameModel
from ...geometry.camera import Camera
from ...head.frame import standing
from ...observations.landmark_sources import in_photo, require_one_set
from ...observations.photo_camera import file_of, photo_of
from ...shading import pictures
from .. import panel_settings, pinned_photos
from ..head_to_fit import HeadToFit
from ..options import FileFitOptions, FitOptions, landmarks_beside
from ..prepared import Photo, Prepared

if TYPE_CHECKING:
    from ..properties import FLAME_PG_fit

KEY = "PHOTO"
LABEL = "Photo"
DESCRIPTION = "Landmarks of a photo: identity, expression, pose and the camera"
BUTTON = "Fit to Photo"
TOOLTIP = "Fit a head to the landmarks of a photo, and make the camera that sees it as the photo does"
FIELDS = ("photo", "landmark_file", "lens")


@dataclass(frozen=True, kw_only=True, eq=False)
class PhotoFitOptions(FitOptions):
    """What :func:`fit_photo` takes, for :func:`fitting_head`.

    Attributes
    ----------
    photo : str, Path, bpy.types.Object or list of them
        The picture, or a camera that has it as its background image and is put where it was taken; a list with
        ``cameras``.
    landmarks : str, Path, (L, 2) numbers, bpy.types.Object, or list of them
        A file, pixels, x right and y down, or the camera on whose photo they were picked; a list with ``cameras``.
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
    """

    photo: str | Path | bpy.types.Object | Sequence[str | Path | bpy.types.Object]
    landmarks: str | Path | ArrayLike | bpy.types.Object | Sequence[Any]
    indices: ArrayLike | None = None
    landmark_set: str | None = None
    model: str | Path | None = None
    focal: float | None = None
    cameras: Sequence[Camera] | None = None
    noise: float | None = None
    vary: Iterable[str] = VARIED


OPTIONS = PhotoFitOptions


def missing(settings: FLAME_PG_fit) -> str | None:
    """Landmarks; the photo itself is asked for by the fit."""
    if settings.landmark_file or _picked(settings) is not None:
        return None
    return "Pick the photo's landmarks, or choose their file, first"


def from_settings(settings: FLAME_PG_fit) -> PhotoFitOptions:
    """The lens is told for a sensor as wide as Blender's."""
    path, picked = panel_settings.path_of(settings.photo), None if settings.landmark_file else _picked(settings)
    if picked is not None:
        focal = settings.lens / SENSOR * pictures.size_of(photo_of(picked))[0] if settings.lens else None
        return PhotoFitOptions(photo=picked, landmarks=picked, focal=focal)
    if path is None:
        raise ParameterError("Choose the photo that the landmarks are of first.")
    landmarks: Any = panel_settings.path_of(settings.landmark_file)  # never None: `missing` asks for it
    focal = settings.lens / SENSOR * size_of(path)[0] if settings.lens else None
    return PhotoFitOptions(photo=path, landmarks=landmarks, focal=focal)


def _picked(settings: FLAME_PG_fit) -> bpy.types.Object | None:
    """The camera on whose photo landmarks were picked; None where there is none."""
    camera = settings.photo_camera
    if camera is None or not camera.users_collection:  # a deleted one is still pointed to
        return None
    return camera if pinned_photos.numbered(camera) else None


def from_file(path: Path, options: FileFitOptions) -> PhotoFitOptions:
    """With the landmark file of its name."""
    landmarks: Any = landmarks_beside(path, options)  # where there are none, the fit says so
    return PhotoFitOptions(photo=path, landmarks=landmarks, model=options.model, focal=options.focal)


def prepare(options: PhotoFitOptions, to: HeadToFit, preview: Preview) -> Prepared:
    """A single photo without a camera: the head object stays where it is, and the camera is put before it.

    Calibrated cameras: FLAME's axes are those of Blender's world as every head has them, and the head is placed among
    them.
    """
    evaluator = to.evaluator
    photos = tuple(_photos(options, evaluator.model))
    for photo in photos:
        if photo.shown_by is not None and pinned_photos.is_anothers(photo.shown_by, to.head):
            owner = there(pinned_photos.pinned(photo.shown_by).head, "a head")
            raise ParameterError(
                f"{photo.shown_by.name} shows the photo of {owner.name}: pick its landmarks anew for another head."
            )
    if not photos:
        raise ParameterError("Expected at least one photo with landmarks, found none.")
    require_one_set([photo.found for photo in photos])
    views = [
        fitting.View(photo.found.observed, photo.width, photo.height, photo.focal, photo.camera, _likely_focal(photo))
        for photo in photos
    ]
    head = to.head if options.cameras is None else None
    stands = None if head is None else standing(head)
    if head is not None and stands is not None and stands.determinant() < 0:
        raise ParameterError(f"{head.name} is mirrored, and no camera sees it as a photo does: fit a new head.")
    found = photos[0].found
    steps = fitting.fitting_landmarks_2d(
        evaluator, found.embedding, views, noise=options.noise, vary=tuple(options.vary), preview=preview
    )
    seen = tuple(photo.found for photo in photos)
    stand = stands or mathutils.Matrix()
    return Prepared(steps=steps, entry=to.entry, stand=stand, photos=photos, found=seen, notes=found.notes)


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a picture, pixels. Raises ParameterError for a file that Blender cannot read."""
    known = {image.name for image in bpy.data.images}
    try:
        image = bpy.data.images.load(str(path), check_existing=True)
    except RuntimeError as error:
        raise ParameterError(f"{path}: cannot be read as a picture; choose a .png, .jpg, .tif or .exr.") from error
    width, height = pictures.size_of(image)
    if image.name not in known:
        bpy.data.images.remove(image)
    if min(width, height) <= 0:
        raise ParameterError(f"{path}: expected a picture, found a file that Blender cannot show; write it again.")
    return width, height


def _photos(options: PhotoFitOptions, model: FlameModel) -> Iterator[Photo]:
    cameras: Sequence[Camera | None] = [None] if options.cameras is None else list(options.cameras)
    both: Any = options.photo, options.landmarks
    paths, sources = ([each] if options.cameras is None else list(each) for each in both)
    if not len(paths) == len(sources) == len(cameras):
        counts = f"{len(paths)}, {len(sources)} and {len(cameras)}"
        raise ParameterError(f"Expected as many photos as landmarks and cameras, found {counts}.")
    for given, source, camera in zip(paths, sources, cameras, strict=True):
        shown_by = given if isinstance(given, bpy.types.Object) else None
        path = Path(given) if shown_by is None else file_of(shown_by)
        if source is None:
            raise ParameterError(f"{path}: expected its landmarks in a file of the same name, found none.")
        size = size_of(path) if shown_by is None else pictures.size_of(photo_of(shown_by))
        if isinstance(source, bpy.types.Object):
            found = pinned_photos.picked(source, model)
        else:
            found = in_photo(source, model, size, options.indices, options.landmark_set)
        yield Photo(path, *size, found, None if camera is not None else options.focal, camera, shown_by)


def _likely_focal(photo: Photo) -> LikelyFocal | None:
    """What the photo's EXIF says of a focal length that has to be found."""
    if photo.focal is not None or photo.camera is not None:
        return None
    return likely_focal(photo.path, photo.width, photo.height)


def likely_focal(path: Path, width: int, height: int) -> LikelyFocal | None:
    """What the file's EXIF says of the focal length of a picture of so many pixels; None where it tells nothing."""
    lens = fitting.exif_lens(path) if os.path.isfile(path) else None  # a picture may be packed into the .blend
    return None if lens is None else lens.likely(width, height)
