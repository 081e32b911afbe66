"""Where a clip's head motion lies: in the root, in an object's transform, in the camera, or in the neck.

Root, object and camera say the same in other words: the root turns the head about its own joint j,
x -> R (x - j) + j + t, and j depends on the identity, the expression and the offsets of each frame. Root and neck do
not: the root turns the shoulders too and the neck bends the skin, so between them the face region is fitted and what is
left is told.
Coefficients that the model does not have count for nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import SequenceError
from ..flame.evaluator import FlameEvaluator, PreparedIdentity
from ..flame.model import FlameModel
from ..flame.params import POSE_FIELDS, FlameParams
from ..geometry.camera import Camera
from ..geometry.rotation_curves import unwrapped
from ..geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from .sequence import FlameSequence, params_of_frames

FACE = "face"  # the model's region that is fitted
ROOT, NECK = 0, 1  # joints
FRAMES_TOGETHER = 128
ROUNDS, STEP = 20, 1e-3  # of the fit on the neck; radians
NOTHING = 1e-5  # mm; a frame that a step brings no nearer than this has arrived
MILLIMETRES = 1000.0
_STILL = np.zeros(3)
LIDS_TURN = "Eyelids turn with the head now; in the tool, root and neck did not turn their movement."


@dataclass(frozen=True, eq=False)
class Fitted:
    """A clip whose head motion was fitted, and what it is off by.

    ``residual`` (N,) float64: millimetres, the root mean square over the region's vertices in each frame.
    """

    sequence: FlameSequence
    residual: np.ndarray

    @property
    def mean(self) -> float:
        """Over the frames, mm."""
        return float(self.residual.mean())

    @property
    def worst(self) -> float:
        """Of the worst frame, mm."""
        return float(self.residual.max())


def root_to_object(sequence: FlameSequence, evaluator: FlameEvaluator) -> tuple[FlameSequence, np.ndarray]:
    """The clip without root rotation and translation, and (N, 4, 4) float64 that move it as they did.

    ``matrices[n] @ (x, 1)``: metres, FLAME's axes.
    """
    matrices = root_matrices(sequence, evaluator)
    return _still(sequence, matrices), matrices


def object_to_root(sequence: FlameSequence, matrices: np.ndarray, evaluator: FlameEvaluator) -> FlameSequence:
    """The clip moved by ``matrices`` (N, 4, 4), rigid, by its root alone. SequenceError for other shapes."""
    matrices = np.asarray(matrices, np.float64)
    if matrices.shape != (len(sequence), 4, 4):
        raise SequenceError(f"The matrices must have shape ({len(sequence)}, 4, 4), found {matrices.shape}.")
    return _with_root(sequence, matrices @ root_matrices(sequence, evaluator), evaluator)


def root_to_camera(sequence: FlameSequence, evaluator: FlameEvaluator) -> FlameSequence:
    """The head stands still and the camera moves, the picture of every vertex unchanged. SequenceError: no camera."""
    camera = require_camera(sequence)
    matrices = root_matrices(sequence, evaluator)
    rotation = camera.rotation @ matrices[:, :3, :3]
    translation = (camera.rotation @ matrices[:, :3, 3:])[..., 0] + camera.translation
    moved = dataclasses.replace(camera, rotation=rotation, translation=translation)
    return dataclasses.replace(_still(sequence, matrices), camera=moved)


def camera_to_root(
    sequence: FlameSequence, evaluator: FlameEvaluator, pose: tuple[np.ndarray, np.ndarray] | None = None
) -> FlameSequence:
    """The camera stands still and the head moves, the picture of every vertex unchanged. SequenceError: no camera.

    ``pose`` is the camera's rotation (3, 3) and translation (3,) afterwards, by default those of its first frame.
    """
    camera = require_camera(sequence)
    rotation, translation = camera.rotation.reshape(-1, 3, 3), camera.translation.reshape(-1, 3)
    still, place = (np.asarray(each, np.float64) for each in pose or (rotation[0], translation[0]))
    matrices = np.broadcast_to(np.eye(4), (len(sequence), 4, 4)).copy()
    matrices[:, :3, :3] = still.T @ rotation  # a point that the moving camera sees where the still one sees it moved
    matrices[:, :3, 3] = (translation - place) @ still
    moved = object_to_root(sequence, matrices, evaluator)
    return dataclasses.replace(moved, camera=dataclasses.replace(camera, rotation=still, translation=place))


def require_camera(sequence: FlameSequence) -> Camera:
    """The clip's camera. SequenceError when it has none."""
    if sequence.camera is None:
        raise SequenceError(
            f"The clip ({sequence.source or 'unnamed'}) must have a camera that head motion can be moved to or from, "
            "found none; keep the head motion in the root or the object."
        )
    return sequence.camera


