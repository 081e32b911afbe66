"""Where the motion of a head is kept: in its root joint, its neck joint, its object, or in the camera that films it.

Between root, object and camera nothing changes but the place: every vertex is in the same pixel as before. FLAME's root
turns about its own joint J, which moves with identity and expression, x -> R (x - J) + J + t; as a matrix of the whole
head that is [R | J - R J + t].
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ..fitting.linearised import Linearised, Pose
from ..flame.errors import SequenceError
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..flame.params import POSE_FIELDS
from ..flame.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from .sequence import Camera, FlameSequence

ROOT, NECK = 0, 1  # joints
CARRIED_BY_NECK = 0.99  # skinning weight of the neck and what hangs on it, where the model names no face
STEPS = 4
FRAMES_TOGETHER = 16


@dataclass(frozen=True, eq=False)
class FittedMotion:
    """A clip whose head turns at another joint, and (N,) float64 mean distances of the face's vertices in mm."""

    sequence: FlameSequence
    residuals_mm: np.ndarray


def root_to_object(sequence: FlameSequence, evaluator: FlameEvaluator) -> tuple[FlameSequence, np.ndarray]:
    """The clip with a resting root, and (N, 4, 4) float64 matrices for the object, FLAME's axes, metres."""
    rotation = matrix_from_axis_angle(sequence.values("global_rotation"))
    joint = _root_joint(sequence, evaluator)
    motion = np.tile(np.eye(4), (len(sequence), 1, 1))
    motion[:, :3, :3] = rotation
    motion[:, :3, 3] = joint + sequence.values("translation") - (rotation @ joint[..., None])[..., 0]
    return sequence.with_params(global_rotation=np.zeros(3), translation=np.zeros(3)), motion


def object_to_root(sequence: FlameSequence, evaluator: FlameEvaluator, motion: np.ndarray) -> FlameSequence:
    """The clip whose root also does what ``motion`` (N, 4, 4), rigid, FLAME's axes, does to its object."""
    turn, shift = motion[:, :3, :3], motion[:, :3, 3]
    joint = _root_joint(sequence, evaluator)
    rotation = turn @ matrix_from_axis_angle(sequence.values("global_rotation"))
    moved = (turn @ (joint + sequence.values("translation"))[..., None])[..., 0]
    return sequence.with_params(global_rotation=axis_angle_from_matrix(rotation), translation=moved + shift - joint)


def root_to_camera(sequence: FlameSequence, evaluator: FlameEvaluator) -> FlameSequence:
    """The clip with a head that stands still and a camera that moves round it. SequenceError without a camera."""
    camera = _camera_of(sequence)
    resting, motion = root_to_object(sequence, evaluator)
    rotation, translation = camera.rotation @ motion[:, :3, :3], (camera.rotation @ motion[:, :3, 3:])[..., 0]
    moving = dataclasses.replace(camera, rotation=rotation, translation=translation + camera.translation)
    return dataclasses.replace(resting, camera=moving)


def camera_to_root(sequence: FlameSequence, evaluator: FlameEvaluator) -> FlameSequence:
    """The clip with a camera that stays where it was in the first frame, and a head that moves before it.

    SequenceError without a camera.
    """
    camera = _camera_of(sequence)
    rotations = np.broadcast_to(camera.rotation, (len(sequence), 3, 3))
    translations = np.broadcast_to(camera.translation, (len(sequence), 3))
    motion = np.tile(np.eye(4), (len(sequence), 1, 1))
    motion[:, :3, :3] = rotations[0].T @ rotations
    motion[:, :3, 3] = (translations - translations[0]) @ rotations[0]
    standing = dataclasses.replace(camera, rotation=rotations[0], translation=translations[0])
    return dataclasses.replace(object_to_root(sequence, evaluator, motion), camera=standing)


def root_to_neck(sequence: FlameSequence, evaluator: FlameEvaluator, face: np.ndarray | None = None) -> FittedMotion:
    """The clip with a root that does not turn: neck and translation put the face where it was as well as they can.

    Least squares over the vertices ``face`` (indices), by default the model's region of that name.
    """
    return _turned_at(NECK, sequence, evaluator, face)


def neck_to_root(sequence: FlameSequence, evaluator: FlameEvaluator, face: np.ndarray | None = None) -> FittedMotion:
    """The clip with a neck that does not turn: root and translation put the face where it was; see root_to_neck."""
    return _turned_at(ROOT, sequence, evaluator, face)


