"""Numbers out of a reader's file, checked under the file's own keys, and put together as a clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ParameterError, SequenceError
from ..files.file_budget import spend_for_array
from ..files.raw_arrays import RefusedError, as_numbers, shortened
from ..flame.params import FlameParams
from ..geometry.camera import Camera
from ..geometry.rotations import axis_angle_from_matrix, matrix_from_6d
from .contents import Contents, told
from .sequence import FlameSequence, Found

ORTHONORMAL_TOLERANCE = 1e-3
MAX_COEFFICIENTS = 1000


@dataclass(frozen=True, eq=False)
class Rows:
    """(N, k) numbers of a file: one row for each frame, or a single one. ``key`` is the file's name for them."""

    key: str
    values: np.ndarray

    def part(self, start: int, end: int) -> Rows:
        """Some of the columns."""
        return Rows(self.key, self.values[:, start:end])


def numbers(contents: Contents, key: str) -> np.ndarray:
    """The numbers under ``key`` of any shape, finite. SequenceError where they are absent or no numbers."""
    if key not in contents.fields:
        raise SequenceError(f"{contents.source}: expected the key {key}, found {told(contents.value)}.")
    value = contents.take(key)
    try:
        array = as_numbers(value)
    except RefusedError as error:
        raise SequenceError(f"{contents.source}: {key} must hold numbers, found {shortened(value)}.") from error
    spend_for_array(array.dtype, array.size, held=True)
    if not np.isfinite(array).all():
        raise SequenceError(f"{contents.source}: {key} must hold finite numbers, found NaN or infinity.")
    return array


def rows(contents: Contents, key: str, width: int | None = None, last: tuple[int, ...] | None = None) -> Rows:
    """The numbers under ``key`` as (N, width), whatever axes of length 1 the tool left around; None: any width.

    ``last`` are the axes that make one row, where it is more than one: (3, 3) for a matrix.
    """
    array = numbers(contents, key)
    shape = last or (width or (array.shape[-1] if array.ndim else 1),)
    frames = array.shape[: array.ndim - len(shape)]
    if array.shape[len(frames) :] != shape or sum(count != 1 for count in frames) > 1 or not array.size:
        expected = ", ".join("any" if width is None and last is None else str(size) for size in shape)
        found = f"{array.dtype} {array.shape}"
        raise SequenceError(f"{contents.source}: {key} must have shape (frames, {expected}), found {found}.")
    if width is None and last is None and shape[0] > MAX_COEFFICIENTS:
        raise SequenceError(
            f"{contents.source}: {key} must have at most {MAX_COEFFICIENTS} coefficients, found {shape[0]}."
        )
    return Rows(key, array.reshape(-1, int(np.prod(shape))))


def rotation_rows(contents: Contents, key: str) -> Rows:
    """(N, 3) axis-angle from axis-angle, 3 x 3 matrices, or PyTorch3D's 6D (two orthonormal rows of a matrix)."""
    array = numbers(contents, key)
    if array.ndim >= 2 and array.shape[-2:] == (3, 3) and _orthonormal(array):
        flat = rows(contents, key, last=(3, 3)).values.reshape(-1, 3, 3)
        return Rows(key, axis_angle_from_matrix(flat))
    if array.ndim and array.shape[-1] == 6:
        return Rows(key, axis_angle_from_6d(contents, rows(contents, key, 6)))
    return rows(contents, key, 3)


def frame_rate(contents: Contents, key: str) -> float | None:
    """The frame rate under ``key``; None for 0, which tools write for photos. SequenceError for anything else."""
    value = numbers(contents, key)
    if value.size != 1 or not value.reshape(-1)[0] >= 0:
        found = f"{value.reshape(-1)[0]:g}" if value.size == 1 else f"{value.dtype} {value.shape}"
        raise SequenceError(f"{contents.source}: {key} must be one number, 0 or above, found {found}.")
    return float(value.reshape(-1)[0]) or None


def are_6d(six: Rows) -> bool:
    """Whether (N, 6) rows can be 6D rotations: two orthonormal rows of a matrix in every frame."""
    return _orthonormal(six.values.reshape(-1, 2, 3))


def axis_angle_from_6d(contents: Contents, six: Rows) -> np.ndarray:
    """(N, 6) rows -> (N, 3) float64; SequenceError where they are not two orthonormal rows of a matrix."""
    if not are_6d(six):
        raise SequenceError(
            f"{contents.source}: {six.key} must hold two orthonormal rows of a matrix each frame, found other numbers."
        )
    return axis_angle_from_matrix(matrix_from_6d(six.values))


def _orthonormal(matrices: np.ndarray) -> bool:
    """Whether the rows of (..., n, 3) are of length 1 and at right angles."""
    matrices = np.asarray(matrices, np.float64)
    products = matrices @ np.swapaxes(matrices, -1, -2)
    return bool(np.abs(products - np.eye(matrices.shape[-2])).max(initial=0) <= ORTHONORMAL_TOLERANCE)


def clip(
    contents: Contents,
    fields: Mapping[str, Rows],
    *,
    source: str,
    pose: str = "",
    offsets: np.ndarray | None = None,
    eyelids: Rows | None = None,
    camera: Camera | None = None,
    fps: float | None = None,
    release: str = "",
    notes: tuple[str, ...] = (),
) -> FlameSequence:
    """A clip from one file's rows, named as FlameParams names them. A single row holds for every frame.

    Identity that is the same in every frame becomes one for the clip. SequenceError where counts of frames differ.
    """
    given = {**fields, **({"eyelids": eyelids} if eyelids else {})}
    counts = {each.key: len(each.values) for each in given.values()}
    frames = max(counts.values(), default=1)
    if offsets is not None and offsets.ndim == 3:
        counts["offsets"], frames = len(offsets), max(frames, len(offsets))
    if set(counts.values()) - {1, frames}:
        found = ", ".join(f"{key} {count}" for key, count in counts.items())
        raise SequenceError(f"{contents.source}: every key must have the same number of frames, found {found}.")
    arrays: dict[str, Any] = {name: _along(each.values, frames, name) for name, each in given.items()}
    if all(array.ndim == 1 for array in arrays.values()):
        arrays["expression"] = np.broadcast_to(arrays.get("expression", np.zeros(0)), (frames, _width(fields)))
    try:
        params = FlameParams(**arrays, offsets=offsets)
        found_here = Found(params.shape.shape[-1], params.expression.shape[-1], pose)
        return FlameSequence(params, fps, source, camera, release, notes, found_here)
    except (ParameterError, SequenceError) as error:
        raise SequenceError(f"{contents.source}: {error}") from error


def _width(fields: Mapping[str, Rows]) -> int:
    return fields["expression"].values.shape[1] if "expression" in fields else 0


def _along(values: np.ndarray, frames: int, name: str) -> np.ndarray:
    """(N, k), or (k,) for one row of a longer clip and for an identity that never changes."""
    constant = name == "shape" and bool((values == values[0]).all())
    return values[0] if constant or (len(values) == 1 and frames > 1) else values
