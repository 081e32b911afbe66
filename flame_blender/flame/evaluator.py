"""FlameEvaluator: from parameters to vertices, joints and landmarks.

The order of steps: template + identity + offsets (prepared once) -> expression -> joints -> pose correctives ->
eyelids, where the model has their shapes -> skinning -> translation; unturned eyelids come last. Inside, coordinates
are planar, (3, V); see :mod:`.skinning`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..errors import ParameterError
from ..geometry.frame import Frame
from ..geometry.rotations import matrix_from_axis_angle
from .cores import product
from .landmarks import YAW_SIGN_SILHOUETTE, LandmarkEmbedding, landmark_points
from .model import FlameModel
from .params import POSE_FIELDS, FlameParams, checked, padded
from .skinning import PART_COST_OF_ONE_FRAME, LinearBlend, joint_transforms, pose_feature, posed_joints

# Frames of a batch that go through the steps together: enough for the products to be quick, few enough to need little
# memory (60 kB a frame).
FRAMES_PER_CHUNK = 256
# Identities kept prepared (60 kB each), so that some heads may share one evaluator.
PREPARED_IDENTITIES = 16


class FlameEvaluator:
    """Evaluates one model, whose directions it shares, and keeps the last identities prepared.

    Results are new arrays. A batch costs least with one identity for all its frames; a ``shape`` or ``offsets`` with a
    frame axis adds the identity directions to every frame, about twice the work.
    """

    def __init__(self, model: FlameModel) -> None:
        self.model = model
        self.identity_directions = model.basis[: model.n_identity]
        self.driven_directions = model.basis[model.n_identity :]
        # a file's eyes mostly have no correctives: the rows of zeros at the end are left out
        self.n_correctives = used_count(self.driven_directions[model.n_expression :].T)
        self.template = model.v_template.T.reshape(-1)
        self.blend = LinearBlend(model.weights)
        self.blend_of_one = LinearBlend(model.weights, PART_COST_OF_ONE_FRAME)
        self.parents = tuple(model.parents.tolist())
        expression_joints = self.regress_joints(self.driven_directions[: model.n_expression])
        self.expression_joints = expression_joints.reshape(model.n_expression, 3 * model.n_joints)
        shapes = model.eyelid_shapes
        self.eyelid_rows = None if shapes is None else np.swapaxes(shapes, 1, 2).reshape(2, -1)
        self._identity_of_bytes = lru_cache(PREPARED_IDENTITIES)(self._build_identity)

    def vertices(self, params: FlameParams) -> np.ndarray:
        """(V, 3) float32, metres, or (N, V, 3) for a batch. ParameterError for what does not fit the model."""
        if params.n_frames is None:
            vertices = np.empty((self.model.n_vertices, 3), np.float32)
            lids = self.lids(params.eyelids, params.eyelids_unturned)
            self._identity(params.shape, params.offsets).frame(*self._moving(params), vertices.T, lids)
            return vertices
        vertices = np.empty((params.n_frames, self.model.n_vertices, 3), np.float32)
        for chunk in _chunks(params.n_frames):
            identity = self._identity(params.shape, params.offsets, chunk)
            shut = params.eyelids[chunk] if params.eyelids is not None and params.eyelids.ndim == 2 else params.eyelids
            lids = self.lids(shut, params.eyelids_unturned)
            identity.frames(*self._moving(params, chunk), vertices[chunk], lids)
        return vertices

    def joints(self, params: FlameParams) -> np.ndarray:
        """Posed joints (J, 3) float32, metres, or (N, J, 3), in the order of ``model.JOINT_NAMES``."""
        if params.n_frames is None:
            return self._identity(params.shape, params.offsets).joints_frame(*self._moving(params))
        joints = np.empty((params.n_frames, len(self.parents), 3), np.float32)
        for chunk in _chunks(params.n_frames):
            identity = self._identity(params.shape, params.offsets, chunk)
            joints[chunk] = identity.joints_frame(*self._moving(params, chunk))
        return joints

    def landmarks(
        self, params: FlameParams, embedding: LandmarkEmbedding, yaw_sign: int = YAW_SIGN_SILHOUETTE
    ) -> np.ndarray:
        """(L, 3) float32, metres, or (N, L, 3): contour first, then static; see :func:`.landmarks.landmark_points`."""
        embedding.validate(len(self.model.faces))
        vertices = self.vertices(params)
        return landmark_points(vertices, self.model.faces, embedding, params.global_rotation, params.neck, yaw_sign)

    def prepare(self, shape: np.ndarray | None = None, offsets: np.ndarray | None = None) -> PreparedIdentity:
        """The head of one identity: ``shape`` (k,) coefficients, ``offsets`` (V, 3) metres, rest pose.

        The same values give the same object again. ParameterError for what does not fit the model.
        """
        shape = checked("shape", np.zeros(0) if shape is None else shape, (None,))
        offsets = None if offsets is None else checked("offsets", offsets, (None, 3))
        if shape.ndim > 1 or (offsets is not None and offsets.ndim > 2):
            raise ParameterError("shape and offsets must be without a frame axis to prepare one identity.")
        return self._identity(shape, offsets)

    def regress_joints(self, planar: np.ndarray) -> np.ndarray:
        """Planar vertices or directions (..., 3 V) -> (..., J, 3) float32."""
        joints = planar.reshape(-1, self.model.n_vertices) @ self.model.joint_regressor.T
        return np.ascontiguousarray(np.swapaxes(joints.reshape(*planar.shape[:-1], 3, len(self.parents)), -1, -2))

    def driven(self, expression: np.ndarray, feature: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """What expression (..., k) and pose correctives (..., P) add to the rest head: (..., 3 V) float32, planar.

        In ``out``, where that is given. One product where every expression direction takes part, otherwise two that
        leave out the unused ones.
        """
        n_expression, feature = self.model.n_expression, feature[..., : self.n_correctives]
        if expression.ndim == feature.ndim and used_count(expression) == n_expression:
            both = np.concatenate([expression, feature], -1)
            return combine(both, self.driven_directions, out)
        moved = combine(feature, self.driven_directions[n_expression:], out)
        moved += combine(expression, self.driven_directions[:n_expression])
        return moved

    def lids(self, eyelids: np.ndarray | None, unturned: bool) -> Lids | None:
        """What eyelids (..., 2) add to the head; None for nothing."""
        if eyelids is None or self.eyelid_rows is None or not eyelids.any():
            return None
        return Lids((eyelids @ self.eyelid_rows).reshape(*eyelids.shape[:-1], 3, -1), unturned)

    def _identity(self, shape: np.ndarray, offsets: np.ndarray | None, frames: slice = slice(None)) -> PreparedIdentity:
        """The prepared identity, or an unkept one for those frames where they have identities of their own."""
        shape = padded("shape", shape, self.model.n_identity)
        if offsets is not None and offsets.shape[-2] != self.model.n_vertices:
            expected, found = self.model.n_vertices, offsets.shape[-2]
            raise ParameterError(f"offsets must have one row for each of {expected} vertices, found {found}.")
        if shape.ndim == 1 and (offsets is None or offsets.ndim == 2):
            return self._identity_of_bytes(shape.tobytes(), None if offsets is None else offsets.tobytes())
        shape = shape if shape.ndim == 1 else shape[frames]
        return self._shaped(shape, offsets if offsets is None or offsets.ndim == 2 else offsets[frames])

    def _moving(self, params: FlameParams, frames: slice | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Expression (k,), rotations (5, 3) and translation (3,) of a single frame, or (n, ...) of ``frames``.

        An expression that holds for all frames stays (k,).
        """
        expected, found = self.model.n_expression, params.expression.shape[-1]
        if found > expected:
            raise ParameterError(f"expression must have at most {expected} coefficients, found {found}.")
        moves = [getattr(params, name) for name in (*POSE_FIELDS, "translation")]
        if frames is None:
            return params.expression, np.stack(moves[:-1]), moves[-1]
        moves = [np.broadcast_to(move, (params.n_frames, 3))[frames] for move in moves]  # type: ignore[arg-type]
        expression = params.expression if params.expression.ndim == 1 else params.expression[frames]
        return expression, np.stack(moves[:-1], 1), moves[-1]

    def _build_identity(self, shape: bytes, offsets: bytes | None) -> PreparedIdentity:
        moved = None if offsets is None else np.frombuffer(offsets, np.float32).reshape(-1, 3)
        return self._shaped(np.frombuffer(shape, np.float32), moved)

    def _shaped(self, shape: np.ndarray, offsets: np.ndarray | None) -> PreparedIdentity:
        """Shape (..., S) and offsets (..., V, 3) -> the head or heads in rest pose."""
        rest = self.template + combine(shape, self.identity_directions)
        if offsets is not None:
            planar = np.swapaxes(offsets, -1, -2)
            rest = rest + planar.reshape(*planar.shape[:-2], -1)
        joints = self.regress_joints(rest)
        return PreparedIdentity(self, rest.reshape(*rest.shape[:-1], 3, -1), joints)


