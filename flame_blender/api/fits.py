"""Heads fitted to what was measured or photographed, and how far off they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import ArrayLike

from ..fits import (
    at_cameras,
    at_landmarks,
    at_mesh,
    at_photo,
    at_scan,
    batch,
    distances,
    photo_material,
    reshape,
    stage,
)
from ..fits.choices import Choices, chosen
from ..fits.distances import Painted
from ..fits.landmark_sources import in_photo, in_space
from ..fits.photo_material import PhotoTextured
from ..fits.prepared import Prepared
from ..fits.scans import WorldScan, read_scan
from ..fits.stage import FittedHead
from ..fitting.unknowns import VARIED
from ..flame.errors import ParameterError
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..flame.steps import result_of
from ..head import parameters
from ..sequences.mesh_files import read_mesh
from ..sequences.sequence import Camera

Progress = Callable[[float], None] | None
Landmarks = str | Path | ArrayLike | bpy.types.Collection | Sequence[bpy.types.Object]


def fit_landmarks(  # noqa: PLR0913  (each is a choice of the fit)
    landmarks: Landmarks,
    obj: bpy.types.Object | None = None,
    indices: ArrayLike | None = None,
    *,
    landmark_set: str | None = None,
    scan: bpy.types.Object | None = None,
    model: str | Path | None = None,
    units: str = "AUTO",
    axes: str = "AUTO",
    fit_scale: bool = False,
    noise_mm: float | None = None,
    vary: Iterable[str] = VARIED,
    progress: Progress = None,
) -> FittedHead:
    """Fit a head to landmarks in space, and put it over them.

    ``landmarks``: a file (MeshLab, iBUG, MediaPipe ...), a collection of empties or objects named by landmark
    numbers, or (L, 3) points in Blender's world with their ``indices`` in ``landmark_set`` (by default the head's
    usual one). A file beside a ``scan`` has the coordinates of the scan's own vertices. ``obj`` None adds a head of
    ``model``, by default :func:`new_head_model`. ``units`` ("M", "CM", "MM", "INCH") and ``axes``
    ("Z_UP_FACE_TO_MINUS_Y" ...) are told by the landmarks where they are "AUTO". ``noise_mm``: how well they were
    placed, None has it told by what is left over; ``vary``: the parameters that may change. Raises FlameError, and then
    nothing has changed.
    """
    choices = chosen(obj, model, units, axes, fit_scale)
    found = in_space(landmarks, _model(choices), indices, landmark_set, scan)
    return _fitted(
        at_landmarks.prepared(found, choices, None if noise_mm is None else noise_mm / 1000, tuple(vary)),
        choices,
        scan,
        progress,
    )


def fit_photo(  # noqa: PLR0913  (the same)
    photo: str | Path | Sequence[str | Path],
    landmarks: str | Path | ArrayLike | Sequence[Any],
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

    ``landmarks``: a file, or (L, 2) pixels, x right and y down, with ``indices``. ``focal`` in pixels; None has it
    estimated, from the landmarks and the photo's EXIF where it tells one. Several photos of calibrated ``cameras``
    (:class:`Camera`, FLAME's axes in metres) take lists of photos and landmarks of the same length. The scene's camera,
    resolution and pixel aspect become the (first) photo's.
    ``noise`` in pixels, None has it told by what is left over. Raises FlameError, and then nothing has changed.
    """
    choices = chosen(obj, model)
    several = cameras is not None
    given: tuple[Any, Any] = (photo, landmarks) if several else ([photo], [landmarks])
    paths, sources = [Path(each) for each in given[0]], list(given[1])
    if cameras is not None and not len(paths) == len(sources) == len(cameras):
        counts = f"{len(paths)}, {len(sources)} and {len(cameras)}"
        raise ParameterError(f"Expected as many photos as landmarks and cameras, found {counts}.")
    photos = []
    for index, (path, source) in enumerate(zip(paths, sources, strict=True)):
        size = at_photo.size_of(path)
        found = in_photo(source, _model(choices), size, indices, landmark_set)
        camera = cameras[index] if cameras is not None else None
        photos.append(at_photo.Photo(found, *size, path, None if several else focal, camera))
    return result_of(at_photo.fitting(photos, choices, noise, tuple(vary)), progress)


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
    """Fit a head to the photos behind two or more calibrated cameras of the scene, and put it among them.

    Each camera's photo is its background image and fills its frame. ``landmarks``, one for each camera (of a
    collection: by name): a file, or (L, 2) pixels, x right and y down, with ``indices``; by default the file of the
    photo's name beside it. ``fit_scale`` is for cameras whose distances are in no unit. The cameras stay as they are.
    ``noise`` in pixels, None has it told by what is left over. Raises FlameError, and then nothing has changed.
    """
    if isinstance(cameras, bpy.types.Collection):
        cameras = at_cameras.cameras_of(cameras)
    options = at_cameras.CameraOptions(landmarks, indices, landmark_set, noise, tuple(vary))
    choices = chosen(obj, model, units, axes, fit_scale)
    return result_of(at_cameras.fitting(list(cameras), choices, options), progress)


