"""Coefficients and poses of heads over time whose vertices, or some of them, are known: least squares, frame by frame.

Gauss-Newton on all coordinates. A change of coefficients c moves the vertices by M B c + U Q c: the directions B as the
blended transforms M turn them, and the joints Q c, regressed from the rest head, which carry U along. M B itself,
thousands of coordinates for hundreds of directions in each frame, is never made: its products with other changes come
from turning those back, its products with itself from :mod:`..solver.posed_gram`. Weights of the vertices are in B, U
and the residuals by their square roots.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ...flame.evaluator import FlameEvaluator
from ...flame.params import POSE_FIELDS, FlameParams
from ...geometry.rigid import rigid_alignment
from ...geometry.rotations import axis_angle_from_matrix
from ..solver.layer import HeadPart
from ..solver.linearised import Linearised, Pose
from ..solver.posed_gram import JointProducts, PosedGram
from ..solver.step_layout import StepLayout
from .shared_steps import closed, reduced, within

MOST_ITERATIONS = 30
SMALL_TURN = 1e-3  # radians: what a step that turns no joint farther leaves is its square
SETTLED = 1e-7  # metres: a step that brings the error down by less is the last
HALVINGS = 6
IDENTITY_FRAMES = 48  # as many, spread evenly, tell the identity: each has thousands of vertices
FRAMES_TOGETHER = 8  # 17 MB of derivatives, which stay in a core's cache
FRAMES_IN_STEP = 16  # frames solved to the end before the next are begun: about a third of a second
# Coefficients are taken to be drawn from N(0, 1), coordinates to be off by what is left of them at present: far from
# the solution that keeps directions which the meshes hardly tell apart from running away, and near it noise out of
# them. Less than this, in metres, is rounding.
LEAST_NOISE = 1e-6
BELIEVED_FIRST = 1e-8  # square metres: with less, first steps along directions that are hardly told go nowhere
BELIEVED = (100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01)  # factors of that which are tried


class Meshes(Protocol):
    """Places (n, 3), metres, of the vertices that are seen, in each frame: an array, or made when asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, frames: Any, /) -> np.ndarray: ...


@dataclass(frozen=True, eq=False)
class Sight:
    """What is seen of a head, and how far what is believed of it counts.

    ``part`` are the vertices that are seen, n of them, ``weights`` (n,) of their squares. ``held`` are joints, by their
    names in ``POSE_FIELDS``, that stay as they begin. Coefficients stay within ``least`` and ``most`` (K,). A
    coefficient's square, in squares of its ``spread`` (K,), counts ``believed`` square metres of what a coordinate is
    off by, in each frame; None: as much as is left of a frame's at present, and of an identity once for all.
    """

    part: HeadPart
    weights: np.ndarray
    least: np.ndarray
    most: np.ndarray
    spread: np.ndarray
    held: tuple[str, ...] = ()
    believed: float | None = None

    @classmethod
    def whole(cls, evaluator: FlameEvaluator) -> Sight:
        """All vertices alike, coefficients free."""
        free = np.full(evaluator.model.n_identity + evaluator.model.n_expression, np.inf)
        return cls(HeadPart.whole(evaluator), np.ones(evaluator.model.n_vertices), -free, free, np.ones(len(free)))


@dataclass(frozen=True, eq=False)
class _Heads:
    """Coefficients (n, S) and (n, E) and the pose of n frames."""

    shape: np.ndarray
    expression: np.ndarray
    pose: Pose

    def __getitem__(self, frames: slice) -> _Heads:
        return _Heads(self.shape[frames], self.expression[frames], self.pose[frames])

    @property
    def all_coefficients(self) -> np.ndarray:
        """(n, S + E)."""
        return np.concatenate([self.shape, self.expression], 1)

    def stepped(self, step: np.ndarray, layout: StepLayout, parents: tuple[int, ...], sight: Sight) -> _Heads:
        """After ``step`` (n, layout.size), kept within the bounds."""
        n_identity = self.shape.shape[1]
        shape = self.shape + step[:, layout.identity] if layout.n_identity else self.shape
        return _Heads(
            np.clip(shape, sight.least[:n_identity], sight.most[:n_identity]) if layout.n_identity else shape,
            np.clip(self.expression + step[:, layout.expression], sight.least[n_identity:], sight.most[n_identity:]),
            self.pose.moved(step[:, layout.pose], parents),
        )