def root_to_neck(sequence: FlameSequence, evaluator: FlameEvaluator, region: np.ndarray | None = None) -> Fitted:
    """The clip without root rotation: neck and translation bring the region's vertices nearest to where they were.

    ``region`` (k,) vertex ids, by default :func:`face_region`. Least squares by Gauss and Newton's method from the
    product of both rotations, which is exact where the region follows the neck joint rigidly.
    """
    heads = _region_heads(sequence, evaluator, region)
    parts = [_fit_neck(head) for head in heads]
    rotations, translations, residual = (np.concatenate(each) for each in zip(*parts, strict=True))
    fields = {"neck": unwrapped(rotations), "translation": translations, "global_rotation": _STILL}
    return _fitted(sequence, fields, residual, "the neck instead of the root")


def face_region(model: FlameModel) -> np.ndarray:
    """(k,) ids of the vertices that are fitted: the model's face, or what follows the head more than the shoulders."""
    if FACE in model.regions:
        return np.asarray(model.regions[FACE])
    return np.flatnonzero(model.weights[:, NECK:].sum(1) > model.weights[:, ROOT])


def root_matrices(sequence: FlameSequence, evaluator: FlameEvaluator) -> np.ndarray:
    """(N, 4, 4) float64, FLAME's axes, metres: what root rotation and translation do to the head that has neither."""
    joints = _root_joints(sequence, evaluator)
    matrices = np.broadcast_to(np.eye(4), (len(sequence), 4, 4)).copy()
    matrices[:, :3, :3] = matrix_from_axis_angle(sequence.values("global_rotation"))
    turned = (matrices[:, :3, :3] @ joints[..., None])[..., 0]
    matrices[:, :3, 3] = joints - turned + sequence.values("translation")
    return matrices


def _with_root(sequence: FlameSequence, matrices: np.ndarray, evaluator: FlameEvaluator) -> FlameSequence:
    """The clip whose :func:`root_matrices` are ``matrices``."""
    joints = _root_joints(sequence, evaluator)
    rotation = matrices[:, :3, :3]
    translation = matrices[:, :3, 3] - joints + (rotation @ joints[..., None])[..., 0]
    vectors = unwrapped(axis_angle_from_matrix(rotation))
    moved = sequence.with_params(global_rotation=vectors, translation=translation)
    if not _has_unturned_lids(sequence):
        return moved
    # the motion comes on top of the tool's head, lids and all: those must turn now
    turned = moved.with_params(eyelids_unturned=False)
    before = sequence.params
    return turned.with_notes(LIDS_TURN) if before.global_rotation.any() or before.neck.any() else turned


def _has_unturned_lids(sequence: FlameSequence) -> bool:
    return sequence.eyelids is not None and sequence.params.eyelids_unturned


def _still(sequence: FlameSequence, matrices: np.ndarray) -> FlameSequence:
    """Without root rotation and translation."""
    still = sequence.with_params(global_rotation=_STILL, translation=_STILL)
    turns = np.abs(matrices[:, :3, :3] - np.eye(3)).max() > 0
    if not turns or not _has_unturned_lids(sequence):
        return still
    return still.with_notes(LIDS_TURN)


def _root_joints(sequence: FlameSequence, evaluator: FlameEvaluator) -> np.ndarray:
    """(N, 3) float64: where the root joint rests in each frame, metres."""
    joints = [evaluator.joints(_unposed(params))[:, ROOT] for params in _groups(sequence, evaluator.model)]
    return np.concatenate(joints).astype(np.float64)


def _unposed(params: FlameParams) -> FlameParams:
    return FlameParams(shape=params.shape, expression=params.expression, offsets=params.offsets)


def _groups(sequence: FlameSequence, model: FlameModel) -> Iterator[FlameParams]:
    """The clip's parameters, some frames at a time, with as many coefficients as the model has."""
    params = sequence.params
    expression = np.broadcast_to(params.expression, (len(sequence), params.expression.shape[-1]))
    params = dataclasses.replace(
        params, shape=params.shape[..., : model.n_identity], expression=expression[:, : model.n_expression]
    )
    for start in range(0, len(sequence), FRAMES_TOGETHER):
        yield params_of_frames(params, slice(start, start + FRAMES_TOGETHER))


