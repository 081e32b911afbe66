"""Fits to landmarks in space, scans and meshes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import ArrayLike

from ..files.mesh_file import read_mesh
from ..fitting.solver.unknowns import VARIED
from ..flame.model import FlameModel
from ..long_work import result_of
from ..observations.landmark_sources import in_space
from ..observations.scans import WorldScan, read_scan
from ..scene_fits import at_landmarks, at_mesh, at_scan, batch, stage
from ..scene_fits.choices import Choices, chosen
from ..scene_fits.prepared import Prepared
from ..scene_fits.stage import FittedHead

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

    Parameters
    ----------
    landmarks : str, Path, collection, list of objects, or (L, 3) numbers
        A file (MeshLab, iBUG, MediaPipe ...), empties named by landmark numbers, or points in Blender's world.
    obj : bpy.types.Object or None, default None
        The head to fit; None adds one of ``model``.
    indices : (L,) whole numbers or None, default None
        Which rows of the set the points are; None: all of it, in its order.
    landmark_set : str or None, default None
        "ibug" or "mediapipe"; None is the first of the model's sets that takes them.
    scan : bpy.types.Object or None, default None
        The scan that a file belongs to, whose coordinates are those of the scan's own vertices.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    units : str, default "AUTO"
        Of one unit of the landmarks: "M", "CM", "MM" or "INCH"; "AUTO" has it told by them.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    fit_scale : bool, default False
        The head may have any size.
    noise_mm : float or None, millimetres, default None
        How well the landmarks were placed; None has it told by what is left over.
    vary : iterable of str, default VARIED
        The fields of FlameParams that may change; VARIED is shape, expression, all rotations and translation.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    FittedHead
        The head, with the distance of each landmark in mm.

    Raises
    ------
    FlameError
        Landmarks, head, model or a choice are not what they should be. Nothing has changed then.
    """
    choices = chosen(obj, model, units, axes, fit_scale)
    found = in_space(landmarks, _model(choices), indices, landmark_set, scan)
    return _fitted(
        at_landmarks.prepared(found, choices, None if noise_mm is None else noise_mm / 1000, tuple(vary)),
        choices,
        scan,
        progress,
    )


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
    """Fit a head to a scan, and put it over the scan, which is only read.

    Parameters
    ----------
    scan : bpy.types.Object, str, Path or (P, 3) numbers
        A mesh or point cloud, an .obj or .ply, or points; points and those of a file are the world's.
    obj : bpy.types.Object or None, default None
        The head to fit; None adds one of ``model``.
    landmarks : as for fit_landmarks, or None, default None
        Where they are known; a file has the coordinates of the scan's own vertices.
    indices : (L,) whole numbers or None, default None
        Which rows of the set the landmarks are; None: all of it, in its order.
    landmark_set : str or None, default None
        "ibug" or "mediapipe"; None is the first of the model's sets that takes them.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    units : str, default "AUTO"
        Of one unit of the scan: "M", "CM", "MM" or "INCH"; "AUTO" has it told by landmarks or size.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    fit_scale : bool, default False
        The head may have any size.
    with_offsets : bool, default False
        Keep what the model cannot show as offsets.
    landmark_noise_mm : float, millimetres, default 2.0
        How far off the landmarks are at least.
    vary : iterable of str, default VARIED
        The fields of FlameParams that may change; VARIED is shape, expression, all rotations and translation.
    seed : int, default 0
        Of the random numbers that choose the scan's points.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    FittedHead
        The head, with the distances of the scan's points in mm.

    Raises
    ------
    FlameError
        Scan, landmarks, head, model or a choice are not what they should be, or the scan has no face. Nothing has
        changed then.
    """
    choices = chosen(obj, model, units, axes, fit_scale)
    beside = scan if isinstance(scan, bpy.types.Object) else None
    found = None if landmarks is None else in_space(landmarks, _model(choices), indices, landmark_set, beside)
    seen = _seen(scan)
    options = at_scan.ScanOptions(with_offsets, landmark_noise_mm / 1000, tuple(vary), seed)
    return _fitted(at_scan.prepared(seen, choices, found, options), choices, scan, progress)


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
    """Fit a head to one mesh with the model's own vertices; for meshes over time see :func:`import_meshes`.

    Parameters
    ----------
    mesh : bpy.types.Object, str, Path or (V, 3) numbers
        A mesh, an .obj, .ply or .npy, or vertices, in the model's order.
    obj : bpy.types.Object or None, default None
        The head to fit; None adds one of ``model``, or of the first installed one with as many vertices.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    units : str, default "AUTO"
        Of one unit of the mesh: "M", "CM", "MM" or "INCH"; "AUTO" has it told by how the head lies best.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    fit_scale : bool, default False
        The head may have any size.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    FittedHead
        The head, with the distance of each vertex in mm.

    Raises
    ------
    FlameError
        Mesh, head, model or a choice are not what they should be. Nothing has changed then.
    """
    choices = chosen(obj, model, units, axes, fit_scale)
    return _fitted(at_mesh.prepared(_vertices(mesh), choices), choices, mesh, progress)


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
    """Fit a FLAME head to a mesh of the Basel Face Model, 2009, 2017 or cropped; it may have any size.

    Parameters
    ----------
    mesh : bpy.types.Object, str, Path or (B, 3) numbers
        A mesh, an .obj, .ply or .npy, or vertices, in the Basel model's order.
    correspondence : str or Path
        ``BFM_to_FLAME_corr.npz``; without it use :func:`fit_scan`.
    obj : bpy.types.Object or None, default None
        The head to fit; None adds one of ``model``.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    units : str, default "AUTO"
        Of one unit of the mesh: "M", "CM", "MM" or "INCH"; "AUTO" has it told by how the head lies best.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    FittedHead
        The head, with the distances of the vertices that correspond in mm.

    Raises
    ------
    FlameError
        Mesh, correspondence, head, model or a choice are not what they should be. Nothing has changed then.
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
    """Fit many files one after the other, without touching the scene; a file that fails does not stop the others.

    For each file ``out_folder`` gets a ``.json`` with the report, or with the error as a sentence, and an ``.npz`` of
    the parameters that :func:`import_animation` reads.

    Parameters
    ----------
    paths : iterable of str or Path
        The files; each needs a name of its own.
    kind : str
        What they are: "landmarks", "photo", "mesh", "scan" or "basel".
    out_folder : str or Path
        The folder of the results.
    landmarks : str, Path or None, default None
        The folder where landmarks of scans and photos lie under the files' names; None: beside them.
    model : str, Path or None, default None
        Model of the heads: a name, or a file; None is :func:`new_head_model`.
    correspondence : str, Path or None, default None
        ``BFM_to_FLAME_corr.npz``, for "basel".
    units : str, default "AUTO"
        Of one unit of the files: "M", "CM", "MM" or "INCH"; "AUTO" has it told by each file itself.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    fit_scale : bool, default False
        The heads may have any size.
    with_offsets : bool, default False
        Of scans: keep what the model cannot show as offsets.
    focal : float or None, pixels, default None
        Of photos: the focal length; None has it estimated.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    list of dict
        What each .json holds.

    Raises
    ------
    FlameError
        The kind, the model or the names are wrong for all of them, or the folder cannot be written to.
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