def fit_mesh(
    mesh: bpy.types.Object | str | Path | np.ndarray,
    obj: bpy.types.Object | None = None,
    *,
    model: str | Path | None = None,
    units: str = "AUTO",
    axes: str = "AUTO",
    fit_scale: bool = False,
    progress: Progress = None,
) -> FittedHead:
    """Fit a head to one mesh with the model's own vertices: an object, an .obj, .ply or .npy, or a (V, 3) array.

    Without ``obj`` and ``model`` the first installed model with as many vertices is taken. For meshes over time see
    ``import_meshes(solve=True)``. Raises FlameError, and then nothing has changed.
    """
    choices = chosen(obj, model, units, axes, fit_scale)
    return _fitted(at_mesh.prepared(_vertices(mesh), choices), choices, mesh, progress)


def fit_scan(  # noqa: PLR0913  (the same)
    scan: bpy.types.Object | str | Path | ArrayLike,
    obj: bpy.types.Object | None = None,
    landmarks: Landmarks | None = None,
    indices: ArrayLike | None = None,
    *,
    landmark_set: str | None = None,
    model: str | Path | None = None,
    units: str = "AUTO",
    axes: str = "AUTO",
    fit_scale: bool = False,
    with_offsets: bool = False,
    landmark_noise_mm: float = 2.0,
    vary: Iterable[str] = VARIED,
    seed: int = 0,
    progress: Progress = None,
) -> FittedHead:
    """Fit a head to a scan: a mesh or point cloud object, an .obj or .ply, or (P, 3) points; and put it over the scan.

    Points, and those of a file, are taken for the world's. The scan is only read. ``landmarks`` are those of
    :func:`fit_landmarks`, a file in the scan's own coordinates.
    ``with_offsets`` keeps what the model cannot show as offsets. Raises FlameError, and then nothing has changed.
    """
    choices = chosen(obj, model, units, axes, fit_scale)
    beside = scan if isinstance(scan, bpy.types.Object) else None
    found = None if landmarks is None else in_space(landmarks, _model(choices), indices, landmark_set, beside)
    seen = _seen(scan)
    options = at_scan.ScanOptions(with_offsets, landmark_noise_mm / 1000, tuple(vary), seed)
    return _fitted(at_scan.prepared(seen, choices, found, options), choices, scan, progress)


def fit_basel(
    mesh: bpy.types.Object | str | Path | np.ndarray,
    correspondence: str | Path,
    obj: bpy.types.Object | None = None,
    *,
    model: str | Path | None = None,
    units: str = "AUTO",
    axes: str = "AUTO",
    progress: Progress = None,
) -> FittedHead:
    """Fit a FLAME head to a mesh of the Basel Face Model, 2009, 2017 or cropped, through ``BFM_to_FLAME_corr.npz``.

    Without that file use :func:`fit_scan`. Raises FlameError, and then nothing has changed.
    """
    choices = chosen(obj, model, units, axes)
    return _fitted(at_mesh.prepared_basel(_vertices(mesh), Path(correspondence), choices), choices, mesh, progress)


