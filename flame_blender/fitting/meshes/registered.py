"""From meshes in the model's topology to parameters: one identity for the clip, expression and pose for each frame.

Gauss-Newton on all coordinates. A change of coefficients c moves the vertices by M B c + U Q c: the directions B as the
blended transforms M turn them, and the joints Q c, regressed from the rest head, which carry U along. M B itself,
thousands of coordinates for hundreds of directions in each frame, is never made: its products with other changes come
from turning those back, its products with itself from :mod:`.posed_gram`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...flame.evaluator import FlameEvaluator
from ...flame.params import POSE_FIELDS, FlameParams
from ...geometry.rigid import rigid_alignment
from ...geometry.rotations import axis_angle_from_matrix
from ...long_work import result_of
from ..solver.layer import HeadPart
from ..solver.linearised import Linearised, Pose
from ..solver.posed_gram import JointProducts, PosedGram

MAX_STEPS = 30
SMALL_TURN = 1e-3  # radians: what a step that turns no joint farther leaves is its square
SETTLED = 1e-7  # metres: a step that brings the mean error down by less is the last
HALVINGS = 6
IDENTITY_FRAMES = 48  # as many, spread evenly, tell the identity: each has thousands of vertices
FRAMES_TOGETHER = 8  # 17 MB of derivatives, which stay in a core's cache
FRAMES_IN_STEP = 16  # frames solved to the end before the next are begun: about a third of a second
# Coefficients are taken to be drawn from N(0, 1), coordinates to be off by what is left of them at present: far from
# the solution that keeps directions which the meshes hardly tell apart from running away, and near it noise out of
# them. Less than this, in metres, is rounding.
LEAST_NOISE = 1e-6


@dataclass(frozen=True, eq=False)
class RegisteredFit:
    """Parameters of meshes over time.

    Attributes
    ----------
    params : FlameParams
        With a frame axis.
    errors : (N,) float64, metres
        Mean distance of the vertices of each frame.
    """

    params: FlameParams
    errors: np.ndarray

    @property
    def mean_error(self) -> float:
        """Mean over the clip, metres."""
        return float(self.errors.mean())


def fit_registered(evaluator: FlameEvaluator, vertices: np.ndarray, identity_per_frame: bool = False) -> RegisteredFit:
    """Parameters of meshes over time in the model's topology; :func:`fitting_registered` does it in steps.

    Parameters
    ----------
    evaluator : FlameEvaluator
        Of the model.
    vertices : (N, V, 3) numbers, metres
        FLAME's axes, in the model's order.
    identity_per_frame : bool, default False
        An identity for each frame; else one for the clip.

    Returns
    -------
    RegisteredFit
        The parameters of all frames, and the error of each.

    Raises
    ------
    ParameterError
        Another number of vertices, or no finite ones.
    """
    return result_of(fitting_registered(evaluator, vertices, identity_per_frame))


def fitting_registered(
    evaluator: FlameEvaluator, vertices: np.ndarray, identity_per_frame: bool = False
) -> Generator[float, None, RegisteredFit]:
    """The same in steps: yields the share that is done, 0 to 1.

    The identity is solved together with expression and pose on up to 48 frames, then held for the clip; with
    ``identity_per_frame`` each mesh gets its own. Raises ParameterError for meshes of another size or with NaN.
    """
    model = evaluator.model
    if vertices.ndim != 3 or vertices.shape[1:] != (model.n_vertices, 3) or not len(vertices):
        expected = f"(frames, {model.n_vertices}, 3)"
        raise ParameterError(f"vertices must have shape {expected} for this model, found {vertices.shape}.")
    if not np.isfinite(vertices).all():
        raise ParameterError("vertices must hold finite numbers, found NaN or infinity.")
    solver = _Solver(evaluator)
    shape, begin = np.zeros(model.n_identity), 0.0
    if not identity_per_frame:
        chosen = np.unique(np.linspace(0, len(vertices) - 1, IDENTITY_FRAMES).round().astype(int))
        shape = solver.solve(vertices[chosen], shape, shared=True).shape[0]
        begin = len(chosen) / (len(chosen) + len(vertices))
        yield begin
    held = None if identity_per_frame else shape
    solved, errors = [], []
    for frames in _groups(len(vertices), FRAMES_IN_STEP):
        solved.append(solver.solve(vertices[frames], shape, shared=False, identity=identity_per_frame))
        away = evaluator.vertices(_params(solved[-1:], held)) - vertices[frames]
        errors.append(np.linalg.norm(away.astype(np.float64), axis=-1).mean(-1))
        yield begin + (1 - begin) * frames.stop / len(vertices)
    return RegisteredFit(_params(solved, held), np.concatenate(errors))


@dataclass(eq=False)
class _Fitted:
    """Where the solver is: coefficients (n, S) and (n, E) and pose; of each frame the mean error, and the noise.

    Noise is the root mean square of what coordinates are off by.
    """

    shape: np.ndarray
    expression: np.ndarray
    pose: Pose
    errors: np.ndarray
    noise: np.ndarray

    def __getitem__(self, frames: slice) -> _Fitted:
        return _Fitted(
            self.shape[frames], self.expression[frames], self.pose[frames], self.errors[frames], self.noise[frames]
        )

    def stepped(self, steps: np.ndarray, length: float, parents: tuple[int, ...], free: slice) -> _Fitted:
        """After a part of ``steps`` (n, coefficients + 3 J + 3)."""
        n_shape = self.shape.shape[1]
        coefficients = np.concatenate([self.shape, self.expression], 1)
        n_free = coefficients[:, free].shape[1]
        coefficients[:, free] += length * steps[:, :n_free]
        pose = self.pose.moved(length * steps[:, n_free:], parents)
        return _Fitted(coefficients[:, :n_shape], coefficients[:, n_shape:], pose, *np.empty((2, len(self.errors))))


class _Solver:
    def __init__(self, evaluator: FlameEvaluator) -> None:
        model = evaluator.model
        self.evaluator = evaluator
        self.n_identity = model.n_identity
        self.n_coefficients = model.n_identity + model.n_expression
        self.part = HeadPart.whole(evaluator)
        self.directions, self.joint_directions = self.part.directions, self.part.joint_directions
        self.gram = PosedGram(self.directions, self.part.weights)
        self.joint_products = JointProducts(self.directions, self.part.weights, self.part.shares())

    def solve(self, vertices: np.ndarray, shape: np.ndarray, shared: bool, identity: bool = False) -> _Fitted:
        """Fit n meshes. Of the identity all is ``shared``, or each has its own (``identity``), or ``shape`` is held."""
        free = slice(0 if shared or identity else self.n_identity, self.n_coefficients)
        now = self._start(vertices, shape)
        steps = self._look(now, vertices, free, shared)
        for _ in range(MAX_STEPS):
            length = 1.0
            for _ in range(HALVINGS):
                then = now.stepped(steps, length, self.evaluator.parents, free)
                if np.abs(length * steps[:, -3 - 3 * len(self.evaluator.parents) :]).max() < SMALL_TURN:
                    return then
                then_steps = self._look(then, vertices, free, shared)
                if then.errors.mean() <= now.errors.mean() + SETTLED:
                    break
                length /= 2
            else:
                return now
            settled = now.errors.mean() - then.errors.mean() < SETTLED
            now, steps = then, then_steps
            if settled:
                break
        return now

    def _start(self, vertices: np.ndarray, shape: np.ndarray) -> _Fitted:
        """The head of this identity, turned and moved as a whole."""
        n_frames, model = len(vertices), self.evaluator.model
        prepared = self.evaluator.prepare(shape)
        rotation, translation = rigid_alignment(prepared.rest.T, vertices)
        rotations = np.tile(np.eye(3), (n_frames, model.n_joints, 1, 1))
        rotations[:, 0] = rotation
        root = prepared.joints[0].astype(np.float64)
        pose = Pose(rotations, translation + rotation @ root - root)
        shapes = np.tile(shape, (n_frames, 1))
        return _Fitted(shapes, np.zeros((n_frames, model.n_expression)), pose, *np.empty((2, n_frames)))

    def _look(self, fitted: _Fitted, vertices: np.ndarray, free: slice, shared: bool) -> np.ndarray:
        """Note the errors where the solver is, and return the step from there: (n, free coefficients + 3 J + 3)."""
        n_shared = self.n_identity if shared else 0
        n_own = self.n_coefficients - free.start - n_shared
        matrix, right = np.zeros((n_shared, n_shared)), np.zeros(n_shared)
        own, heads = [], self._heads(fitted.shape)
        for frames in _groups(len(vertices), FRAMES_TOGETHER):
            part = fitted[frames]
            square, gradient = self._equations(part, heads[frames], vertices[frames], free)
            own_prior, diagonal = part.noise[:, None] ** 2, range(n_shared, n_shared + n_own)
            square[:, diagonal, diagonal] += own_prior
            coefficients = np.concatenate([part.shape, part.expression], 1)[:, free]
            gradient[:, n_shared : n_shared + n_own] -= own_prior * coefficients[:, n_shared:]
            beside = square[:, n_shared:, :n_shared]
            solved = np.linalg.solve(
                square[:, n_shared:, n_shared:], np.concatenate([beside, gradient[:, n_shared:, None]], -1)
            )
            matrix += square[:, :n_shared, :n_shared].sum(0) - np.tensordot(beside, solved[..., :-1], ((0, 1), (0, 1)))
            right += gradient[:, :n_shared].sum(0) - np.tensordot(beside, solved[..., -1], ((0, 1), (0, 1)))
            own.append(solved)
        prior = (fitted.noise**2).mean()
        step = np.linalg.solve(matrix + prior * np.eye(n_shared), right - prior * fitted.shape[0, :n_shared])
        each = np.concatenate(own)
        steps = each[..., -1] - each[..., :-1] @ step
        return np.concatenate([np.tile(step, (len(steps), 1)), steps], 1)

    def _heads(self, shapes: np.ndarray) -> np.ndarray:
        """Neutral heads (n, 3 V) float32 of shapes (n, S); equal shapes are computed once."""
        if (shapes == shapes[0]).all():
            one = self.evaluator.template + shapes[0].astype(np.float32) @ self.directions[: self.n_identity]
            return np.broadcast_to(one, (len(shapes), len(one)))
        return self.evaluator.template + shapes.astype(np.float32) @ self.directions[: self.n_identity]

    def _equations(
        self, part: _Fitted, heads: np.ndarray, vertices: np.ndarray, free: slice
    ) -> tuple[np.ndarray, np.ndarray]:
        """Normal equations (n, K, K) and (n, K) float64 of the free coefficients and the pose; notes the errors."""
        rest = heads + part.expression.astype(np.float32) @ self.directions[self.n_identity :]
        joints = self.evaluator.regress_joints(rest)
        layer = Linearised(self.part, rest.reshape(len(rest), 3, -1), joints, part.pose)
        residual = np.swapaxes(vertices, 1, 2).astype(np.float32) - layer.vertices
        squares = (residual.astype(np.float64) ** 2).sum(1)
        part.errors[:] = np.sqrt(squares).mean(1)
        part.noise[:] = np.maximum(np.sqrt(squares.mean(1) / 3), LEAST_NOISE)
        return self._products(layer, residual, free)

    def _products(self, layer: Linearised, residual: np.ndarray, free: slice) -> tuple[np.ndarray, np.ndarray]:
        rows = np.concatenate([layer.pose_jacobian(), residual[:, None]], 1)
        moves, rotations = layer.joint_moves(), layer.transforms[..., :3, :3]
        flat = layer.unposed(rows).reshape(-1, self.directions.shape[1])
        along = (flat @ self.directions[free].T).reshape(len(rows), rows.shape[1], -1).astype(np.float64)
        flat = rows.reshape(*rows.shape[:2], -1)
        inner = (flat @ np.swapaxes(flat, 1, 2)).astype(np.float64)
        joint_directions = self.joint_directions[:, free]
        along += self.joint_products.with_rows(rows, moves) @ joint_directions
        crossed = joint_directions.T @ self.joint_products.along_directions(rotations, moves, free)
        n_free, n_pose = joint_directions.shape[1], rows.shape[1] - 1
        square = np.empty((len(rows), n_free + n_pose, n_free + n_pose))
        square[:, :n_free, :n_free] = self.gram.at(rotations, free)
        square[:, :n_free, :n_free] += crossed + np.swapaxes(crossed, 1, 2)
        square[:, :n_free, :n_free] += joint_directions.T @ (self.joint_products.square(moves) @ joint_directions)
        square[:, n_free:, :n_free] = along[:, :-1]
        square[:, :n_free, n_free:] = np.swapaxes(along[:, :-1], 1, 2)
        square[:, n_free:, n_free:] = inner[:, :-1, :-1]
        gradient = np.concatenate([along[:, -1], inner[:, -1, :-1]], 1)
        return square, gradient


def _params(solved: list[_Fitted], shape: np.ndarray | None) -> FlameParams:
    rotations = axis_angle_from_matrix(np.concatenate([part.pose.rotations for part in solved]))
    poses: dict[str, Any] = {name: rotations[:, joint] for joint, name in enumerate(POSE_FIELDS)}
    return FlameParams(
        shape=np.concatenate([part.shape for part in solved]) if shape is None else shape,
        expression=np.concatenate([part.expression for part in solved]),
        translation=np.concatenate([part.pose.translation for part in solved]),
        **poses,
    )


def _groups(count: int, size: int) -> Iterator[slice]:
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))
