"""A head fitted to the photos behind several calibrated cameras of the scene, which stay as they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import bpy
import mathutils
import numpy as np

from ..errors import ParameterError
from ..fitting.landmarks.landmarks_2d import View, fitting_landmarks_2d
from ..fitting.landmarks.triangulated import triangulated
from ..fitting.solver.unknowns import VARIED
from ..flame.landmarks import landmark_points
from ..flame.model import FlameModel
from ..geometry.axes import to_blender
from ..geometry.rigid import similarity_alignment
from ..landmark_files.observed import ObservedLandmarks
from ..observations.landmark_sources import FoundLandmarks, file_beside, in_photo, require_one_set
from ..observations.photo_camera import camera_in, photo_of, size_of_image
from ..observations.placement import Placement
from . import guess, properties, stage
from .choices import Choices
from .prepared import Prepared
from .stage import FittedHead

LEAST = 2  # cameras


@dataclasses.dataclass(frozen=True)
class CameraOptions:
    """What a fit to cameras may be told.

    ``landmarks`` of each camera's photo, a file or pixels with their ``indices``; None takes the files of the photos'
    names. ``noise`` in pixels.
    """

    landmarks: Sequence[Any] | None = None
    indices: Any = None
    landmark_set: str | None = None
    noise: float | None = None
    vary: tuple[str, ...] = VARIED


def cameras_of(collection: bpy.types.Collection | None) -> list[bpy.types.Object]:
    """The cameras of a collection, by name."""
    objects = [] if collection is None else collection.all_objects
    return sorted((obj for obj in objects if obj.type == "CAMERA"), key=lambda obj: obj.name)


def prepared(cameras: Sequence[bpy.types.Object], choices: Choices, options: CameraOptions | None = None) -> Prepared:
    """The fit, with the head's place among the cameras. Raises FlameError."""
    options = options or CameraOptions()
    if len(cameras) < LEAST:
        raise ParameterError(f"Expected at least {LEAST} cameras with photos, found {len(cameras)}.")
    if options.landmarks is not None and len(options.landmarks) != len(cameras):
        counts = f"{len(options.landmarks)} and {len(cameras)}"
        raise ParameterError(f"Expected landmarks for each camera, found {counts}.")
    bpy.context.view_layer.update()  # or cameras that a script has just moved are where they were
    evaluator, sizes = choices.evaluator, [size_of_image(photo_of(camera)) for camera in cameras]
    found = [_found(index, camera, evaluator.model, options) for index, camera in enumerate(cameras)]
    require_one_set(found)
    placement = _placement(cameras, sizes, found, choices)
    about = [_camera(camera, size, placement.head_matrix()) for camera, size in zip(cameras, sizes, strict=True)]
    views = [View(each.observed, *size, camera=camera) for each, size, camera in zip(found, sizes, about, strict=True)]
    embedding = found[0].embedding
    return Prepared(
        lambda preview: fitting_landmarks_2d(
            evaluator, embedding, views, noise=options.noise, vary=options.vary, preview=preview
        ),
        choices.entry,
        placement,
        found[0].notes,
    )


def fitting(
    cameras: Sequence[bpy.types.Object], choices: Choices, options: CameraOptions | None = None
) -> Generator[float, None, FittedHead]:
    """Fit a head to what the cameras see, and put it among them. Closed early, or on a FlameError, all is as before."""
    fitted = yield from stage.fitting(prepared(cameras, choices, options), choices)
    properties.keep_cameras(fitted.head, cameras)
    return dataclasses.replace(fitted, cameras=tuple(cameras))


def _found(index: int, camera: bpy.types.Object, model: FlameModel, options: CameraOptions) -> FoundLandmarks:
    photo = photo_of(camera)
    source = None if options.landmarks is None else options.landmarks[index]
    if source is None:
        path = Path(bpy.path.abspath(photo.filepath, library=photo.library))
        source = file_beside(path)
        if source is None:
            raise ParameterError(
                f"{path}, the photo of {camera.name}: expected its landmarks in a file of the same name, found none."
            )
    return in_photo(source, model, size_of_image(photo), options.indices, options.landmark_set)


def _placement(
    cameras: Sequence[bpy.types.Object],
    sizes: Sequence[tuple[int, int]],
    found: Sequence[FoundLandmarks],
    choices: Choices,
) -> Placement:
    """Units and axes told by the landmarks in space; of any size, so that a usual head fits them."""
    model, embedding = choices.evaluator.model, found[0].embedding
    in_world = [_camera(camera, size, mathutils.Matrix()) for camera, size in zip(cameras, sizes, strict=True)]
    seen = triangulated(embedding, in_world, [each.observed for each in found])
    observed = ObservedLandmarks(to_blender(seen.points), seen.indices)
    space = FoundLandmarks(embedding, observed, found[0].landmark_set)
    placement = guess.of_landmarks(space, model, choices.units, choices.axes)
    if not choices.fit_scale:
        return placement
    usual = landmark_points(model.v_template, model.faces, embedding).astype(np.float64)[observed.indices]
    scale, _, _ = similarity_alignment(placement.to_flame(observed.points), usual)
    axes = placement.told.partition(", ")[2]
    return dataclasses.replace(placement, metres=placement.metres * scale, told=f"a size of its own, {axes}")


def _camera(camera: bpy.types.Object, size: tuple[int, int], matrix: mathutils.Matrix) -> Any:
    return camera_in(matrix, camera, size, bpy.context.scene)
