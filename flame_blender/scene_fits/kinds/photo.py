"""A head fitted to the landmarks of a photo, or of several photos of calibrated cameras, for which cameras are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
import mathutils
from numpy.typing import ArrayLike

from ... import fitting
from ...clips.clip_camera import SENSOR
from ...errors import ParameterError
from ...fitting.reports.focal import LikelyFocal
from ...fitting.solver.preview import Preview
from ...fitting.solver.unknowns import VARIED
from ...flame.model import FlameModel
from ...geometry.camera import Camera
from ...head.frame import standing
from ...observations.landmark_sources import in_photo, require_one_set
from ...shading import pictures
from .. import panel_settings
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
    photo : str, Path or list of them
        The picture; a list with ``cameras``.
    landmarks : str, Path, (L, 2) numbers, or list of them
        A file, or pixels, x right and y down; a list with ``cameras``.
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

    photo: str | Path | Sequence[str | Path]
    landmarks: str | Path | ArrayLike | Sequence[Any]
    indices: ArrayLike | None = None
    landmark_set: str | None = None
    model: str | Path | None = None
    focal: float | None = None
    cameras: Sequence[Camera] | None = None
    noise: float | None = None
    vary: Iterable[str] = VARIED


OPTIONS = PhotoFitOptions


def missing(settings: FLAME_PG_fit) -> str | None:
    """The landmark file; the photo itself is asked for by the fit."""
    return None if settings.landmark_file else "Choose the photo's landmark file first"


def from_settings(settings: FLAME_PG_fit) -> PhotoFitOptions:
    """The lens is told for a sensor as wide as Blender's."""
    path = panel_settings.path_of(settings.photo)
    if path is None:
        raise ParameterError("Choose the photo that the landmarks are of first.")
    focal = settings.lens / SENSOR * size_of(path)[0] if settings.lens else None
    landmarks: Any = panel_settings.path_of(settings.landmark_file)  # never None: `missing` asks for it
    return PhotoFitOptions(photo=path, landmarks=landmarks, focal=focal)


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
    return Prepared(steps=steps, entry=to.entry, stand=stands or mathutils.Matrix(), photos=photos, notes=found.notes)


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
    given: Any = options.photo, options.landmarks
    paths, sources = ([each] if options.cameras is None else list(each) for each in given)
    if not len(paths) == len(sources) == len(cameras):
        counts = f"{len(paths)}, {len(sources)} and {len(cameras)}"
        raise ParameterError(f"Expected as many photos as landmarks and cameras, found {counts}.")
    for path, source, camera in zip(map(Path, paths), sources, cameras, strict=True):
        if source is None:
            raise ParameterError(f"{path}: expected its landmarks in a file of the same name, found none.")
        size = size_of(path)
        found = in_photo(source, model, size, options.indices, options.landmark_set)
        yield Photo(path, *size, found, None if camera is not None else options.focal, camera)


def _likely_focal(photo: Photo) -> LikelyFocal | None:
    """What the photo's EXIF says of a focal length that has to be found."""
    if photo.focal is not None or photo.camera is not None:
        return None
    lens = fitting.exif_lens(photo.path)
    return None if lens is None else lens.likely(photo.width, photo.height)
