"""FlameParams: what a FLAME head is asked to do, for one frame or for many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ParameterError

# The 15-number pose: five axis-angle vectors in the order of the model's joints.
POSE_FIELDS = ("global_rotation", "neck", "jaw", "left_eye", "right_eye")
COEFFICIENT_FIELDS = ("shape", "expression")
VECTOR_FIELDS = (*POSE_FIELDS, "translation")

_ZEROS: Any = None  # stands for zeros of the field's shape; what is stored is always an array
_NO_COEFFICIENTS, _NO_MOVEMENT = np.zeros(0, np.float32), np.zeros(3, np.float32)
for _shared in (_NO_COEFFICIENTS, _NO_MOVEMENT):
    _shared.setflags(write=False)


@dataclass(frozen=True, eq=False)
class FlameParams:
    """Parameters of a FLAME head, for one frame or, with a frame axis on any field, for many; what is left out is zero.

    Fields without a frame axis hold for every frame. Arrays are copied to read-only float32.

    Attributes
    ----------
    shape : (k,) or (N, k) float32
        Identity coefficients; fewer than the model has: the rest is 0.
    expression : (k,) or (N, k) float32
        Expression coefficients; the same.
    global_rotation : (3,) or (N, 3) float32, radians
        Rotation vector of the whole head, in FLAME's axes, as are those of the joints that follow.
    neck : (3,) or (N, 3) float32, radians
        Of the neck.
    jaw : (3,) or (N, 3) float32, radians
        Of the jaw; +x opens it.
    left_eye : (3,) or (N, 3) float32, radians
        Of the left eye.
    right_eye : (3,) or (N, 3) float32, radians
        Of the right eye.
    translation : (3,) or (N, 3) float32, metres
        Of the whole head.
    offsets : (V, 3) or (N, V, 3) float32 or None, metres
        In rest pose, added before the joints are regressed.
    eyelids : (2,) or (N, 2) float32 or None
        Left and right, 0 open to 1 shut; nothing moves where the model has no eyelid shapes.
    eyelids_unturned : bool
        False: lids turn with the head; True: they move along FLAME's axes whatever the pose (see :mod:`.eyelids`).

    Raises
    ------
    ParameterError
        A field has another shape, other counts of frames or no finite numbers.
    """

    shape: np.ndarray = _ZEROS
    expression: np.ndarray = _ZEROS
    global_rotation: np.ndarray = _ZEROS
    neck: np.ndarray = _ZEROS
    jaw: np.ndarray = _ZEROS
    left_eye: np.ndarray = _ZEROS
    right_eye: np.ndarray = _ZEROS
    translation: np.ndarray = _ZEROS
    offsets: np.ndarray | None = None
    eyelids: np.ndarray | None = None
    eyelids_unturned: bool = False

    def __post_init__(self) -> None:
        for name in COEFFICIENT_FIELDS:
            self._store(name, (None,), _NO_COEFFICIENTS)
        for name in VECTOR_FIELDS:
            self._store(name, (3,), _NO_MOVEMENT)
        self._store("offsets", (None, 3), None)
        self._store("eyelids", (2,), None)
        if not isinstance(self.eyelids_unturned, (bool, np.bool_)):
            raise ParameterError(f"eyelids_unturned must be True or False, found {self.eyelids_unturned!r}.")
        self._check_frames()

    def _store(self, name: str, shape: tuple[int | None, ...], default: np.ndarray | None) -> None:
        value = getattr(self, name)
        object.__setattr__(self, name, default if value is None else checked(name, value, shape))

    def _frame_counts(self) -> dict[str, int]:
        batched = {name: getattr(self, name) for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)}
        counts = {name: len(array) for name, array in batched.items() if array.ndim == 2}
        if self.offsets is not None and self.offsets.ndim == 3:
            counts["offsets"] = len(self.offsets)
        if self.eyelids is not None and self.eyelids.ndim == 2:
            counts["eyelids"] = len(self.eyelids)
        return counts

    def _check_frames(self) -> None:
        counts = self._frame_counts()
        if len(set(counts.values())) > 1:
            found = ", ".join(f"{name} {count}" for name, count in counts.items())
            raise ParameterError(f"Fields with a frame axis must have the same number of frames, found {found}.")

    @property
    def n_frames(self) -> int | None:
        """Frames of the batch, or None for a single frame without a frame axis."""
        return next(iter(self._frame_counts().values()), None)

    def pose15(self) -> np.ndarray:
        """(15,) or (N, 15) float32: root, neck, jaw, left eye, right eye."""
        return _side_by_side([getattr(self, name) for name in POSE_FIELDS])

    def pose6(self) -> np.ndarray:
        """(6,) or (N, 6) float32: root and jaw, the ``pose_params`` of FLAME_PyTorch; neck and eyes are left out."""
        return _side_by_side([self.global_rotation, self.jaw])

    @classmethod
    def from_pose15(cls, pose: np.ndarray, **others: Any) -> FlameParams:
        """From (15,) or (N, 15): root, neck, jaw, left eye, right eye; ``others`` are the remaining fields."""
        pose = checked("pose", pose, (15,))
        rotations: dict[str, Any] = {name: pose[..., 3 * i : 3 * i + 3] for i, name in enumerate(POSE_FIELDS)}
        return cls(**rotations, **others)

    @classmethod
    def from_pose6(cls, pose: np.ndarray, **others: Any) -> FlameParams:
        """From (6,) or (N, 6): root and jaw; ``others`` are the remaining fields."""
        pose = checked("pose", pose, (6,))
        return cls(global_rotation=pose[..., :3], jaw=pose[..., 3:], **others)

    def torch_arguments(self, n_shape: int = 100, n_expression: int = 50) -> dict[str, np.ndarray]:
        """Keyword arguments of FLAME_PyTorch's call, as (N, ...) float32 arrays; a single frame gets N = 1.

        ``n_shape`` and ``n_expression`` are the widths that the layer was built with. ParameterError where the call
        cannot say what is here: longer coefficient vectors, offsets, or eyelids.
        """
        for name in ("offsets", "eyelids"):
            if getattr(self, name) is not None:
                raise ParameterError(f"{name} must be None for FLAME_PyTorch's call, which has no such argument.")
        arguments = {
            "shape_params": padded("shape", self.shape, n_shape),
            "expression_params": padded("expression", self.expression, n_expression),
            "pose_params": self.pose6(),
            "neck_pose": self.neck,
            "eye_pose": _side_by_side([self.left_eye, self.right_eye]),
            "transl": self.translation,
        }
        frames = self.n_frames or 1
        return {name: np.array(np.broadcast_to(a, (frames, a.shape[-1]))) for name, a in arguments.items()}

    @classmethod
    def from_torch_arguments(
        cls,
        shape_params: Any = None,
        expression_params: Any = None,
        pose_params: Any = None,
        neck_pose: Any = None,
        eye_pose: Any = None,
        transl: Any = None,
    ) -> FlameParams:
        """From the arguments of FLAME_PyTorch's call: arrays, or tensors on any device."""
        given = [shape_params, expression_params, pose_params, neck_pose, eye_pose, transl]
        shape, expression, pose, neck, eyes, translation = map(_to_numpy, given)
        pose = checked("pose_params", np.zeros(6) if pose is None else pose, (6,))
        eyes = checked("eye_pose", np.zeros(6) if eyes is None else eyes, (6,))
        return cls(
            shape=shape,
            expression=expression,
            global_rotation=pose[..., :3],
            neck=neck,
            jaw=pose[..., 3:],
            left_eye=eyes[..., :3],
            right_eye=eyes[..., 3:],
            translation=translation,
        )


