"""The same person, expression and pose in another model's own numbers: least squares over what both show.

The target's vertices should lie where the source has them. One identity is solved for all frames together, then the
expression and the pose of each, whose translation takes up that joints rest elsewhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..fitting.meshes.mesh_solver import MeshSolver, Sight
from ..fitting.solver.layer import HeadPart
from ..fitting.solver.least_squares import Prior
from ..fitting.solver.linearised import Pose
from ..flame.evaluator import FlameEvaluator
from ..flame.offsets import offsets_from_vertices
from ..flame.params import COEFFICIENT_FIELDS, POSE_FIELDS, VECTOR_FIELDS, FlameParams
from ..geometry.rotations import matrix_from_axis_angle
from ..long_work import part_of
from ..sequences.sequence import params_of_frames
from .left_over import offsets_for
from .places import Places

# The vertices are exact, and coefficients count next to nothing at first (square metres); then as much as they can, so
# that directions which the vertices hardly tell do not run away, without the residual rising by more than EXCESS of it.
LEAST_BELIEVED, EXCESS = 1e-12, 0.006
LEAST_SHOWN = 1.0  # vertices that a joint carries, at least, so that they tell how it is turned
FRAMES_AT_ONCE = 128
# Rounds of solving beside offsets, then of offsets alone, which move the joints, until they change by less (metres).
SOLVED_BESIDE, OFFSET_ROUNDS, SETTLED = 2, 8, 1e-6


@dataclass(frozen=True, eq=False)
class ConvertedParams:
    """Parameters of another model.

    Attributes
    ----------
    params : FlameParams
        With a frame axis where the source's had one.
    residuals : (N,) float64, metres
        Root mean square distance, in each frame, of the vertices from where the source has them.
    """

    params: FlameParams
    residuals: np.ndarray


@dataclass(frozen=True, eq=False)
class Acted:
    """A head over time, as it is to be shown by another model.

    ``params`` with a frame axis; ``vertices_of(frames)`` the head's vertices (n, V, 3) in some of them, without the
    lids of the parameters where these ``lids_are_kept``. ``numbers`` (N, D) are all that change with the frame.
    """

    params: FlameParams
    vertices_of: Callable[[np.ndarray], np.ndarray]
    numbers: np.ndarray
    lids_are_kept: bool = False

    @classmethod
    def of(cls, source: FlameEvaluator, target: FlameEvaluator, params: FlameParams) -> Acted:
        """What parameters of ``source`` show. One frame becomes a clip of one."""
        if params.n_frames is None:
            params = dataclasses.replace(params, translation=params.translation[None])
        kept = params.eyelids is not None and lids_mean_the_same(source, target)
        shown = dataclasses.replace(params, eyelids=None) if kept else params
        count = params.n_frames or 0
        numbers = [getattr(params, name) for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS, "eyelids")]
        numbers = [each for each in numbers if each is not None and each.ndim == 2]
        if params.offsets is not None and params.offsets.ndim == 3:
            numbers.append(params.offsets.reshape(count, -1))

        def vertices_of(frames: np.ndarray) -> np.ndarray:
            return source.vertices(params_of_frames(shown, frames))

        return cls(params, vertices_of, np.concatenate(numbers, 1), kept)


def lids_mean_the_same(source: FlameEvaluator, target: FlameEvaluator) -> bool:
    """Whether eyelid values are taken over: both models have the shapes for them, and no expression need show them."""
    return source.eyelid_rows is not None and target.eyelid_rows is not None


def converting_params(
    acted: Acted, target: FlameEvaluator, places: Places, *, within_range: bool = True, offsets: bool = False
) -> Generator[float, None, ConvertedParams]:
    """What ``acted`` shows as parameters of ``target``, whose vertices lie at ``places``.

    Yields the share that is done. Movements that go from 0 to 1 stay ``within_range``, or may leave it. With
    ``offsets`` what is left over becomes offsets of the target: of one frame all of it, of more its mean.
    """
    first, back = _without_repeats(acted.numbers)
    meshes = _Shown(acted, places, first)
    solver, start = MeshSolver(target, _sight(target, places, within_range)), _pose(acted.params, first)
    yield 0.02
    # places on another topology are off, neighbours alike: fitted to the last they make a person of 100 deviations
    exact = places.corners.shape[1] == 1
    believed = solver.most_believed(meshes, start, EXCESS) if exact else None
    yield 0.1
    solver.sight = dataclasses.replace(solver.sight, believed=believed)
    params = yield from part_of(solver.solving(meshes, start=start), 0.1, 0.5 if offsets else 0.95)
    if offsets:
        params = yield from part_of(_with_offsets(target, places, meshes, params, solver.sight), 0.5, 0.95)
    residuals = np.concatenate([_residuals(places, away) for away in _away(target, places, meshes, params)])
    yield 1.0
    params = params_of_frames(params, back)
    if acted.lids_are_kept:
        lids, unturned = acted.params.eyelids, acted.params.eyelids_unturned
        params = dataclasses.replace(params, eyelids=lids, eyelids_unturned=unturned)
    return ConvertedParams(params, residuals[back])


def one_frame(params: FlameParams) -> FlameParams:
    """The first frame, without a frame axis."""
    fields = {name: getattr(params, name) for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS, "eyelids")}
    single = {name: each[0] for name, each in fields.items() if each is not None and each.ndim == 2}
    return dataclasses.replace(params, **single)


class _Shown:
    """Where the target's vertices belong in some of the frames, evaluated when they are asked for."""

    def __init__(self, acted: Acted, places: Places, frames: np.ndarray) -> None:
        self.acted, self.places, self.frames = acted, places, frames

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, frames: Any) -> np.ndarray:
        return self.places.on(self.acted.vertices_of(self.frames[frames]))


