"""A head fitted to the photos behind several calibrated cameras of the scene, which stay as they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import mathutils
import numpy as np
from numpy.typing import ArrayLike

from ... import fitting
from ...blender_pointers import shown_scene, there
from ...errors import ParameterError
from ...fitting.solver.preview import Preview
from ...fitting.solver.unknowns import VARIED
from ...flame.landmarks import landmark_points
from ...flame.model import FlameModel
from ...geometry.axes import to_blender
from ...geometry.camera import Camera
from ...geometry.rigid import similarity_alignment
from ...landmark_files.observed import ObservedLandmarks
from ...observations.landmark_sources import FoundLandmarks, file_beside, in_photo, require_one_set
from ...observations.photo_camera import camera_in, photo_of
from ...observations.placement import Placement
from ...shading import pictures
from .. import guess
from ..head_to_fit import HeadToFit
from ..options import FitOptions, FromFile, placed
from ..prepared import Prepared

if TYPE_CHECKING:
    from ..properties import FLAME_PG_fit

KEY = "CAMERAS"
LABEL = "Cameras"
DESCRIPTION = "Landmarks of the photos behind several calibrated cameras of the scene"
BUTTON = "Fit to Cameras"
TOOLTIP = "Fit a head to the landmarks of the photos behind calibrated cameras, and put it among them. The cameras stay"
FIELDS = ("cameras", "units", "axes", "fit_scale")

LEAST = 2  # cameras


@dataclass(frozen=True, kw_only=True, eq=False)
class CameraFitOptions(FitOptions):
    """What :func:`fit_cameras` takes, for :func:`fitting_head`.

    Attributes
    ----------
    cameras : list of bpy.types.Object, or collection
        Two or more, each with its photo as background image, filling the frame; those of a collection by name.
    landmarks : list of str, Path or (L, 2) numbers, or None, default None
        For each camera a file, or pixels, x right and y down; None: the files beside the photos, of their names.
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
    """

    cameras: Sequence[bpy.types.Object] | bpy.types.Collection
    landmarks: Sequence[str | Path | ArrayLike] | None = None
    indices: ArrayLike | None = None
    landmark_set: str | None = None
    model: str | Path | None = None
    units: str = "AUTO"
    axes: str = "AUTO"
    fit_scale: bool = False
    noise: float | None = None
    vary: Iterable[str] = VARIED


OPTIONS = CameraFitOptions
from_file: FromFile | None = None  # cameras are of the scene


def missing(settings: FLAME_PG_fit) -> str | None:
    """Cameras enough to tell depth."""
    if settings.cameras is not None and len(_cameras_of(settings.cameras)) >= LEAST:
        return None
    return "Choose a collection with two cameras or more first"


def from_settings(settings: FLAME_PG_fit) -> CameraFitOptions:
    """The landmarks lie beside the photos."""
    return CameraFitOptions(cameras=there(settings.cameras, "a collection of cameras"), **placed(settings))


def prepare(options: CameraFitOptions, to: HeadToFit, preview: Preview) -> Prepared:
    """With the head's place among the cameras."""
    cameras = _cameras_of(options.cameras)
    if len(cameras) < LEAST:
        raise ParameterError(f"Expected at least {LEAST} cameras with photos, found {len(cameras)}.")
    if options.landmarks is not None and len(options.landmarks) != len(cameras):
        counts = f"{len(options.landmarks)} and {len(cameras)}"
        raise ParameterError(f"Expected landmarks for each camera, found {counts}.")
    there(bpy.context.view_layer, "a view layer").update()  # or cameras that a script has moved are where they were
    evaluator, sizes = to.evaluator, [pictures.size_of(photo_of(camera)) for camera in cameras]
    found = [_found(index, camera, evaluator.model, options) for index, camera in enumerate(cameras)]
    require_one_set(found)
    placement = _placement(cameras, sizes, found, evaluator.model, options)
    about = [_camera(camera, size, placement.head_matrix()) for camera, size in zip(cameras, sizes, strict=True)]
    views = [
        fitting.View(each.observed, *size, camera=camera)
        for each, size, camera in zip(found, sizes, about, strict=True)
    ]
    steps = fitting.fitting_landmarks_2d(
        evaluator, found[0].embedding, views, noise=options.noise, vary=tuple(options.vary), preview=preview
    )
    return Prepared(
        steps=steps, entry=to.entry, placement=placement, cameras=tuple(cameras), found=tuple(found),
        notes=found[0].notes,
    )  # fmt: skip


def _cameras_of(cameras: Sequence[bpy.types.Object] | bpy.types.Collection) -> list[bpy.types.Object]:
    """Those of a collection, by name."""
    if not isinstance(cameras, bpy.types.Collection):
        return list(cameras)
    return sorted((obj for obj in cameras.all_objects if obj.type == "CAMERA"), key=lambda obj: obj.name)


def _found(index: int, camera: bpy.types.Object, model: FlameModel, options: CameraFitOptions) -> FoundLandmarks:
    photo = photo_of(camera)
    source = None if options.landmarks is None else options.landmarks[index]
    if source is None:
        path = Path(bpy.path.abspath(photo.filepath, library=photo.library))
        source = file_beside(path)
        if source is None:
            raise ParameterError(
                f"{path}, the photo of {camera.name}: expected its landmarks in a file of the same name, found none."
            )
    return in_photo(source, model, pictures.size_of(photo), options.indices, options.landmark_set)


def _placement(
    cameras: Sequence[bpy.types.Object],
    sizes: Sequence[tuple[int, int]],
    found: Sequence[FoundLandmarks],
    model: FlameModel,
    options: CameraFitOptions,
) -> Placement:
    """Units and axes told by the landmarks in space; of any size, so that a usual head fits them."""
    embedding = found[0].embedding
    in_world = [_camera(camera, size, mathutils.Matrix()) for camera, size in zip(cameras, sizes, strict=True)]
    seen = fitting.triangulated(embedding, in_world, [each.observed for each in found])
    observed = ObservedLandmarks(to_blender(seen.points), seen.indices)
    space = FoundLandmarks(embedding, observed, found[0].landmark_set)
    placement = guess.of_landmarks(space, model, options.units, options.axes)
    if not options.fit_scale:
        return placement
    usual = landmark_points(model.v_template, model.faces, embedding).astype(np.float64)[observed.indices]
    scale, _, _ = similarity_alignment(placement.to_flame(observed.points), usual)
    axes = placement.told.partition(", ")[2]
    return dataclasses.replace(placement, metres=placement.metres * scale, told=f"a size of its own, {axes}")


def _camera(camera: bpy.types.Object, size: tuple[int, int], matrix: mathutils.Matrix) -> Camera:
    return camera_in(matrix, camera, size, shown_scene())
