"""Clips one after another as one clip: what a folder of per-frame files is."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import SequenceError
from ..flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS
from ..geometry.camera import Camera
from .sequence import FlameSequence


def join(parts: Sequence[FlameSequence], source: str) -> FlameSequence:
    """The parts in order. SequenceError beginning with ``source`` where tools, sizes or optional fields differ.

    An identity that is the same in every part stays one for the clip, as do offsets.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    lengths = [len(part) for part in parts]
    _same([part.params.eyelids_unturned for part in parts], "how eyelids move", source)
    for what in ("source", "fps", "release"):
        _same([getattr(part, what) for part in parts], what, source)
    fields: dict[str, Any] = {
        name: _joined_field(parts, name, source) for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)
    }
    offsets = _joined([part.offsets for part in parts], lengths, 2, "offsets", source)
    if fields["expression"] is None or fields["expression"].ndim == 1:  # keeps the count of frames if nothing moves
        fields["expression"] = np.concatenate([part.values("expression") for part in parts])
    lids = _joined([part.eyelids for part in parts], lengths, 1, "eyelids", source)
    return dataclasses.replace(
        first,
        params=dataclasses.replace(first.params, **fields, offsets=offsets, eyelids=lids),
        camera=_joined_camera(parts, lengths, source),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _joined_field(parts: Sequence[FlameSequence], name: str, source: str) -> np.ndarray | None:
    arrays = [getattr(part.params, name) for part in parts]
    if name != "shape" and any(array.ndim == 2 for array in arrays):
        arrays = [part.values(name) for part in parts]
    return _joined(arrays, [len(part) for part in parts], 1, name, source)


def _joined(
    arrays: Sequence[np.ndarray | None], lengths: list[int], n_axes: int, name: str, source: str
) -> np.ndarray | None:
    """One array for all where it never changes, else with a frame axis; None where none has any."""
    present = [array for array in arrays if array is not None]
    if not present:
        return None
    if len(present) < len(arrays):
        raise SequenceError(f"{source}: {name} must be in every frame, found it in {len(present)} of {len(arrays)}.")
    _same([array.shape[-n_axes:] for array in present], f"the size of {name}", source)
    if all(array.ndim == n_axes and (array is present[0] or np.array_equal(array, present[0])) for array in present):
        return present[0]
    spread = [
        array if array.ndim > n_axes else np.broadcast_to(array, (count, *array.shape))
        for array, count in zip(present, lengths, strict=True)
    ]
    return np.concatenate(spread)


def _joined_camera(parts: Sequence[FlameSequence], lengths: list[int], source: str) -> Camera | None:
    cameras = [part.camera for part in parts if part.camera is not None]
    if not cameras:
        return None
    if len(cameras) < len(parts):
        raise SequenceError(f"{source}: a camera must be in every frame, found it in {len(cameras)} of {len(parts)}.")
    _same([(camera.width, camera.height) for camera in cameras], "the picture's size", source)
    _same([camera.orthographic for camera in cameras], "the kind of camera", source)
    axes = {"intrinsics": 1, "rotation": 2, "translation": 1}
    arrays: dict[str, Any] = {
        n: _joined([getattr(c, n) for c in cameras], lengths, axes[n], f"camera {n}", source) for n in axes
    }
    paths = [path for camera in cameras for path in camera.image_paths]
    return dataclasses.replace(cameras[0], **arrays, image_paths=tuple(paths) if len(paths) == sum(lengths) else ())


def _same(values: Sequence[object], what: str, source: str) -> None:
    for index, value in enumerate(values):
        if value != values[0]:
            raise SequenceError(
                f"{source}: {what} must be the same in every frame, found {values[0]} in the first and {value} in "
                f"number {index + 1}."
            )