@dataclass(frozen=True, eq=False)
class _RegionHead:
    """Some frames of the region alone: ``rest`` (n, 3, k) with expression and offsets, and how the clip poses it."""

    rest: PreparedIdentity
    rotations: np.ndarray
    translation: np.ndarray

    def with_neck(self, vectors: np.ndarray) -> np.ndarray:
        """(n, 5, 3) rotations with the root still and the neck turned by ``vectors`` (n, 3) or (3,)."""
        rotations = self.rotations.copy()
        rotations[:, ROOT], rotations[:, NECK] = 0, vectors
        return rotations

    def points(self, rotations: np.ndarray, translation: np.ndarray = _STILL) -> np.ndarray:
        """(n, k, 3) float64, metres."""
        points = np.empty((len(rotations), self.rest.rest.shape[-1], 3), np.float32)
        self.rest.frames(np.zeros(0), rotations, translation, points)
        return points.astype(np.float64)


def _region_heads(
    sequence: FlameSequence, evaluator: FlameEvaluator, region: np.ndarray | None
) -> Iterator[_RegionHead]:
    """The clip's frames, some at a time, of a model that has only the region's vertices: the fit looks at no others."""
    model = evaluator.model
    region = face_region(model) if region is None else np.asarray(region)
    _check_region(model, region)
    part = FlameModel.from_arrays(
        v_template=model.v_template[region],
        faces=np.zeros((1, 3), np.int32),
        shapedirs=np.zeros((len(region), 3, 0)),
        posedirs=model.posedirs[region],
        joint_regressor=np.zeros((model.n_joints, len(region))),
        weights=model.weights[region],
        parents=model.parents,
        n_identity=0,
    )
    part_evaluator = FlameEvaluator(part)
    for params in _groups(sequence, model):
        rest = evaluator.vertices(_unposed(params))[:, region]
        prepared = PreparedIdentity(part_evaluator, np.swapaxes(rest, 1, 2), evaluator.joints(_unposed(params)))
        rotations = [np.broadcast_to(getattr(params, name), (len(rest), 3)) for name in POSE_FIELDS]
        yield _RegionHead(prepared, np.stack(rotations, 1), np.broadcast_to(params.translation, (len(rest), 3)))


def _fit_neck(head: _RegionHead) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Neck rotation vectors (n, 3), translations (n, 3) and residuals (n,), mm.

    The best translation for a rotation is the difference of the centres, so three numbers a frame are sought. A step
    that does not bring a frame nearer is not taken.
    """
    targets = head.points(head.rotations, head.translation)
    centres = targets.mean(1)
    targets = targets - centres[:, None]

    def centred(rotation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        points = head.points(head.with_neck(axis_angle_from_matrix(rotation)))
        return points - points.mean(1, keepdims=True), points.mean(1)

    rotation = matrix_from_axis_angle(head.rotations[:, ROOT]) @ matrix_from_axis_angle(head.rotations[:, NECK])
    points, middle = centred(rotation)
    for _ in range(ROUNDS):
        missing = (targets - points).reshape(len(targets), -1, 1)
        turns = matrix_from_axis_angle(STEP * np.eye(3))
        slopes = [((centred(turn @ rotation)[0] - points) / STEP).reshape(len(targets), -1) for turn in turns]
        slope = np.stack(slopes, -1)
        step = np.linalg.pinv(np.swapaxes(slope, 1, 2) @ slope) @ (np.swapaxes(slope, 1, 2) @ missing)
        tried = matrix_from_axis_angle(step[..., 0]) @ rotation
        new_points, new_middle = centred(tried)
        nearer = _distances(new_points, targets) < _distances(points, targets) - NOTHING
        if not nearer.any():
            break
        rotation = np.where(nearer[:, None, None], tried, rotation)
        points = np.where(nearer[:, None, None], new_points, points)
        middle = np.where(nearer[:, None], new_middle, middle)
    return axis_angle_from_matrix(rotation), centres - middle, _distances(points, targets)


def _distances(points: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(n, k, 3) each -> (n,) root mean squares of the distances, mm."""
    return np.sqrt(np.square(points - targets).sum(-1).mean(-1)) * MILLIMETRES


def _fitted(sequence: FlameSequence, fields: dict[str, Any], residual: np.ndarray, where: str) -> Fitted:
    moved = Fitted(sequence.with_params(**fields), residual)
    note = (
        f"Head motion is in {where}: the face is {moved.mean:.3g} mm off on average, {moved.worst:.3g} mm in the worst "
        "frame (root mean square)."
    )
    return dataclasses.replace(moved, sequence=moved.sequence.with_notes(note))


def _check_region(model: FlameModel, ids: np.ndarray) -> None:
    whole = ids.ndim == 1 and ids.dtype.kind in "iu"
    if not whole or len(np.unique(ids)) < 3 or ids.min() < 0 or ids.max() >= model.n_vertices:
        raise SequenceError(
            f"The region must be at least 3 vertex ids 0..{model.n_vertices - 1}, found {ids.dtype} {ids.shape}."
        )
