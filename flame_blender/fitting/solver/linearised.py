"""The layer and its derivatives at some frames: what every fit needs to improve parameters.

Coordinates are planar, (3, V), as in :mod:`flame_blender.flame.skinning`, whose notation this follows: joint j carries
the rest head by G_j = G_parent(j) T_j with T_j x = R_j (x - J_j) + J_j, and a vertex goes to sum_j w_j G_j x.

A rotation is varied by a small turn about FLAME's axes in space, G_j -> exp(omega) G_j about where the joint is. Then
d vertex / d omega_k = omega x sum over j at or below k of w_j (G_j x - p_k), p_k being the posed joint, plus what the
pose correctives add; the axis-angle vectors themselves would bring their own singularities in.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ...flame.skinning import joint_transforms, pose_feature
from ...geometry.rotations import matrix_from_axis_angle
from .layer import HeadPart, descendants
from .step_layout import StepLayout

# (3, 3, 3): CROSS[a] @ x = unit vector a x x
CROSS = np.zeros((3, 3, 3), np.float32)
CROSS[0, 1, 2], CROSS[0, 2, 1] = -1, 1
CROSS[1, 2, 0], CROSS[1, 0, 2] = -1, 1
CROSS[2, 0, 1], CROSS[2, 1, 0] = -1, 1


@dataclass(frozen=True, eq=False)
class Pose:
    """Rotations (n, J, 3, 3) of the joints, relative to their parents, and translations (n, 3) metres; float64."""

    rotations: np.ndarray
    translation: np.ndarray

    def __getitem__(self, frames: slice | np.ndarray) -> Pose:
        return Pose(self.rotations[frames], self.translation[frames])

    @property
    def layout(self) -> StepLayout:
        """Of a step that changes the pose alone."""
        return _layout_of_pose(self.rotations.shape[1])

    def moved(self, step: np.ndarray, parents: tuple[int, ...]) -> Pose:
        """The pose after small turns about axes in space and shifts: ``steps`` (n, 3 J + 3), as ``layout`` says."""
        turns = matrix_from_axis_angle(step[:, self.layout.turns].reshape(-1, self.layout.n_joints, 3))
        carried = carried_rotations(self.rotations, parents)
        new = np.empty_like(self.rotations)
        for joint, parent in enumerate(parents):
            frame = carried[:, parent] if joint else np.broadcast_to(np.eye(3), carried[:, 0].shape)
            new[:, joint] = np.swapaxes(frame, -1, -2) @ turns[:, joint] @ frame @ self.rotations[:, joint]
        return Pose(new, self.translation + step[:, self.layout.translation])


@functools.cache
def _layout_of_pose(n_joints: int) -> StepLayout:
    return StepLayout(0, 0, n_joints)


class Linearised:
    """Part of the head at n frames: ``vertices`` (n, 3, V) float32, and how they answer to small changes.

    ``rest`` (n, 3, V) or (3, V) is the expressed head without pose correctives, ``joints`` (n, J, 3) or (J, 3) where it
    has its joints.
    """

    def __init__(self, part: HeadPart, rest: np.ndarray, joints: np.ndarray, pose: Pose) -> None:
        self.part, self.pose = part, pose
        self.transforms = joint_transforms(pose.rotations, joints, part.parents)
        corrected = pose_feature(pose.rotations) @ part.correctives
        self.corrected = rest + corrected.reshape(len(pose.rotations), 3, -1)
        weights = part.weights
        flat = self.transforms[:, :, :3].astype(np.float32).reshape(len(pose.rotations), -1, 12)
        blended = (np.swapaxes(flat, -1, -2) @ weights).reshape(len(flat), 3, 4, -1)
        self.linear = blended[:, :, :3]  # (n, 3, 3, V)
        moved = _applied(self.linear, self.corrected) + blended[:, :, 3]
        self.vertices = moved + pose.translation.astype(np.float32)[:, :, None]
        self.posed_joints = (self.transforms[..., :3, :3] @ joints[..., None])[..., 0] + self.transforms[..., :3, 3]

    def pose_jacobian(self) -> np.ndarray:
        """(n, 3 J + 3, 3, V) float32: how the vertices answer to the entries of a step that changes the pose."""
        layout, n_vertices = self.pose.layout, self.vertices.shape[-1]
        jacobian = np.zeros((len(self.vertices), layout.size, 3, n_vertices), np.float32)
        for joint, arms in enumerate(self._arms()):
            jacobian[:, layout.turn(joint)] = (CROSS.reshape(9, 3) @ arms).reshape(-1, 3, 3, n_vertices)
        jacobian[:, layout.translation] = np.eye(3, dtype=np.float32)[:, :, None]
        corrected = self._corrective_motion()
        for joint in range(1, layout.n_joints):
            by_turn = jacobian[:, layout.turn(joint)]
            for axis in range(3):
                by_turn[:, axis] += _applied(self.linear, corrected[:, joint - 1, axis])
        return jacobian

    def joint_moves(self) -> np.ndarray:
        """(n, J, 3, 3) float64: columns are where a vertex goes when a joint that carries all of it rests elsewhere.

        Times :meth:`.layer.HeadPart.subtree_weights` it is the Jacobian by the rest joints, on which vertices depend
        since they are regressed from the expressed head.
        """
        turned = self.transforms[..., :3, :3]
        before = np.stack(
            [
                turned[:, p] if j else np.broadcast_to(np.eye(3), turned[:, 0].shape)
                for j, p in enumerate(self.part.parents)
            ],
            1,
        )
        return before - turned

    def unposed(self, changes: np.ndarray) -> np.ndarray:
        """Changes of the vertices (n, k, 3, V), each turned back by its vertex's blended transform, transposed."""
        turned = np.empty_like(changes)
        for axis in range(3):
            column = self.linear[:, :, axis]
            turned[:, :, axis] = column[:, None, 0] * changes[:, :, 0]
            for other in (1, 2):
                turned[:, :, axis] += column[:, None, other] * changes[:, :, other]
        return turned

    def _arms(self) -> list[np.ndarray]:
        """For each joint (n, 3, V): the weighted way from the joint to what it and its children carry."""
        weights = self.part.weights
        carried = []
        for joint in range(len(weights)):
            transform = self.transforms[:, joint].astype(np.float32)
            carried.append((transform[:, :3, :3] @ self.corrected + transform[:, :3, 3:]) * weights[joint])
        arms = []
        for joint, below in enumerate(descendants(self.part.parents)):
            at = self.posed_joints[:, joint, :, None].astype(np.float32)
            arms.append(sum(carried[each] for each in below) - at * weights[below].sum(0))
        return arms

    def _corrective_motion(self) -> np.ndarray:
        """(n, J - 1, 3, 3, V): how the rest head changes as each joint but the root is turned about x, y, z."""
        rotations, parents = self.pose.rotations, self.part.parents
        turned = self.transforms[..., :3, :3]
        n_joints = len(parents)
        feature = np.zeros((len(rotations), n_joints - 1, 3, n_joints - 1, 3, 3))
        for joint in range(1, n_joints):
            # A turn about space's axis a is one about row a of the parent's rotation, before the joint's own.
            cross = np.einsum("nab,bij->naij", turned[:, parents[joint]], CROSS)
            feature[:, joint - 1, :, joint - 1] = cross @ rotations[:, joint][:, None]
        flat = feature.reshape(len(rotations), 3 * (n_joints - 1), -1).astype(np.float32)
        moved = flat @ self.part.correctives
        return moved.reshape(len(rotations), n_joints - 1, 3, 3, -1)


def _applied(linear: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.einsum("nijv,njv->niv", linear, points)


def carried_rotations(rotations: np.ndarray, parents: tuple[int, ...]) -> np.ndarray:
    """(n, J, 3, 3): rotations relative to the parents -> in space."""
    carried = rotations.copy()
    for joint in range(1, len(parents)):
        carried[:, joint] = carried[:, parents[joint]] @ rotations[:, joint]
    return carried