def checked(name: str, value: Any, shape: tuple[int | None, ...]) -> np.ndarray:
    """``value`` as a read-only float32 copy of ``shape`` (None: any length), with or without a frame axis before it.

    Raises ParameterError naming ``name``, what was expected and what was found.
    """
    value = np.asarray(value)
    if value.dtype.kind not in "fiub":
        raise ParameterError(f"{name} must hold numbers, found {value.dtype}.")
    last = value.shape[-len(shape) :]
    wrong = len(last) != len(shape) or any(want not in (None, has) for want, has in zip(shape, last, strict=True))
    if wrong or value.ndim > len(shape) + 1:
        expected = ", ".join("any" if want is None else str(want) for want in shape)
        raise ParameterError(f"{name} must have shape ({expected}) or (frames, {expected}), found {value.shape}.")
    with np.errstate(over="ignore"):
        value = np.array(value, np.float32, order="C")
    if not np.isfinite(value).all():
        raise ParameterError(f"{name} must hold finite numbers, found NaN or infinity.")
    value.setflags(write=False)
    return value


def padded(name: str, coefficients: np.ndarray, width: int) -> np.ndarray:
    """(..., k) -> (..., width), zeros after the given coefficients; ParameterError where k > width."""
    missing = width - coefficients.shape[-1]
    if missing < 0:
        raise ParameterError(f"{name} must have at most {width} coefficients, found {coefficients.shape[-1]}.")
    if not missing:
        return coefficients
    return np.concatenate([coefficients, np.zeros((*coefficients.shape[:-1], missing), coefficients.dtype)], -1)


def _side_by_side(vectors: list[np.ndarray]) -> np.ndarray:
    """(..., 3) each, with or without a frame axis -> (..., 3 n)."""
    frames = np.broadcast_shapes(*(vector.shape[:-1] for vector in vectors))
    return np.concatenate([np.broadcast_to(vector, (*frames, vector.shape[-1])) for vector in vectors], -1)


def _to_numpy(value: Any) -> Any:
    """A tensor's values without importing torch; anything else as it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value
