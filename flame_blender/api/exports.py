"""Files that leave Blender."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import bpy

from ..blender_pointers import shown_scene
from ..export import landmarks as landmark_files
from ..export import meshes as mesh_exports
from ..export import parameters as parameter_files
from ..export import scene_files
from ..export.landmarks import LandmarkFileOptions
from ..export.meshes import MeshFileOptions, Written
from ..export.parameters import ParameterFileOptions, WrittenParameters
from ..export.scene_files import SceneFileOptions
from ..long_work import result_of


def export_landmarks(
    obj: bpy.types.Object,
    path: str | Path,
    *,
    frames: Iterable[int] | None = None,
    landmark_set: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Write landmarks over frames: 3D in world space, 2D in pixels of the active camera, and whether it sees them.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        Ends in .json, .csv or .npz.
    frames : iterable of int or None, default None
        None is the current frame.
    landmark_set : str or None, default None
        "ibug" or "mediapipe"; None is that of the head's empties, else the model's usual one.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FlameError
        The name has another ending, the scene has no camera, or the model no such landmarks.
    ParameterError
        ``obj`` is no head, or its model is not installed.
    WriteError
        The file cannot be written.
    """
    options = LandmarkFileOptions(frames=frames, landmark_set=landmark_set)
    return result_of(exporting_landmarks(obj, path, options), progress)


def exporting_landmarks(
    obj: bpy.types.Object, path: str | Path, options: LandmarkFileOptions | None = None
) -> Generator[float, None, Path]:
    """:func:`export_landmarks` in steps: yields the share that is done. Closed early, nothing is written.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        As of :func:`export_landmarks`.
    options : LandmarkFileOptions or None, default None
        The keywords of :func:`export_landmarks`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`export_landmarks`, and it raises the same.
    """
    return landmark_files.exporting(shown_scene(), obj, Path(path), options or LandmarkFileOptions())


def export_parameters(
    obj: bpy.types.Object,
    path: str | Path,
    *,
    frames: Iterable[int] | None = None,
    layout: str = "FLAME",
    copy_expression: bool = False,
    neck_share: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> WrittenParameters:
    """Write the evaluated parameters over frames; :func:`import_animation` reads the same float32 values back.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        Ends in .npz, or in .json, which holds no offsets; of the second layout a folder, new or empty.
    frames : iterable of int or None, default None
        None is the scene's range.
    layout : str, default "FLAME"
        "FLAME": one file; "GAUSSIAN_AVATARS": ``flame_param/00000.npz`` and so on, as VHAP exports; "BEAT2" and
        "AMASS": an .npz of SMPL-X's numbers, Y up and Z up.
    copy_expression : bool, default False
        Of SMPL-X, take FLAME's coefficients as they are. False converts them by the vertices of the face, which takes
        an installed SMPL-X model and SMPL-X__FLAME_vertex_ids.npy.
    neck_share : float or None, default None
        Of SMPL-X, the neck's share of the head's turn, 0 to 1; None: its neck turns as Global, its head as Neck.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    WrittenParameters
        The file or folder, which takes its place wherever a path is wanted, and how much of named controls is left out.

    Raises
    ------
    FlameError
        Ending, folder or layout is another, there are no frames, or the expression cannot be converted.
    ParameterError
        ``obj`` is no head, or its model is not installed.
    WriteError
        The file cannot be written.
    """
    options = ParameterFileOptions(frames=frames, layout=layout, copy_expression=copy_expression, neck_share=neck_share)
    return result_of(exporting_parameters(obj, path, options), progress)


def exporting_parameters(
    obj: bpy.types.Object, path: str | Path, options: ParameterFileOptions | None = None
) -> Generator[float, None, WrittenParameters]:
    """:func:`export_parameters` in steps: yields the share that is done. Closed early, nothing is written.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        As of :func:`export_parameters`.
    options : ParameterFileOptions or None, default None
        The keywords of :func:`export_parameters`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`export_parameters`, and it raises the same.
    """
    return parameter_files.exporting(shown_scene(), obj, Path(path), options or ParameterFileOptions())


def empty_or_new(folder: str | Path) -> bool:
    """Whether the frames of the layout "GAUSSIAN_AVATARS" can come to a folder.

    Parameters
    ----------
    folder : str or Path
        It need not be there yet.

    Returns
    -------
    bool
        Not where something lies there already.

    Raises
    ------
    WriteError
        The folder cannot be looked into.
    """
    return parameter_files.empty_or_new(Path(folder))


def export_meshes(
    obj: bpy.types.Object,
    path: str | Path,
    *,
    frames: Iterable[int] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Written:
    """Write the head's shape, without modifiers, as mesh files, each read back and compared.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        Ends in .obj or .ply (FLAME's vertex order and axes, metres), or .stl (closed, Blender's axes, millimetres).
    frames : iterable of int or None, default None
        Several files, ``name_0001.obj`` and so on; None writes the present shape to ``path``.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Written
        The files, and by how much they are off.

    Raises
    ------
    FlameError
        The name has another ending, there are no frames, or a file read back is off.
    ParameterError
        ``obj`` is no head, or its model is not installed.
    WriteError
        A file cannot be written; then none is.
    """
    return result_of(exporting_meshes(obj, path, MeshFileOptions(frames=frames)), progress)


def exporting_meshes(
    obj: bpy.types.Object, path: str | Path, options: MeshFileOptions | None = None
) -> Generator[float, None, Written]:
    """:func:`export_meshes` in steps: yields the share that is done. Closed early, nothing is written.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        As of :func:`export_meshes`.
    options : MeshFileOptions or None, default None
        The keywords of :func:`export_meshes`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`export_meshes`, and it raises the same.
    """
    return mesh_exports.exporting(shown_scene(), obj, Path(path), options or MeshFileOptions())


def export_scene(
    obj: bpy.types.Object,
    path: str | Path,
    *,
    frames: tuple[int, int] | None = None,
    engine: str = "GENERIC",
    progress: Callable[[float], None] | None = None,
) -> Written:
    """Write the moving head by Blender's exporters; the file is read back and compared at five frames.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        Ends in .glb, .gltf or .fbx (bones and shape keys), .usdc, .usda, .usd or .abc (the vertices of each frame).
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    engine : str, default "GENERIC"
        "GENERIC", "UNITY" or "UNREAL": axes and scale of an .fbx.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Written
        The file, by how much it is off, and what it cannot hold.

    Raises
    ------
    FlameError
        The name has another ending, this Blender has no such exporter, the engine is unknown, the frames end before
        they start, the identity is animated where the format has bones, or the file read back is off by more than
        0.1 mm.
    ParameterError
        ``obj`` is no head, or its model is not installed.
    WriteError
        The file cannot be written.
    """
    options = SceneFileOptions(frames=frames, engine=engine)
    return result_of(exporting_scene(obj, path, options), progress)


def exporting_scene(
    obj: bpy.types.Object, path: str | Path, options: SceneFileOptions | None = None
) -> Generator[float, None, Written]:
    """:func:`export_scene` in steps: yields the share that is done. Closed early, nothing is written.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        As of :func:`export_scene`.
    options : SceneFileOptions or None, default None
        The keywords of :func:`export_scene`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`export_scene`, and it raises the same.
    """
    return scene_files.exporting(shown_scene(), obj, Path(path), options or SceneFileOptions())


def missing_exporter(suffix: str) -> str | None:
    """Why this Blender cannot write a kind of file.

    Parameters
    ----------
    suffix : str
        One that :func:`export_scene` takes, such as ".glb".

    Returns
    -------
    str or None
        A sentence; None where it can.
    """
    return scene_files.unavailable(suffix)
