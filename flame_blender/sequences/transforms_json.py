"""The cameras of a NeRF data set: transforms.json beside VHAP's and GaussianAvatars' folder ``flame_param``.

Each of ``frames`` has ``transform_matrix`` (4, 4) camera to world in OpenGL's axes (x right, y up, looking along -z),
``timestep_index``, ``camera_index``, ``file_path``, and ``fl_x, fl_y, cx, cy, w, h`` in pixels, in the frame or once
for all. A data set that was divided may have only transforms_train.json, _val and _test.
"""

from __future__ import annotations

import dataclasses
import math
from collections import ChainMap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SequenceError
from ..geometry.camera import Camera
from .contents import Contents, open_contents
from .fields import numbers
from .sequence import FlameSequence

WHOLE, DIVIDED = "transforms.json", ("transforms_train.json", "transforms_val.json", "transforms_test.json")
OPENCV_OF_OPENGL = np.diag([1.0, -1.0, -1.0])


def with_camera_beside(sequence: FlameSequence, folder: Path, names: Sequence[str]) -> FlameSequence:
    """The clip with the camera that a data set's transforms give its frames; as it is where there are none.

    ``folder`` holds the frames, files with these ``names`` without their ending. Of several cameras it is the one that
    stands most in front. What is wrong with the file becomes a note, for the head needs no camera.
    """
    paths = _files(folder)
    if sequence.camera is not None or not paths:
        return sequence
    try:
        if len(names) != len(sequence):
            raise SequenceError(f"{folder}: expected one frame in each of {len(names)} files, found {len(sequence)}.")
        camera, told = _camera(paths, names)
    except SequenceError as error:
        return sequence.with_notes(f"The camera is left out. {error}")
    return dataclasses.replace(sequence, camera=camera).with_notes(told)


def _files(folder: Path) -> list[Path]:
    for root in (folder.parent, folder):
        for wanted in ((WHOLE,), DIVIDED):
            found = [root / name for name in wanted if (root / name).is_file()]
            if found:
                return found
    return []


def _camera(paths: Sequence[Path], names: Sequence[str]) -> tuple[Camera, str]:
    views: dict[str, dict[str, Contents]] = {}  # by camera, then by the name of the frame's file
    for path in paths:
        contents = open_contents(path)
        for each in _frames(contents):
            camera, frame = str(each.fields.get("camera_index", 0)), _frame_name(each)
            views.setdefault(camera, {})[frame] = each
    whole = {camera: [frames[name] for name in names] for camera, frames in views.items() if frames.keys() >= {*names}}
    if not whole:
        raise SequenceError(
            f"{paths[0]}: expected a camera for each of the {len(names)} frames, found none that has all of them."
        )
    towards = {camera: _matrix(frames[0])[2, 2] for camera, frames in whole.items()}
    chosen = max(towards, key=lambda camera: towards[camera])
    told = f"The camera is number {chosen} of {len(views)} in {paths[0].name}."
    return _read(whole[chosen], paths[0].parent), told


def _frames(contents: Contents) -> list[Contents]:
    frames = contents.fields.get("frames")
    if not isinstance(frames, list) or not all(isinstance(frame, Mapping) for frame in frames):
        raise SequenceError(f"{contents.source}: frames must be a list of dicts, found {type(frames).__name__}.")
    shared = {key: value for key, value in contents.fields.items() if key != "frames"}
    return [contents.inner(index, ChainMap(frame, shared)) for index, frame in enumerate(frames)]


def _frame_name(frame: Contents) -> str:
    """Of the parameters' file, which the frame names, or which has the number of its time step."""
    path = frame.fields.get("flame_param_path")
    if isinstance(path, str):
        return Path(path).stem
    step = frame.fields.get("timestep_index")
    return f"{step:05d}" if isinstance(step, int) else ""


def _read(frames: Sequence[Contents], root: Path) -> Camera:
    matrices = np.stack([_matrix(frame) for frame in frames])
    lenses = np.stack([_lens(frame) for frame in frames])
    rotation = np.swapaxes(matrices[:, :3, :3] @ OPENCV_OF_OPENGL, 1, 2)
    fields: dict[str, Any] = {
        "intrinsics": lenses[:, :4],
        "rotation": rotation,
        "translation": -(rotation @ matrices[:, :3, 3:])[..., 0],
    }
    if (lenses[:, 4:] != lenses[0, 4:]).any():
        raise SequenceError(f"{frames[0].source}: w and h must be the same in every frame, found others.")
    fields = {name: values[0] if (values == values[0]).all() else values for name, values in fields.items()}
    pictures = [frame.fields.get("file_path") for frame in frames]
    paths = tuple(str(root / each) for each in pictures if isinstance(each, str))
    try:
        width, height = (int(side) for side in lenses[0, 4:])
        return Camera(**fields, width=width, height=height, image_paths=paths if len(paths) == len(frames) else ())
    except SequenceError as error:
        raise SequenceError(f"{frames[0].source}: {error}") from error


def _matrix(frame: Contents) -> np.ndarray:
    matrix = numbers(frame, "transform_matrix").astype(np.float64)
    if matrix.shape not in ((4, 4), (3, 4)):
        raise SequenceError(f"{frame.source}: transform_matrix must have shape (4, 4), found {matrix.shape}.")
    return matrix


def _lens(frame: Contents) -> np.ndarray:
    """(6,) fx, fy, cx, cy, width, height in pixels."""
    width, height = _number(frame, "w"), _number(frame, "h")
    key = "fl_x" if frame.has("fl_x") else "camera_angle_x"
    angle = across = _number(frame, key)
    if key == "camera_angle_x":
        across = width / 2 / (math.tan(across / 2) or math.nan)
        if not 0 < across < math.inf:
            raise SequenceError(f"{frame.source}: {key} must be an angle that sees a picture, found {angle:g}.")
    defaults = {"fl_y": across, "cx": width / 2, "cy": height / 2}
    others = [_number(frame, key) if frame.has(key) else value for key, value in defaults.items()]
    return np.array([across, *others, width, height])


def _number(frame: Contents, key: str) -> float:
    value = numbers(frame, key)
    if value.ndim or not value > 0:
        raise SequenceError(f"{frame.source}: {key} must be one number above 0, found {value}.")
    return float(value)
