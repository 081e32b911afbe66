"""Files that leave Blender."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import bpy

from ..export import landmarks as landmark_files
from ..export import meshes as mesh_exports
from ..export import parameters as parameter_files
from ..export import scene_files
from ..export.meshes import Written
from ..long_work import result_of


def export_landmarks(
    obj: bpy.types.Object,
    path: str | Path,
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
    result_of(landmark_files.exporting(bpy.context.scene, obj, Path(path), frames, landmark_set), progress)
    return Path(path)


def export_parameters(
    obj: bpy.types.Object,
    path: str | Path,
    frames: Iterable[int] | None = None,
    layout: str = "FLAME",
    progress: Callable[[float], None] | None = None,
) -> Path:
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
        "FLAME": one file; "GAUSSIAN_AVATARS": ``flame_param/00000.npz`` and so on, as VHAP exports.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Path
        The file or folder.

    Raises
    ------
    FlameError
        The name has another ending, the folder is not empty, the layout is unknown, or there are no frames.
    ParameterError
        ``obj`` is no head, or its model is not installed.
    WriteError
        The file cannot be written.
    """
    result_of(parameter_files.exporting(bpy.context.scene, obj, Path(path), frames, layout), progress)
    return Path(path)


def export_meshes(
    obj: bpy.types.Object,
    path: str | Path,
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
    numbers = None if frames is None else [int(frame) for frame in frames]
    return result_of(mesh_exports.exporting(bpy.context.scene, obj, Path(path), numbers), progress)


def export_scene(
    obj: bpy.types.Object,
    path: str | Path,
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
    scene = bpy.context.scene
    start, end = frames or (scene.frame_start, scene.frame_end)
    return result_of(scene_files.exporting(scene, obj, Path(path), start, end, engine), progress)
