"""From meshes in the model's topology to parameters: one identity for the clip, expression and pose for each frame.

Gauss-Newton on all coordinates. A change of coefficients c moves the vertices by M B c + U Q c: the directions B as the
blended transforms M turn them, and the joints Q c, regressed from the rest head, which carry U along. M B itself,
thousands of coordinates for hundreds of directions in each frame, is never made: its products with other changes come
from turning those back, its products with itself from :mod:`.posed_gram`.
"""

from __future__ import annotations

import dataclasses
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
from ..solver.step_layout import StepLayout

MOST_ITERATIONS = 30
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


@dataclass(frozen=True, eq=False)
class _Heads:
    """Coefficients (n, S) and (n, E) and the pose of n frames."""

    shape: np.ndarray
    expression: np.ndarray
    pose: Pose

    def __getitem__(self, frames: slice) -> _Heads:
        return _Heads(self.shape[frames], self.expression[frames], self.pose[frames])

    def coefficients(self, layout: StepLayout) -> np.ndarray:
        """(n, k): those that a step changes."""
        return np.concatenate([self.shape, self.expression] if layout.n_identity else [self.expression], 1)

    def stepped(self, step: np.ndarray, layout: StepLayout, parents: tuple[int, ...]) -> _Heads:
        """After ``step`` (n, layout.size)."""
        shape = self.shape + step[:, layout.identity] if layout.n_identity else self.shape
        return _Heads(
            shape, self.expression + step[:, layout.expression], self.pose.moved(step[:, layout.pose], parents)
        )


@dataclass(frozen=True, eq=False)
class _Step:
    """From some heads: ``entries`` (n, layout.size), and the mean distance of the vertices where it begins, metres."""

    entries: np.ndarray
    error: float


