"""The camera that took a clip's or a photo's pictures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import SequenceError

MAX_SIDE = 1 << 16  # pixels, Blender's limit
ROTATION_TOLERANCE = 1e-3  # what trackers that store float32, or three decimals in a text, are off by


@dataclass(frozen=True, eq=False)
class Camera:
    """The camera that filmed a clip: x right, y down, z forward (OpenCV's axes).

    Attributes
    ----------
    intrinsics : (4,) or (N, 4) float64, pixels
        fx, fy, cx, cy, from the picture's top left corner.
    width : int, pixels
        Of the picture.
    height : int, pixels
        Of the picture.
    rotation : (3, 3) or (N, 3, 3) float64
        camera = rotation @ point + translation, points in FLAME's axes.
    translation : (3,) or (N, 3) float64, metres
        See ``rotation``.
    image_paths : tuple of str
        As the file names them, one a frame, or none.
    orthographic : bool
        Then fx and fy are pixels for a metre, and depth does not matter.

    Raises
    ------
    SequenceError
        A field has another shape, other counts of frames or numbers that are no camera's.
    """

    intrinsics: np.ndarray
    width: int
    height: int
    rotation: np.ndarray
    translation: np.ndarray
    image_paths: tuple[str, ...] = ()
    orthographic: bool = False

    def __post_init__(self) -> None:
        for name, shape in (("intrinsics", (4,)), ("rotation", (3, 3)), ("translation", (3,))):
            object.__setattr__(self, name, _checked_doubles(name, getattr(self, name), shape))
        if not (1 <= self.width <= MAX_SIDE and 1 <= self.height <= MAX_SIDE):
            found = f"{self.width:.6g} x {self.height:.6g}"
            raise SequenceError(f"The camera's picture must have sides of 1 to {MAX_SIDE} pixels, found {found}.")
        if not (self.intrinsics[..., :2] > 0).all():
            raise SequenceError("The camera must have positive focal lengths, found zero or less.")
        turned_back = self.rotation @ np.swapaxes(self.rotation, -1, -2)
        upright = np.abs(turned_back - np.eye(3)).max(initial=0) <= ROTATION_TOLERANCE
        if not upright or not (np.linalg.det(self.rotation) > 0).all():
            raise SequenceError("The camera's rotation must be a rotation matrix, found another matrix.")
        counts = {name: len(values) for name, values in self._per_frame().items()}
        if len(set(counts.values())) > 1:
            found = ", ".join(f"{name} {count}" for name, count in counts.items())
            raise SequenceError(f"The camera's fields must have the same number of frames, found {found}.")

    def _per_frame(self) -> dict[str, Any]:
        axes = {"intrinsics": 1, "rotation": 2, "translation": 1}
        fields = {name: getattr(self, name) for name, n_axes in axes.items() if getattr(self, name).ndim > n_axes}
        return fields | ({"image_paths": self.image_paths} if self.image_paths else {})

    @property
    def n_frames(self) -> int | None:
        """Frames, or None for a camera that never changes."""
        return next((len(values) for values in self._per_frame().values()), None)

    def __getitem__(self, frames: slice) -> Camera:
        return dataclasses.replace(self, **{name: values[frames] for name, values in self._per_frame().items()})

    def project(self, points: np.ndarray) -> np.ndarray:
        """(V, 3) or (N, V, 3) points in FLAME's axes, metres -> pixels, (V, 2) or, one moving, (N, V, 2) float64."""
        intrinsics, translation = (each[..., None, :] for each in (self.intrinsics, self.translation))
        seen = np.asarray(points, np.float64) @ np.swapaxes(self.rotation, -1, -2) + translation
        depth = 1.0 if self.orthographic else seen[..., 2:]
        return intrinsics[..., :2] * seen[..., :2] / depth + intrinsics[..., 2:]


def _checked_doubles(name: str, value: object, shape: tuple[int, ...]) -> np.ndarray:
    """Like ``params.checked``, in float64: pixels of a large picture need more than float32 for sub-pixels."""
    array = np.array(value)
    if array.dtype.kind not in "fiu" or array.shape[-len(shape) :] != shape or array.ndim > len(shape) + 1:
        expected = ", ".join(map(str, shape))
        found = f"{array.dtype} {array.shape}"
        raise SequenceError(f"The camera's {name} must have shape ({expected}) or (frames, {expected}), found {found}.")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise SequenceError(f"The camera's {name} must hold finite numbers, found NaN or infinity.")
    array.setflags(write=False)
    return array