def fit_files(  # noqa: PLR0913  (the same)
    paths: Iterable[str | Path],
    kind: str,
    out_folder: str | Path,
    *,
    landmarks: str | Path | None = None,
    model: str | Path | None = None,
    correspondence: str | Path | None = None,
    units: str = "AUTO",
    axes: str = "AUTO",
    fit_scale: bool = False,
    with_offsets: bool = False,
    focal: float | None = None,
    progress: Progress = None,
) -> list[dict[str, Any]]:
    """Fit many files one after the other, without a window and without touching the scene; their reports.

    ``kind``: "landmarks", "photo", "mesh", "scan" or "basel". For each file ``out_folder`` gets a ``.json`` with the
    report, or with the error as a sentence, and an ``.npz`` of the parameters that ``import_animation`` reads.
    Landmarks of scans and photos are looked for in the folder ``landmarks``, or beside the file, under the file's name.
    A file that fails does not stop the others.
    """
    options = batch.Options(
        kind,
        Path(landmarks) if landmarks is not None else None,
        Path(correspondence) if correspondence is not None else None,
        chosen(None, model, units, axes, fit_scale),
        with_offsets,
        focal,
    )
    return result_of(batch.fitting([Path(path) for path in paths], Path(out_folder), options), progress)


def paint_distances(
    obj: bpy.types.Object,
    scan: bpy.types.Object | None = None,
    limit_mm: float | None = None,
    legend: bool = True,
    progress: Progress = None,
) -> Painted:
    """Colour a scan and its head by their distance, with a legend; the distances in mm.

    ``scan`` is by default the one that the head was fitted to. Both get a colour attribute, "FLAME Distance", and a
    material of the object over the mesh's own; no vertex moves. Red is ``limit_mm``, by default a round number. Grey on
    the head: no scan there. :func:`clear_distances` takes all of it off. Raises ParameterError.
    """
    parameters.require_head(obj)
    return result_of(distances.painting(obj, scan or obj.flame_fit.scan, limit_mm, legend), progress)


def clear_distances(obj: bpy.types.Object, scan: bpy.types.Object | None = None) -> None:
    """Take colours, materials and legend off the head and its scan again. Raises ParameterError."""
    parameters.require_head(obj)
    distances.clear(obj, scan or obj.flame_fit.scan)


def project_photo(
    obj: bpy.types.Object,
    camera: bpy.types.Object | Sequence[bpy.types.Object] | None = None,
    size: int = 1024,
    filling: str = "MIRROR",
    progress: Progress = None,
) -> PhotoTextured:
    """Lay the background photo of ``camera``, by default of the head's fit, into the head's texture, and show it.

    Of several each place of the texture takes most of the photo that shows it finest.

    ``filling``: "MIRROR" takes what the camera did not see from the other side, "BLUR" from around. The image and a
    mask of what was seen are packed. Raises FlameError.
    """
    cameras = [camera] if isinstance(camera, bpy.types.Object) else camera
    return result_of(photo_material.projecting(obj, cameras, size, filling), progress)  # type: ignore[arg-type]


def reshape_to_landmarks(obj: bpy.types.Object, varies: str = "IDENTITY") -> FlameParams:
    """Change the head so that its landmarks go where their empties were moved: what dragging one does.

    ``varies``: "IDENTITY", or "EXPRESSION" with the jaw. Raises FlameError.
    """
    return reshape.reshape(obj, varies)


def _model(choices: Choices) -> FlameModel:
    return choices.evaluator.model


def _seen(scan: bpy.types.Object | str | Path | ArrayLike) -> WorldScan:
    if isinstance(scan, bpy.types.Object):
        return read_scan(scan)
    if isinstance(scan, str | Path):
        file = read_mesh(Path(scan), with_faces=True)
        return WorldScan.of_mesh(file.vertices, file.faces)
    return WorldScan(at_mesh.vertices_of(np.asarray(scan)))


def _vertices(mesh: bpy.types.Object | str | Path | np.ndarray) -> np.ndarray:
    return at_mesh.vertices_of(Path(mesh) if isinstance(mesh, str) else mesh)


def _fitted(ready: Prepared, choices: Choices, source: Any, progress: Progress) -> FittedHead:
    scan = source if isinstance(source, bpy.types.Object) else None
    return result_of(stage.fitting(ready, choices, scan), progress)
