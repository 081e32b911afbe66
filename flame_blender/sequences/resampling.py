"""A clip at another frame rate: rotations by spherical interpolation, everything else linearly."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..errors import SequenceError
from ..flame.params import COEFFICIENT_FIELDS, POSE_FIELDS, FlameParams
from ..geometry.camera import Camera
from ..geometry.rotation_curves import interpolated, neighbours
from ..geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from .sequence import FlameSequence

MAX_FRAMES = 1_000_000
LINEAR_FIELDS = (*COEFFICIENT_FIELDS, "translation", "offsets", "eyelids")


def resampled(sequence: FlameSequence, fps: float, source_fps: float | None = None) -> FlameSequence:
    """The clip at ``fps``, the first frame at the same time, the last at or before that of the clip.

    ``source_fps`` stands in for a frame rate that the clip does not know. The pictures' names are left out: no picture
    lies between two. SequenceError where a frame rate is missing or no number above 0.
    """
    old = sequence.fps or source_fps
    if old is None or not 0 < old < np.inf or not 0 < fps < np.inf:
        raise SequenceError(f"Frame rates must be numbers above 0, found {old} for the clip and {fps} for the result.")
    count = (len(sequence) - 1) * fps / old
    if count >= MAX_FRAMES:
        raise SequenceError(f"A clip must have at most {MAX_FRAMES} frames, found {count:.0f} at {fps} a second.")
    times = np.arange(int(np.floor(count + 1e-6)) + 1) * (old / fps)
    params, arrays = sequence.params, {}
    for name in (*LINEAR_FIELDS, *POSE_FIELDS):
        array = getattr(params, name)
        if array is not None and array.ndim == (3 if name == "offsets" else 2):
            arrays[name] = interpolated(array, times) if name in POSE_FIELDS else _linear(array, times)
    return dataclasses.replace(
        sequence,
        params=FlameParams(**{**vars(params), **arrays}),
        fps=float(fps),
        camera=_camera(sequence.camera, times) if sequence.camera is not None else None,
    )


def _linear(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(N, ...) at frames 0..N-1 -> (M, ...) at ``times``, in the type it came in.

    Whole frames come out as they are, and so does what never changes.
    """
    before, share = neighbours(times, len(values))
    after = np.minimum(before + 1, len(values) - 1)
    share = share.reshape(-1, *(1,) * (values.ndim - 1)).astype(values.dtype)
    return values[before] + (values[after] - values[before]) * share


def _camera(camera: Camera, times: np.ndarray) -> Camera:
    fields: dict[str, Any] = {"image_paths": ()}
    for name in ("intrinsics", "translation"):
        array = getattr(camera, name)
        fields[name] = _linear(array, times) if array.ndim == 2 else array
    if camera.rotation.ndim == 3:
        turns = interpolated(axis_angle_from_matrix(camera.rotation), times)
        fields["rotation"] = matrix_from_axis_angle(turns)
    return dataclasses.replace(camera, **fields)
