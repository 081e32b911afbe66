"""FlameSequence: the parameters of a head over time, with what is known of where they came from."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..flame.errors import SequenceError
from ..flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS, FlameParams

UNKNOWN_RELEASE = ""
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


@dataclass(frozen=True)
class Found:
    """What a reader recognised, to be shown: coefficients of one frame, and how rotations were stored.

    What the file leaves open: ``layouts``, the names in ``choices`` that its pose can have; ``body``, a body that may
    turn the head.
    """

    identity: int = 0
    expression: int = 0
    pose: str = ""
    layouts: tuple[str, ...] = ()
    body: bool = False


@dataclass(frozen=True, eq=False)
class FlameSequence:
    """One clip: the parameters of a head over time, and what is known of where they came from.

    Attributes
    ----------
    params : FlameParams
        With a frame axis on what changes; a field without one holds for the whole clip.
    fps : float or None, frames per second
        None where the file does not tell.
    source : str
        Name of the tool.
    camera : Camera or None
        What filmed the clip.
    release : str
        The FLAME release, "" when it cannot be told.
    notes : tuple of str
        What was assumed or left out, one sentence each.
    found : Found
        What the reader recognised.

    Raises
    ------
    SequenceError
        Counts of frames differ, there are none, or the frame rate is not above 0.
    """

    params: FlameParams
    fps: float | None = None
    source: str = ""
    camera: Camera | None = None
    release: str = UNKNOWN_RELEASE
    notes: tuple[str, ...] = ()
    found: Found = dataclasses.field(default_factory=Found)

    def __post_init__(self) -> None:
        if not self.params.n_frames:
            raise SequenceError(f"A clip must have at least one frame, found {self.params.n_frames or 'none'}.")
        if self.fps is not None and not (np.isfinite(self.fps) and self.fps > 0):
            raise SequenceError(f"The frame rate must be above 0, found {self.fps}.")
        count = self.camera and self.camera.n_frames
        if count not in (None, len(self)):
            raise SequenceError(f"The camera must have the clip's {len(self)} frames, found {count}.")

    def __len__(self) -> int:
        return self.params.n_frames or 0

    @property
    def identity(self) -> np.ndarray:
        """(k,) float32 for the clip, or (N, k) for each frame."""
        return self.params.shape

    @property
    def offsets(self) -> np.ndarray | None:
        """(V, 3) or (N, V, 3) float32 metres, rest pose; or None."""
        return self.params.offsets

    @property
    def eyelids(self) -> np.ndarray | None:
        """(2,) or (N, 2) float32, left and right, 0 to 1; they belong to no FLAME model (see ``flame.eyelids``)."""
        return self.params.eyelids

    def values(self, name: str) -> np.ndarray:
        """(N, k) float32 of one of the fields that are never None, repeated where it holds for the whole clip."""
        array = getattr(self.params, name)
        return np.broadcast_to(array, (len(self), array.shape[-1]))

    def frame(self, index: int) -> FlameParams:
        """The parameters of one frame, without a frame axis."""
        fields = {name: self.values(name)[index] for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)}
        offsets = self.offsets
        lids = self.eyelids
        return FlameParams(
            **fields,
            offsets=offsets[index] if offsets is not None and offsets.ndim == 3 else offsets,
            eyelids=lids[index] if lids is not None and lids.ndim == 2 else lids,
            eyelids_unturned=self.params.eyelids_unturned,
        )

    def __getitem__(self, frames: slice) -> FlameSequence:
        if not isinstance(frames, slice):
            raise TypeError(f"a clip is cut with a slice, not with {type(frames).__name__}; see frame()")
        if not len(range(len(self))[frames]):
            raise SequenceError(f"A part of a clip of {len(self)} frames must hold some of them, found none.")
        camera = self.camera[frames] if self.camera is not None else None
        fps = self.fps and self.fps / abs(frames.step or 1)
        params = params_of_frames(self.params, frames)
        return dataclasses.replace(self, params=params, fps=fps, camera=camera)

    def with_params(self, **fields: Any) -> FlameSequence:
        """The clip with some of the parameters' fields exchanged; as many frames, even if none of them moves."""
        params = dataclasses.replace(self.params, **fields)
        if params.n_frames is None:
            params = dataclasses.replace(
                params, expression=np.broadcast_to(params.expression, (len(self), params.expression.shape[-1]))
            )
        return dataclasses.replace(self, params=params)

    def with_found(self, **fields: Any) -> FlameSequence:
        """The clip with more told of its file."""
        return dataclasses.replace(self, found=dataclasses.replace(self.found, **fields))

    def with_notes(self, *notes: str) -> FlameSequence:
        """The clip with more notes; those it has already are not said twice."""
        return dataclasses.replace(self, notes=tuple(dict.fromkeys((*self.notes, *notes))))


def params_of_frames(params: FlameParams, frames: slice | np.ndarray) -> FlameParams:
    """The parameters with each frame axis indexed by ``frames``."""
    names = [name for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS) if getattr(params, name).ndim == 2]
    if params.offsets is not None and params.offsets.ndim == 3:
        names.append("offsets")
    if params.eyelids is not None and params.eyelids.ndim == 2:
        names.append("eyelids")
    return dataclasses.replace(params, **{name: getattr(params, name)[frames] for name in names})


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
