"""Landmarks over frames as a file: 3D in world space, 2D in pixels of the camera, and whether the camera sees them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from ..errors import FlameError
from ..files.npz_file import save_arrays
from ..files.whole_files import check_writable, write_whole
from ..flame.landmarks import LandmarkEmbedding
from ..head import create, live, parameters
from ..head.frame import frame_of
from ..head.landmarks import embedding_of, points_on
from ..head.mesh import mesh_of, read_positions
from ..long_work import Options

# A landmark lies in the surface itself: what is hit closer than this before it hides it.
OCCLUSION_TOLERANCE = 0.0015
LANDMARK_SUFFIXES = (".json", ".csv", ".npz")
Measured = tuple[np.ndarray, list[tuple[float, float]], list[bool]]


@dataclass(frozen=True)
class LandmarkFrames:
    """``frames`` (N,), ``world`` (N, L, 3) metres, ``pixels`` (N, L, 2) from the top left, ``visible`` (N, L)."""

    names: tuple[str, ...]
    frames: np.ndarray
    world: np.ndarray
    pixels: np.ndarray
    visible: np.ndarray
    resolution: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class LandmarkFileOptions(Options):
    """The keywords of :func:`export_landmarks`, for :func:`exporting_landmarks`.

    Attributes
    ----------
    frames : iterable of int or None, default None
        None is the current frame.
    landmark_set : str or None, default None
        "ibug" or "mediapipe"; None is that of the head's empties, else the model's usual one.
    """

    frames: Iterable[int] | None = None
    landmark_set: str | None = None


def exporting(
    scene: bpy.types.Scene, obj: bpy.types.Object, path: Path, options: LandmarkFileOptions
) -> Generator[float, None, Path]:
    """Measure the landmarks over frames and write them as the suffix of ``path`` says; yields the share that is done.

    Closed early, it writes nothing. Goes back to the frame that was shown. Raises FlameError for another suffix, a
    missing camera or no landmarks.
    """
    if path.suffix.lower() not in LANDMARK_SUFFIXES:
        raise FlameError(
            f"{path}: expected a name ending in {', '.join(LANDMARK_SUFFIXES)}, found {path.suffix or 'no ending'}."
        )
    head = parameters.require_head(obj)
    model = parameters.require_evaluator(head).model
    embedding = embedding_of(model, options.landmark_set or head.landmark_set or create.landmark_set_of(model))
    _camera_of(scene)
    check_writable(path)
    shown = scene.frame_current, scene.frame_subframe
    numbers = [scene.frame_current] if options.frames is None else [int(frame) for frame in options.frames]
    measured: list[Measured] = []
    try:
        for number in numbers:
            scene.frame_set(number)
            live.refresh(obj)
            measured.append(_measure(scene, world_points(obj, embedding)))
            yield len(measured) / len(numbers)
    finally:
        scene.frame_set(shown[0], subframe=shown[1])
    world, pixels, visible = (np.array(column) for column in zip(*measured, strict=True))
    found = LandmarkFrames(embedding.names, np.array(numbers), world, pixels, visible, _resolution(scene))
    {".json": _write_json, ".csv": _write_csv, ".npz": _write_npz}[path.suffix.lower()](path, found)
    return path


def _camera_of(scene: bpy.types.Scene) -> bpy.types.Object:
    if scene.camera is None:
        raise FlameError("Exporting landmarks needs an active camera for the pixels: add one and make it active.")
    return scene.camera


def _measure(scene: bpy.types.Scene, points: np.ndarray) -> Measured:
    """World positions (L, 3), pixels (L, 2) and visibility (L,) of one frame."""
    seen = [_seen(scene, Vector(point)) for point in points]
    return points, [pixel for pixel, _ in seen], [is_seen for _, is_seen in seen]


def world_points(obj: bpy.types.Object, embedding: LandmarkEmbedding) -> np.ndarray:
    """(L, 3) float32: the landmarks of the mesh as it is now, in world space."""
    head = parameters.require_head(obj)
    model = parameters.require_evaluator(head).model
    vertices = frame_of(obj).to_flame(read_positions(mesh_of(obj)))
    return parameters.to_world(obj, points_on(head, model, embedding, vertices, parameters.get_params(obj)))


def _seen(scene: bpy.types.Scene, point: Vector) -> tuple[tuple[float, float], bool]:
    """The point in pixels, from the top left, and whether the camera sees it: inside the picture, nothing before it."""
    view = world_to_camera_view(scene, _camera_of(scene), point)
    x, y, depth = view.x, view.y, view.z
    width, height = _resolution(scene)
    inside = 0.0 <= x <= 1.0 and 0.0 <= y <= 1.0 and depth > 0.0
    return (x * width, (1.0 - y) * height), inside and not _hidden(scene, point)


def _hidden(scene: bpy.types.Scene, point: Vector) -> bool:
    camera_object = _camera_of(scene)
    camera, data = camera_object.matrix_world, camera_object.data
    if isinstance(data, bpy.types.Camera) and data.type == "ORTHO":
        direction = camera.to_quaternion() @ Vector((0.0, 0.0, -1.0))
        eye = point - direction * (point - camera.translation).dot(direction)
    else:
        eye = camera.translation
        direction = (point - eye).normalized()
    far = (point - eye).length - OCCLUSION_TOLERANCE
    return far > 0.0 and scene.ray_cast(bpy.context.evaluated_depsgraph_get(), eye, direction, distance=far)[0]


def _resolution(scene: bpy.types.Scene) -> tuple[int, int]:
    scale = scene.render.resolution_percentage / 100.0
    return round(scene.render.resolution_x * scale), round(scene.render.resolution_y * scale)


def _write_json(path: Path, measured: LandmarkFrames) -> None:
    frames = [
        {"frame": int(number), "world": world.tolist(), "pixels": pixels.tolist(), "visible": visible.tolist()}
        for number, world, pixels, visible in zip(
            measured.frames, measured.world, measured.pixels, measured.visible, strict=True
        )
    ]
    said = {"names": measured.names, "resolution": measured.resolution, "frames": frames}
    write_whole(path, json.dumps(said, indent=1).encode("utf-8"))


def _write_csv(path: Path, measured: LandmarkFrames) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("frame", "name", "world_x", "world_y", "world_z", "pixel_x", "pixel_y", "visible"))
    for row, number in enumerate(measured.frames):
        for column, name in enumerate(measured.names):
            world, pixel = measured.world[row, column].tolist(), measured.pixels[row, column].tolist()
            writer.writerow((int(number), name, *world, *pixel, int(measured.visible[row, column])))
    write_whole(path, out.getvalue().encode("utf-8"))


def _write_npz(path: Path, measured: LandmarkFrames) -> None:
    arrays = {name: getattr(measured, name) for name in ("frames", "world", "pixels", "visible")}
    more = {"names": np.array(measured.names), "resolution": np.array(measured.resolution)}
    save_arrays(path, {**arrays, **more})