def _sight(target: FlameEvaluator, places: Places, within_range: bool) -> Sight:
    part, prior = _part(target, places, None), Prior.of(target)
    carried = part.weights @ places.trust
    held = tuple(name for name, count in zip(POSE_FIELDS, carried, strict=True) if count < LEAST_SHOWN)
    unbounded = np.full(len(prior.least), np.inf)
    least, most = (prior.least, prior.most) if within_range else (-unbounded, unbounded)
    return Sight(part, places.trust, least, most, prior.spread, held, LEAST_BELIEVED)


def _part(target: FlameEvaluator, places: Places, offsets: np.ndarray | None) -> HeadPart:
    whole = HeadPart.whole(target, offsets)
    return whole if np.array_equal(places.vertices, np.arange(whole.n_vertices)) else whole.some(places.vertices)


def _with_offsets(
    target: FlameEvaluator, places: Places, meshes: _Shown, params: FlameParams, sight: Sight
) -> Generator[float, None, FlameParams]:
    """With what is left over as offsets, the same in all frames, and expression and pose solved again beside them."""
    every = np.arange(len(meshes))
    for number in range(SOLVED_BESIDE):
        offsets = offsets_for(target, places, params, _away(target, places, meshes, params))
        with_offsets = dataclasses.replace(sight, part=_part(target, places, offsets))
        solving = MeshSolver(target, with_offsets).solving(meshes, start=_pose(params, every), identity=params.shape)
        params = yield from part_of(solving, number / SOLVED_BESIDE, (number + 1) / SOLVED_BESIDE)
        params = dataclasses.replace(params, offsets=offsets)
    if len(meshes) == 1 and len(places.vertices) == target.model.n_vertices and places.trust.min() == 1:
        exact = offsets_from_vertices(target, one_frame(params), meshes[every][0])
        return dataclasses.replace(params, offsets=exact)
    for _ in range(OFFSET_ROUNDS):
        offsets = offsets_for(target, places, params, _away(target, places, meshes, params))
        change = np.abs(offsets - params.offsets).max()
        params = dataclasses.replace(params, offsets=offsets)
        if change < SETTLED:
            break
    return params


def _away(target: FlameEvaluator, places: Places, meshes: _Shown, params: FlameParams) -> Iterator[np.ndarray]:
    """(n, V', 3) float32, of some frames at a time: from where the target has its vertices to where they belong."""
    for start in range(0, len(meshes), FRAMES_AT_ONCE):
        frames = slice(start, start + FRAMES_AT_ONCE)
        yield meshes[frames] - target.vertices(params_of_frames(params, frames))[:, places.vertices]


def _residuals(places: Places, away: np.ndarray) -> np.ndarray:
    """(n,) float64: root mean squares, by the trust in the places."""
    return np.sqrt((away.astype(np.float64) ** 2).sum(2) @ places.trust / places.trust.sum())


def _pose(params: FlameParams, frames: np.ndarray) -> Pose:
    """Rotations (n, 5, 3, 3) and translations (n, 3) of some frames."""
    fields = [np.broadcast_to(getattr(params, name), (params.n_frames or 0, 3)) for name in VECTOR_FIELDS]
    vectors = np.stack(fields, 1)[frames]
    return Pose(matrix_from_axis_angle(vectors[:, :-1]), vectors[:, -1].astype(np.float64))


def _without_repeats(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The frames that differ, where each is first, and for each frame (N,) which of them it is.

    So a face that stands still does so on the other model, to the last digit.
    """
    _, first, back = np.unique(numbers, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return first[order], np.argsort(order)[back.reshape(-1)]
