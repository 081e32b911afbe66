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
from ..flame.steps import result_of


def export_landmarks(
    obj: bpy.types.Object,
    path: str | Path,
    frames: Iterable[int] | None = None,
    landmark_set: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Write landmarks of ``frames`` (by default the current one) to a .json, .csv or .npz file.

    3D in world space, 2D in pixels of the active camera, and whether the camera sees them. Raises FlameError.
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
    """Write the evaluated parameters of ``frames`` (the scene's range by default) to an .npz or a .json.

    :func:`import_animation` reads them back to the same float32 values. Layout "GAUSSIAN_AVATARS" makes ``path`` a
    folder with ``flame_param/00000.npz`` and so on. Raises FlameError.
    """
    result_of(parameter_files.exporting(bpy.context.scene, obj, Path(path), frames, layout), progress)
    return Path(path)


def export_meshes(
    obj: bpy.types.Object,
    path: str | Path,
    frames: Iterable[int] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Written:
    """Write the head's shape as .obj or .ply (FLAME's vertex order, axes, metres) or .stl (solid, millimetres).

    ``frames`` None writes the present shape to ``path``; several frames become ``name_0001.obj`` and so on. Every file
    is read back and compared. Raises FlameError.
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
    """Write the moving head by Blender's exporters: .glb, .gltf, .fbx (bones and shape keys), .usdc, .usda, .abc.

    ``frames`` (first, last) is the scene's range by default; ``engine`` "GENERIC", "UNITY" or "UNREAL" for .fbx. The
    file is read back and compared at five frames. The scene stays as it is. Raises FlameError.
    """
    scene = bpy.context.scene
    start, end = frames or (scene.frame_start, scene.frame_end)
    return result_of(scene_files.exporting(scene, obj, Path(path), start, end, engine), progress)