class _Solver:
    def __init__(self, evaluator: FlameEvaluator) -> None:
        self.evaluator = evaluator
        self.n_identity = evaluator.model.n_identity
        self.part = HeadPart.whole(evaluator)
        self.directions, self.joint_directions = self.part.directions, self.part.joint_directions
        self.gram = PosedGram(self.directions, self.part.weights)
        self.joint_products = JointProducts(self.directions, self.part.weights, self.part.subtree_weights())

    def solve(self, vertices: np.ndarray, shape: np.ndarray, shared: bool, identity: bool = False) -> _Heads:
        """Fit n meshes. Of the identity all is ``shared``, or each has its own (``identity``), or ``shape`` is held."""
        layout = StepLayout.of(self.evaluator.model)
        if not (shared or identity):
            layout = dataclasses.replace(layout, n_identity=0)
        heads = self._start(vertices, shape)
        step = self._step_from(heads, vertices, layout, shared)
        for _ in range(MOST_ITERATIONS):
            length = 1.0
            for _ in range(HALVINGS):
                candidate = heads.stepped(length * step.entries, layout, self.evaluator.parents)
                if np.abs(length * step.entries[:, layout.pose]).max() < SMALL_TURN:
                    return candidate
                next_step = self._step_from(candidate, vertices, layout, shared)
                if next_step.error <= step.error + SETTLED:
                    break
                length /= 2
            else:
                return heads
            settled = step.error - next_step.error < SETTLED
            heads, step = candidate, next_step
            if settled:
                break
        return heads

    def _start(self, vertices: np.ndarray, shape: np.ndarray) -> _Heads:
        """The head of this identity, turned and moved as a whole."""
        n_frames, model = len(vertices), self.evaluator.model
        prepared = self.evaluator.prepare(shape)
        rotation, translation = rigid_alignment(prepared.rest.T, vertices)
        rotations = np.tile(np.eye(3), (n_frames, model.n_joints, 1, 1))
        rotations[:, 0] = rotation
        root = prepared.joints[0].astype(np.float64)
        pose = Pose(rotations, translation + rotation @ root - root)
        return _Heads(np.tile(shape, (n_frames, 1)), np.zeros((n_frames, model.n_expression)), pose)

    def _step_from(self, heads: _Heads, vertices: np.ndarray, layout: StepLayout, shared: bool) -> _Step:
        """The step from some heads: with ``shared`` the same in all frames for the identity."""
        n_shared = layout.n_identity if shared else 0
        own = slice(n_shared, layout.coefficients.stop)
        matrix, right = np.zeros((n_shared, n_shared)), np.zeros(n_shared)
        solutions, errors, noises, neutral = [], [], [], self._neutral(heads.shape)
        for frames in _groups(len(vertices), FRAMES_TOGETHER):
            some = heads[frames]
            square, gradient, error, noise = self._equations(some, neutral[frames], vertices[frames], layout)
            own_prior, diagonal = noise[:, None] ** 2, range(own.start, own.stop)
            square[:, diagonal, diagonal] += own_prior
            gradient[:, own] -= own_prior * some.coefficients(layout)[:, own]
            beside = square[:, n_shared:, :n_shared]
            solved = np.linalg.solve(
                square[:, n_shared:, n_shared:], np.concatenate([beside, gradient[:, n_shared:, None]], -1)
            )
            matrix += square[:, :n_shared, :n_shared].sum(0) - np.tensordot(beside, solved[..., :-1], ((0, 1), (0, 1)))
            right += gradient[:, :n_shared].sum(0) - np.tensordot(beside, solved[..., -1], ((0, 1), (0, 1)))
            solutions.append(solved)
            errors.append(error)
            noises.append(noise)
        prior = (np.concatenate(noises) ** 2).mean()
        common = np.linalg.solve(matrix + prior * np.eye(n_shared), right - prior * heads.shape[0, :n_shared])
        joined = np.concatenate(solutions)
        own_steps = joined[..., -1] - joined[..., :-1] @ common
        entries = np.concatenate([np.tile(common, (len(own_steps), 1)), own_steps], 1)
        return _Step(entries, np.concatenate(errors).mean())

    def _neutral(self, shapes: np.ndarray) -> np.ndarray:
        """Neutral heads (n, 3 V) float32 of shapes (n, S); equal shapes are computed once."""
        if (shapes == shapes[0]).all():
            one = self.evaluator.template + shapes[0].astype(np.float32) @ self.directions[: self.n_identity]
            return np.broadcast_to(one, (len(shapes), len(one)))
        return self.evaluator.template + shapes.astype(np.float32) @ self.directions[: self.n_identity]

    def _equations(
        self, heads: _Heads, neutral: np.ndarray, vertices: np.ndarray, layout: StepLayout
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Normal equations (n, k, k) and (n, k) float64, mean distances (n,) and noises (n,), metres.

        The noise is the root mean square of what coordinates are off by.
        """
        rest = neutral + heads.expression.astype(np.float32) @ self.directions[self.n_identity :]
        joints = self.evaluator.regress_joints(rest)
        layer = Linearised(self.part, rest.reshape(len(rest), 3, -1), joints, heads.pose)
        residual = np.swapaxes(vertices, 1, 2).astype(np.float32) - layer.vertices
        squares = (residual.astype(np.float64) ** 2).sum(1)
        noise = np.maximum(np.sqrt(squares.mean(1) / 3), LEAST_NOISE)
        return *self._products(layer, residual, layout), np.sqrt(squares).mean(1), noise

    def _products(self, layer: Linearised, residual: np.ndarray, layout: StepLayout) -> tuple[np.ndarray, np.ndarray]:
        changes = np.concatenate([layer.pose_jacobian(), residual[:, None]], 1)
        moves, rotations = layer.joint_moves(), layer.transforms[..., :3, :3]
        free = slice(self.n_identity - layout.n_identity, len(self.directions))
        flat = layer.unposed(changes).reshape(-1, self.directions.shape[1])
        along = (flat @ self.directions[free].T).reshape(len(changes), changes.shape[1], -1).astype(np.float64)
        flat = changes.reshape(*changes.shape[:2], -1)
        inner = (flat @ np.swapaxes(flat, 1, 2)).astype(np.float64)
        joint_directions = self.joint_directions[:, free]
        along += self.joint_products.with_changes(changes, moves) @ joint_directions
        crossed = joint_directions.T @ self.joint_products.along_directions(rotations, moves, free)
        square = np.empty((len(changes), layout.size, layout.size))
        coefficients, pose = layout.coefficients, layout.pose
        square[:, coefficients, coefficients] = self.gram.at(rotations, free)
        square[:, coefficients, coefficients] += crossed + np.swapaxes(crossed, 1, 2)
        square[:, coefficients, coefficients] += joint_directions.T @ (
            self.joint_products.square(moves) @ joint_directions
        )
        square[:, pose, coefficients] = along[:, :-1]
        square[:, coefficients, pose] = np.swapaxes(along[:, :-1], 1, 2)
        square[:, pose, pose] = inner[:, :-1, :-1]
        gradient = np.concatenate([along[:, -1], inner[:, -1, :-1]], 1)
        return square, gradient


def _params(solved: list[_Heads], shape: np.ndarray | None) -> FlameParams:
    rotations = axis_angle_from_matrix(np.concatenate([heads.pose.rotations for heads in solved]))
    poses: dict[str, Any] = {name: rotations[:, joint] for joint, name in enumerate(POSE_FIELDS)}
    return FlameParams(
        shape=np.concatenate([heads.shape for heads in solved]) if shape is None else shape,
        expression=np.concatenate([heads.expression for heads in solved]),
        translation=np.concatenate([heads.pose.translation for heads in solved]),
        **poses,
    )


def _groups(count: int, size: int) -> Iterator[slice]:
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))