@dataclass(frozen=True, eq=False)
class _Step:
    """From some heads: ``entries`` (n, layout.size), and the root mean square distance where it begins, metres."""

    entries: np.ndarray
    error: float


class MeshSolver:
    """Fits heads to what ``sight`` tells is seen of them."""

    def __init__(self, evaluator: FlameEvaluator, sight: Sight | None = None) -> None:
        self.evaluator = evaluator
        self.n_identity = evaluator.model.n_identity
        self.sight = sight = Sight.whole(evaluator) if sight is None else sight
        self.part = sight.part
        self.roots = np.sqrt(sight.weights).astype(np.float32)
        self.directions = self.part.directions if (self.roots == 1).all() else self._weighted(self.part.directions)
        self.joint_directions = self.part.joint_directions
        self.gram = PosedGram(self.directions, self.part.weights)
        subtrees = self.part.subtree_weights() * self.roots
        self.joint_products = JointProducts(self.directions, self.part.weights, subtrees)
        self.held = np.isin(np.repeat((*POSE_FIELDS, ""), 3), sight.held)

    def solving(
        self,
        meshes: Meshes,
        *,
        identity_per_frame: bool = False,
        identity: np.ndarray | None = None,
        start: Pose | None = None,
    ) -> Generator[float, None, FlameParams]:
        """The parameters of ``meshes``, with a frame axis; yields the share that is done.

        The identity is solved together with expression and pose on up to 48 frames, then held for the clip; with
        ``identity_per_frame`` each mesh gets its own, and a given ``identity`` (S,) is held. Rotations begin as
        ``start`` has them.
        """
        count = len(meshes)
        shape, begin = np.zeros(self.n_identity) if identity is None else identity.astype(np.float64), 0.0
        if identity is None and not identity_per_frame:
            chosen = np.unique(np.linspace(0, count - 1, IDENTITY_FRAMES).round().astype(int))
            some = None if start is None else start[chosen]
            shape = self._solve(meshes[chosen], shape, some, shared=True).shape[0]
            begin = len(chosen) / (len(chosen) + count)
            yield begin
        solved = []
        for frames in _groups(count, FRAMES_IN_STEP):
            some = None if start is None else start[frames]
            solved.append(self._solve(meshes[frames], shape, some, shared=False, identity=identity_per_frame))
            yield begin + (1 - begin) * frames.stop / count
        return _params(solved, None if identity_per_frame else shape)

    def most_believed(self, meshes: Meshes, start: Pose | None, excess: float) -> float:
        """What ``Sight.believed`` may be if the root mean square distance is to rise by no more than ``excess`` of it.

        As far as the derivatives where the least is tell, of some frames that are spread evenly.
        """
        chosen = np.unique(np.linspace(0, len(meshes) - 1, FRAMES_TOGETHER).round().astype(int))
        vertices, layout = meshes[chosen], StepLayout.of(self.evaluator.model)
        some = None if start is None else start[chosen]
        heads = self._solved_in_turns(vertices, some)
        square, gradient, errors = self._equations(heads, self._neutral(heads.shape), vertices, layout)
        left = max(errors.mean(), 3 * LEAST_NOISE**2)
        allowed = ((1 + excess) ** 2 * left - errors.mean()) * self.sight.weights.sum() * len(vertices)
        n_shared, coefficients = layout.n_identity, heads.all_coefficients
        own, shared = range(n_shared, layout.coefficients.stop), range(n_shared)
        for factor in BELIEVED:
            prior = factor * left / 3 * self.sight.spread**-2.0
            square_of, down = square.copy(), gradient.copy()
            square_of[:, own, own] += prior[n_shared:]
            down[:, own] -= prior[n_shared:] * coefficients[:, n_shared:]
            solved = closed(square_of, down, n_shared, *self._room(coefficients, down, layout, n_shared))
            matrix, right = reduced(square_of, down, solved)
            matrix[shared, shared] += len(vertices) * prior[:n_shared]
            common = np.linalg.solve(matrix, right - len(vertices) * prior[:n_shared] * heads.shape[0])
            steps = np.concatenate([np.tile(common, (len(solved), 1)), solved[..., -1] - solved[..., :-1] @ common], 1)
            risen = np.einsum("ni,nij,nj->", steps, square, steps, optimize=True) - 2 * (steps * gradient).sum()
            if risen <= allowed:
                break
        return factor * left / 3

    def _solved_in_turns(self, vertices: np.ndarray, start: Pose | None) -> _Heads:
        """Fit n meshes with one identity, first with a belief that keeps steps short, then as in ``sight``."""
        asked, nothing = self.sight, np.zeros(self.n_identity)
        self.sight = dataclasses.replace(asked, believed=max(asked.believed or 0.0, BELIEVED_FIRST))
        near = self._solve(vertices, nothing, start, shared=True)
        self.sight = asked
        return self._solve(vertices, nothing, start, shared=True, begin=near)

    def _solve(
        self,
        vertices: np.ndarray,
        shape: np.ndarray,
        start: Pose | None,
        shared: bool,
        identity: bool = False,
        begin: _Heads | None = None,
    ) -> _Heads:
        """Fit n meshes. Of the identity all is ``shared``, or each has its own (``identity``), or ``shape`` is held.

        From the heads ``begin`` on, or from that shape.
        """
        layout = StepLayout.of(self.evaluator.model)
        if not (shared or identity):
            layout = dataclasses.replace(layout, n_identity=0)
        heads = self._start(vertices, shape, start) if begin is None else begin
        step = self._step_from(heads, vertices, layout, shared)
        for _ in range(MOST_ITERATIONS):
            length = 1.0
            for _ in range(HALVINGS):
                candidate = heads.stepped(length * step.entries, layout, self.evaluator.parents, self.sight)
                if self._is_small(length * step.entries, layout):
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

    def _is_small(self, entries: np.ndarray, layout: StepLayout) -> bool:
        """Whether what a step leaves is nothing: it turns hardly, and no bound has cut it."""
        bounded = np.isfinite(self.sight.least).any() or np.isfinite(self.sight.most).any()
        return not bounded and bool(np.abs(entries[:, layout.pose]).max() < SMALL_TURN)

    def _start(self, vertices: np.ndarray, shape: np.ndarray, start: Pose | None) -> _Heads:
        """The head of this identity, turned and moved as a whole, or turned as ``start`` says and moved."""
        n_frames, model = len(vertices), self.evaluator.model
        expression = np.clip(np.zeros((n_frames, model.n_expression)), *self._expression_bounds())
        shapes, pose = np.tile(shape, (n_frames, 1)), start
        if pose is None:
            rest = self._neutral(shapes[:1])[0].reshape(3, -1)
            rotation, translation = rigid_alignment(rest.T, vertices, self.sight.weights)
            rotations = np.tile(np.eye(3), (n_frames, model.n_joints, 1, 1))
            rotations[:, 0] = rotation
            root = self.part.joints_at(np.concatenate([shape, np.zeros(model.n_expression)]))[0]
            pose = Pose(rotations, translation + rotation @ root - root)
        else:
            layer = self._layer(_Heads(shapes, expression, Pose(pose.rotations, np.zeros((n_frames, 3)))))
            away = np.swapaxes(vertices, 1, 2) - layer.vertices
            pose = Pose(pose.rotations, (away @ self.sight.weights / self.sight.weights.sum()).astype(np.float64))
        return _Heads(shapes, expression, pose)

    def _expression_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return self.sight.least[self.n_identity :], self.sight.most[self.n_identity :]

    def _step_from(self, heads: _Heads, vertices: np.ndarray, layout: StepLayout, shared: bool) -> _Step:
        """The step from some heads: with ``shared`` the same in all frames for the identity."""
        n_shared = layout.n_identity if shared else 0
        own = slice(n_shared, layout.coefficients.stop)
        precise = self.sight.spread[self.n_identity - layout.n_identity :] ** -2.0
        matrix, right = np.zeros((n_shared, n_shared)), np.zeros(n_shared)
        solutions, squares, noises, neutral = [], [], [], self._neutral(heads.shape)
        for frames in _groups(len(vertices), FRAMES_TOGETHER):
            some = heads[frames]
            square, gradient, error = self._equations(some, neutral[frames], vertices[frames], layout)
            noise = np.maximum(error / 3, LEAST_NOISE**2)
            if self.sight.believed is not None:
                noise[:] = self.sight.believed
            coefficients = some.all_coefficients[:, self.n_identity - layout.n_identity :]
            own_prior = noise[:, None] * precise[own]
            diagonal = range(own.start, own.stop)
            square[:, diagonal, diagonal] += own_prior
            gradient[:, own] -= own_prior * coefficients[:, own]
            least, most = self._room(coefficients, gradient, layout, n_shared)
            if n_shared:
                solved = closed(square, gradient, n_shared, least, most)
                shared_part = reduced(square, gradient, solved)
                matrix, right = matrix + shared_part[0], right + shared_part[1]
            else:
                solved = within(square, gradient, least, most)[..., None]
            solutions.append(solved)
            squares.append(error)
            noises.append(noise)
        times = 1 if self.sight.believed is None else len(vertices)
        prior = times * np.concatenate(noises).mean() * precise[:n_shared]
        common = np.linalg.solve(matrix + np.diag(prior), right - prior * heads.shape[0, :n_shared])
        joined = np.concatenate(solutions)
        own_steps = joined[..., -1] - joined[..., :-1] @ common
        entries = np.concatenate([np.tile(common, (len(own_steps), 1)), own_steps], 1)
        return _Step(entries, float(np.sqrt(np.concatenate(squares).mean())))

    def _room(
        self, coefficients: np.ndarray, gradient: np.ndarray, layout: StepLayout, n_shared: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """How far each entry behind the shared ones may go (n, k): not beyond a bound, held joints nowhere."""
        least, most = np.full(gradient.shape, -np.inf), np.full(gradient.shape, np.inf)
        begin = self.n_identity - layout.n_identity
        least[:, layout.coefficients] = self.sight.least[begin:] - coefficients
        most[:, layout.coefficients] = self.sight.most[begin:] - coefficients
        least[:, layout.pose][:, self.held] = most[:, layout.pose][:, self.held] = 0.0
        return least[:, n_shared:], most[:, n_shared:]

    def _neutral(self, shapes: np.ndarray) -> np.ndarray:
        """Neutral heads (n, 3 V) float32 of shapes (n, S); equal shapes are computed once."""
        directions, template = self.part.directions[: self.n_identity], self.part.template
        if (shapes == shapes[0]).all():
            one = template + shapes[0].astype(np.float32) @ directions
            return np.broadcast_to(one, (len(shapes), len(one)))
        return template + shapes.astype(np.float32) @ directions

    def _layer(self, heads: _Heads, neutral: np.ndarray | None = None) -> Linearised:
        neutral = self._neutral(heads.shape) if neutral is None else neutral
        rest = neutral + heads.expression.astype(np.float32) @ self.part.directions[self.n_identity :]
        moved = heads.all_coefficients @ self.joint_directions.T
        joints = self.part.joints + moved.reshape(len(rest), -1, 3)
        return Linearised(self.part, rest.reshape(len(rest), 3, -1), joints, heads.pose)

    def _equations(
        self, heads: _Heads, neutral: np.ndarray, vertices: np.ndarray, layout: StepLayout
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Normal equations (n, k, k) and (n, k) float64, and mean squared distances (n,), square metres."""
        layer = self._layer(heads, neutral)
        residual = (np.swapaxes(vertices, 1, 2).astype(np.float32) - layer.vertices) * self.roots
        squares = (residual.astype(np.float64) ** 2).sum((1, 2)) / self.sight.weights.sum()
        return *self._products(layer, residual, layout), squares

    def _products(self, layer: Linearised, residual: np.ndarray, layout: StepLayout) -> tuple[np.ndarray, np.ndarray]:
        changes = np.concatenate([layer.pose_jacobian() * self.roots, residual[:, None]], 1)
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

    def _weighted(self, planar: np.ndarray) -> np.ndarray:
        return planar * np.tile(self.roots, 3)


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