def face_of(model: FlameModel) -> np.ndarray:
    """Indices of the face's vertices: the region "face", else all that the neck joint and its children carry."""
    if "face" in model.regions:
        return model.regions["face"]
    return np.flatnonzero(model.weights[:, NECK:].sum(1) > CARRIED_BY_NECK)


def _turned_at(joint: int, sequence: FlameSequence, evaluator: FlameEvaluator, face: np.ndarray | None) -> FittedMotion:
    """Root and neck turned together at one of them, the other at rest; Gauss-Newton on that joint and translation."""
    vertices = face_of(evaluator.model) if face is None else face
    rotations = np.stack([matrix_from_axis_angle(sequence.values(name)) for name in POSE_FIELDS], 1)
    together = rotations[:, ROOT] @ rotations[:, NECK]
    turned = rotations.copy()
    turned[:, (ROOT, NECK)] = np.eye(3)
    turned[:, joint] = together
    translation = sequence.values("translation").astype(np.float64)
    residuals = np.empty(len(sequence))
    for start in range(0, len(sequence), FRAMES_TOGETHER):
        frames = slice(start, start + FRAMES_TOGETHER)
        rest, joints = _rest(sequence, evaluator, frames)
        wanted = Linearised(evaluator, rest, joints, Pose(rotations[frames], translation[frames])).vertices
        pose = Pose(turned[frames], translation[frames])
        pose = _fitted(evaluator, rest, joints, pose, joint, wanted[..., vertices], vertices)
        left = Linearised(evaluator, rest, joints, pose).vertices[..., vertices] - wanted[..., vertices]
        residuals[frames] = 1000 * np.linalg.norm(left.astype(np.float64), axis=1).mean(-1)
        turned[frames], translation[frames] = pose.rotations, pose.translation
    moving, resting = ("global_rotation", "neck") if joint == ROOT else ("neck", "global_rotation")
    vectors = {moving: axis_angle_from_matrix(turned[:, joint]), resting: np.zeros(3)}
    note = (
        f"The head turns at its {'root' if joint == ROOT else 'neck'} only: the face is off by {residuals.mean():.2g} "
        f"mm on average, by {residuals.max():.2g} mm in the worst frame."
    )
    return FittedMotion(sequence.with_params(**vectors, translation=translation).with_notes(note), residuals)


def _fitted(
    evaluator: FlameEvaluator,
    rest: np.ndarray,
    joints: np.ndarray,
    pose: Pose,
    joint: int,
    wanted: np.ndarray,
    vertices: np.ndarray,
) -> Pose:
    rows = [*range(3 * joint, 3 * joint + 3), -3, -2, -1]
    for _ in range(STEPS):
        layer = Linearised(evaluator, rest, joints, pose)
        jacobian = layer.pose_jacobian()[:, rows][..., vertices].reshape(len(wanted), 6, -1).astype(np.float64)
        missing = (wanted - layer.vertices[..., vertices]).reshape(len(wanted), -1, 1)
        solved = np.linalg.solve(jacobian @ np.swapaxes(jacobian, 1, 2), jacobian @ missing)[..., 0]
        steps = np.zeros((len(wanted), 3 * len(evaluator.parents) + 3))
        steps[:, rows] = solved
        pose = pose.moved(steps, evaluator.parents)
    return pose


def _rest(sequence: FlameSequence, evaluator: FlameEvaluator, frames: slice) -> tuple[np.ndarray, np.ndarray]:
    """Expressed heads (n, 3, V) without pose, and their joints (n, J, 3)."""
    model = evaluator.model
    shape, expression = sequence.values("shape")[frames], sequence.values("expression")[frames]
    rest = evaluator.template + shape @ model.basis[: shape.shape[1]]
    rest += expression @ evaluator.driven_directions[: expression.shape[1]]
    offsets = sequence.offsets
    if offsets is not None:
        rest += np.swapaxes(offsets[frames] if offsets.ndim == 3 else offsets, -1, -2).reshape(-1, rest.shape[1])
    return rest.reshape(len(rest), 3, -1), evaluator.regress_joints(rest)


def _root_joint(sequence: FlameSequence, evaluator: FlameEvaluator) -> np.ndarray:
    """(N, 3) float64: where the root joint rests in each frame."""
    resting = sequence.with_params(**dict.fromkeys((*POSE_FIELDS, "translation"), np.zeros(3)))
    return evaluator.joints(resting.params)[:, ROOT].astype(np.float64)


def _camera_of(sequence: FlameSequence) -> Camera:
    if sequence.camera is None:
        raise SequenceError(
            f"{sequence.source}: expected a clip with a camera, found none; keep the motion in the head."
        )
    return sequence.camera