class Added(NamedTuple):
    """What named controls add to the head at rest, float32, metres: ``movements`` and ``joints`` (J, 3).

    Each movement (N,) is that of its places (N,) among planar coordinates (3, V), or of all of them where these are
    None; what several move is moved by their sum. ``rotations`` (9,) of jaw, left and right eye, radians, are not added
    by :meth:`onto`.
    """

    movements: list[tuple[np.ndarray, np.ndarray | None]]
    joints: np.ndarray
    rotations: np.ndarray

    def onto(self, moved: np.ndarray) -> None:
        """Add the movements to contiguous (3, V) in place."""
        flat = moved.reshape(-1)
        for movement, places in self.movements:
            if places is None:
                flat += movement
            else:
                np.add.at(flat, places, movement)  # no place is there twice, but this is quicker than an index


class Lids(NamedTuple):
    """What shut lids add, ``movement`` (..., 3, V) float32, planar: before skinning, or ``unturned`` after it."""

    movement: np.ndarray
    unturned: bool


@dataclass(frozen=True, eq=False)
class PreparedIdentity:
    """A head in rest pose, neutral: ``rest`` (3, V) float32 and its ``joints`` (J, 3).

    With a frame axis before them in a batch whose frames have identities of their own. The methods check nothing:
    they are what runs on every frame.
    """

    evaluator: FlameEvaluator
    rest: np.ndarray
    joints: np.ndarray

    def frame(
        self,
        expression: np.ndarray,
        rotations: np.ndarray,
        translation: np.ndarray,
        out: np.ndarray | None = None,
        lids: Lids | None = None,
        within: Frame | None = None,
        added: Added | None = None,
        carried: np.ndarray | None = None,
    ) -> np.ndarray:
        """Planar vertices (3, V) float32, metres, in ``out`` or a new array.

        ``expression`` (k,) with k <= E; ``rotations`` (5, 3) axis-angle, radians; ``translation`` (3,) metres. With
        ``within`` they are those of the object that has this frame, which costs less than a pass over the vertices.
        ``carried`` (J, 3, 4) is filled with what :meth:`carried` gives.
        """
        moved, transforms = self._posed(expression, rotations, added=added)
        if added is not None:
            added.onto(moved)
        if lids is not None and not lids.unturned:
            moved += lids.movement
        if within is not None:
            transforms[:, :3] = within.linear @ transforms[:, :3]
            translation = within.linear @ translation + within.origin
        if carried is not None:
            carried[...] = transforms[:, :3]
            carried[:, :, 3] += translation
        out = np.empty_like(moved) if out is None else out
        blend = self.evaluator.blend_of_one
        blend.skin(self.rest[None], moved[None], blend.matrices(transforms, translation)[None], out[None])
        if lids is not None and lids.unturned:
            out += lids.movement if within is None else within.linear.astype(np.float32) @ lids.movement
        return out

    def frames(
        self,
        expression: np.ndarray,
        rotations: np.ndarray,
        translation: np.ndarray,
        out: np.ndarray,
        lids: Lids | None = None,
    ) -> np.ndarray:
        """:meth:`frame` for (n, k) or (k,), (n, 5, 3) and (n, 3), into ``out`` (n, V, 3), contiguous."""
        # A frame's memory first holds what moves it, planar, and then its vertices: skinning reads a frame before it
        # writes it.
        moved, transforms = self._posed(expression, rotations, out.reshape(len(out), -1))
        if lids is not None and not lids.unturned:
            moved += lids.movement
        planar, blend = np.swapaxes(out, -1, -2), self.evaluator.blend
        blend.skin(np.broadcast_to(self.rest, moved.shape), moved, blend.matrices(transforms, translation), planar)
        if lids is not None and lids.unturned:
            planar += lids.movement
        return out

    def joints_frame(self, expression: np.ndarray, rotations: np.ndarray, translation: np.ndarray) -> np.ndarray:
        """Posed joints (..., J, 3) float32 for the arguments of :meth:`frame` or :meth:`frames`."""
        joints = self._rest_joints(np.asarray(expression, np.float32))
        transforms = joint_transforms(matrix_from_axis_angle(rotations), joints, self.evaluator.parents)
        return (posed_joints(transforms, joints) + np.asarray(translation)[..., None, :]).astype(np.float32)

    def carried(
        self,
        expression: np.ndarray,
        rotations: np.ndarray,
        translation: np.ndarray,
        within: Frame | None = None,
        added: Added | None = None,
    ) -> np.ndarray:
        """(J, 3, 4) float64: where :meth:`frame` takes points at rest that follow one joint alone."""
        joints = self._rest_joints(np.asarray(expression, np.float32))
        if added is not None:
            joints = joints + added.joints
        transforms = joint_transforms(matrix_from_axis_angle(rotations), joints, self.evaluator.parents)[:, :3]
        if within is not None:
            transforms = within.linear @ transforms
            translation = within.linear @ translation + within.origin
        transforms[:, :, 3] += translation
        return transforms

    def moved_by(self, added: np.ndarray) -> PreparedIdentity:
        """The same head with planar offsets (3, V), metres, at rest, which change from frame to frame: not kept."""
        joints = self.joints + self.evaluator.regress_joints(added.reshape(-1))
        return PreparedIdentity(self.evaluator, self.rest + added, joints)

    def _rest_joints(self, expression: np.ndarray) -> np.ndarray:
        moved = expression @ self.evaluator.expression_joints[: expression.shape[-1]]
        return self.joints + moved.reshape(*moved.shape[:-1], *self.joints.shape[-2:])

    def _posed(
        self,
        expression: np.ndarray,
        rotations: np.ndarray,
        out: np.ndarray | None = None,
        added: Added | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """What expression and pose add to the rest head (..., 3, V), and the joints' transforms (..., J, 4, 4).

        The first lies in ``out`` (..., 3 V), where that is given. Of ``added`` the joints alone are taken.
        """
        evaluator, expression = self.evaluator, np.asarray(expression, np.float32)
        turned = matrix_from_axis_angle(rotations)
        joints = self._rest_joints(expression)
        if added is not None:
            joints = joints + added.joints
        transforms = joint_transforms(turned, joints, evaluator.parents)
        moved = evaluator.driven(expression, pose_feature(turned), out)
        return moved.reshape(*moved.shape[:-1], 3, -1), transforms


def combine(coefficients: np.ndarray, directions: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Weighted sums of directions (K, 3 V): (k,) or (n, k) -> (3 V,) or (n, 3 V) float32, in ``out`` where it is given.

    Zeros at the end cost nothing.
    """
    used = used_count(coefficients)
    multiply = np.matmul if coefficients.ndim == 1 else product
    return multiply(coefficients[..., :used], directions[:used], out=out)


def used_count(coefficients: np.ndarray) -> int:
    """How many leading coefficients of (k,) or (n, k) there are up to the last that is not zero in every frame."""
    used = np.flatnonzero(coefficients if coefficients.ndim == 1 else coefficients.any(0))
    return int(used[-1]) + 1 if used.size else 0


def _chunks(frames: int) -> list[slice]:
    starts = range(0, frames, FRAMES_PER_CHUNK)
    return [slice(start, min(start + FRAMES_PER_CHUNK, frames)) for start in starts]
