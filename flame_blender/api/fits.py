"""Fits to landmarks in space, scans and meshes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import ArrayLike

from ..fitting.solver.unknowns import VARIED
from ..long_work import result_of
from ..scene_fits import batch, stage
from ..scene_fits.kinds import KINDS, Kind
from ..scene_fits.kinds.basel import BaselFitOptions
from ..scene_fits.kinds.landmarks import LandmarkFitOptions
from ..scene_fits.kinds.mesh import MeshFitOptions
from ..scene_fits.kinds.scan import ScanFitOptions
from ..scene_fits.options import FileFitOptions, FitOptions, Landmarks
from ..scene_fits.stage import FittedHead

Progress = Callable[[float], None] | None
FIT_KINDS: tuple[Kind, ...] = KINDS  # the modules of the kinds of fit, in the order of the Fit panel


def fitting_head(obj: bpy.types.Object | None, options: FitOptions) -> Generator[float, None, FittedHead]:
    """Any of the ``fit_...`` functions in steps: yields the share that is done. Closed early, everything is as before.

    Parameters
    ----------
    obj : bpy.types.Object or None
        The head to fit; None adds one of ``options.model``.
    options : ScanFitOptions, LandmarkFitOptions, PhotoFitOptions, CameraFitOptions, MeshFitOptions or BaselFitOptions
        What it is fitted to, and how.

    Returns
    -------
    generator
        Its result is a :class:`FittedHead`.

    Raises
    ------
    FlameError
        What is to be fitted, head, model or a choice are not what they should be. Nothing has changed then.
    """
    return stage.fitting(obj, options)


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
    options = LandmarkFitOptions(
        landmarks=landmarks,
        indices=indices,
        landmark_set=landmark_set,
        scan=scan,
        model=model,
        units=units,
        axes=axes,
        fit_scale=fit_scale,
        noise_mm=noise_mm,
        vary=vary,
    )
    return result_of(fitting_head(obj, options), progress)


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
    options = ScanFitOptions(
        scan=scan,
        landmarks=landmarks,
        indices=indices,
        landmark_set=landmark_set,
        model=model,
        units=units,
        axes=axes,
        fit_scale=fit_scale,
        with_offsets=with_offsets,
        landmark_noise_mm=landmark_noise_mm,
        vary=vary,
        seed=seed,
    )
    return result_of(fitting_head(obj, options), progress)


def fit_mesh(
    mesh: bpy.types.Object | str | Path | np.ndarray,
    obj: bpy.types.Object | None = None,
    *,
    model: str | Path | None = None,
    units: str = "AUTO",
    axes: str = "AUTO",
    fit_scale: bool = False,
    looks: bool = True,
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
    looks : bool, default True
        Take over texture, normal map and colours of a file, its detail mesh and its displacement.
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
    options = MeshFitOptions(mesh=mesh, model=model, units=units, axes=axes, fit_scale=fit_scale, looks=looks)
    return result_of(fitting_head(obj, options), progress)


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
    options = BaselFitOptions(mesh=mesh, correspondence=correspondence, model=model, units=units, axes=axes)
    return result_of(fitting_head(obj, options), progress)


def fitting_files(
    paths: Iterable[str | Path], out_folder: str | Path, options: FileFitOptions
) -> Generator[float, None, list[dict[str, Any]]]:
    """:func:`fit_files` in steps: yields the share that is done. Closed early, the files that are done stay.

    Parameters
    ----------
    paths : iterable of str or Path
        The files; each needs a name of its own.
    out_folder : str or Path
        The folder of the results.
    options : FileFitOptions
        What holds for all of them.

    Returns
    -------
    generator
        Its result is that of :func:`fit_files`.

    Raises
    ------
    FlameError
        The kind, the model or the names are wrong for all of them, or the folder cannot be written to.
    """
    return batch.fitting([Path(path) for path in paths], Path(out_folder), options)


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
        What the files are: "scan", "landmarks", "photo", "mesh" or "basel".
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
    options = FileFitOptions(
        kind=kind,
        landmarks=landmarks,
        model=model,
        correspondence=correspondence,
        units=units,
        axes=axes,
        fit_scale=fit_scale,
        with_offsets=with_offsets,
        focal=focal,
    )
    return result_of(fitting_files(paths, out_folder, options), progress)
