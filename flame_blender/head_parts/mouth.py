"""Teeth, gums and tongue in a model's mouth: the source's, brought along as one block and set behind the lips."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..correspondence.correspondence import Correspondence
from ..correspondence.rest_skin import RestSkin
from ..correspondence.starting import IBUG, static_points
from ..flame.controls import N_ROTATIONS, Controls
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..geometry.rigid import similarity_alignment
from ..long_work import part_of
from .following import JAW, NECK
from .shapes import before_rows, mouth_faces, mouth_shapes, triangle_grid

# Of rows of teeth, what is tried: metres that they go back for each metre from their edges to the gums, and how narrow
# they are; and metres further back that are taken rather than a whole metre of the one, or none of the other.
LEANS, LEAN_COST = (0.0, 0.2, 0.4), 0.005
WIDTHS, WIDTH_COST = (1.0, 0.94, 0.88), 0.012
CUT_COST = 1e-4  # metres that rows go back rather than be cut at one more point of the skin
MOST_BACK = 0.010
CLEAR = 0.0001  # metres between teeth and skin, beside what the grid takes
STEP = 2.5e-4  # metres between two ways back that are tried
CELL, CUT = 5e-4, 8  # metres: of the grid on which fronts of teeth are told; parts of an edge of theirs
BEFORE = 0.013  # metres: skin further behind the front of the teeth is no lip before them
NEAR, RING = 0.012, 0.018  # metres from the teeth
TONGUE_OUT, FURTHER_OUT = "tongueOut", np.array([0.0, -0.7, 1.0])
MOVES = ("jawForward", "jawLeft", "jawRight", TONGUE_OUT)  # controls that move the source's mouth beside the jaw
LEAST_MOVE = 1e-4  # metres
BELOW_BROWS = slice(-41, None)  # of iBUG's points
INNER_LIPS = [-7, -6, -5, -3, -2, -1]  # of iBUG's points, from the last: the middle of the upper and of the lower lip
NO_ROWS = np.zeros(0, int)


@dataclass(frozen=True, eq=False)
class Mouth:
    """The arrays of :class:`.parts.HeadParts` that are the mouth's; ``ids`` (M,): its vertices in the source."""

    ids: np.ndarray
    vertices: np.ndarray
    jaw: np.ndarray
    ring: np.ndarray
    near: np.ndarray
    near_points: np.ndarray
    moves: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """Which of the mouth's M vertices are whose, and the triangles of the two rows of teeth.

    ``jaw`` (M,): how much each vertex follows the jaw. ``upper`` and ``lower`` (T, 3): the triangles, of rows of the M.
    ``tongue`` (M,) bool.
    """

    jaw: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    tongue: np.ndarray


@dataclass(frozen=True, eq=False)
class _Extent:
    """How far back and forward a row of teeth reaches, Z in metres, on a grid over X and Y that begins at ``low`` (2,).

    ``front`` is -inf where no tooth is, and ``back`` inf.
    """

    low: np.ndarray
    back: np.ndarray
    front: np.ndarray

    def beyond(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For points (P, 3) metres by which the row's back and front are before each; not for points beside it."""
        cells = np.floor((points[:, :2] - self.low) / CELL).astype(int)
        inside = ((cells >= 0) & (cells < self.front.shape)).all(1)
        at, z = tuple(cells[inside].T), points[inside, 2]
        covered = np.isfinite(self.front[at])
        return (self.back[at] - z)[covered], (self.front[at] - z)[covered]


def fitting_mouth(
    source: FlameModel,
    ids: np.ndarray,
    rows: Rows,
    target: RestSkin,
    controls: Controls,
    correspondence: Correspondence,
) -> Generator[float, None, Mouth]:
    """The source's vertices ``ids`` (M,) in the target's mouth; yields the share that is done.

    All go along by one similarity, so that rows meet as they did, and as far below the lips' line. Where lips, cheeks
    and the folds behind them would be cut at some preset, rows lean back to their gums, as the folds do, are narrower,
    and the whole is set back.
    """
    rest = source.v_template[ids].astype(np.float64)
    scale, turn, shift = _along(source, correspondence)
    placed = scale * rest @ turn.T + shift
    faces = mouth_faces(target.faces, target.vertices, placed[np.unique(np.r_[rows.upper, rows.lower])])
    shapes = yield from part_of(before_rows(target.model, faces, mouth_shapes(controls)), 0.0, 0.7)
    tried = []
    for lean, width in product(LEANS, WIDTHS):
        shaped = _shaped(placed, rows, lean, width)
        back, cuts = _needed(shaped, rows, shapes)
        shaped[:, 2] -= back
        tried.append((back + LEAN_COST * lean + WIDTH_COST * (1 - width) + CUT_COST * cuts, back, shaped))
        yield 0.7 + 0.25 * len(tried) / (len(LEANS) * len(WIDTHS))
    _, back, stood = min(tried, key=lambda each: each[0])
    near, points = _kept_away(stood, rows, target, np.unique(faces))
    away = np.linalg.norm(target.vertices[target.ids][:, None] - stood[::5], axis=2).min(1)
    moves = _moves(source, ids, scale * turn, stood, rows.jaw, target.model, controls, back)
    return Mouth(ids, stood, rows.jaw, target.ids[away < RING], near, points, *moves)


def _along(source: FlameModel, correspondence: Correspondence) -> tuple[float, np.ndarray, np.ndarray]:
    """The similarity that eyes, nose and lips go along by, and where it ends: with lips on lips.

    What lies in the mouth itself is warped by no skin about it: by that, teeth hang 5 mm below FLAME's lips' line.
    """
    points = static_points(source, source.landmarks[IBUG])[BELOW_BROWS]
    # Both the source and FLAME's heads are mirror images of themselves: what the warp has of a side is its error.
    mirror = np.array([-1.0, 1.0, 1.0])
    rest = np.concatenate([points, mirror * points])
    warped = correspondence.warp(rest)
    warped = 0.5 * (warped + mirror * np.roll(warped, len(points), 0))
    scale, turn, shift = similarity_alignment(rest, warped)
    lips = np.flatnonzero(np.isin(np.arange(len(points)) - len(points), INNER_LIPS))
    off = warped[lips] - scale * rest[lips] @ turn.T - shift
    return scale, turn, shift + off.mean(0) * (0, 1, 1)


def _shaped(placed: np.ndarray, rows: Rows, lean: float, width: float) -> np.ndarray:
    """(M, 3) the mouth so many times as wide, its teeth leaning back by ``lean`` for each metre towards the gums."""
    leaning = placed.copy()
    leaning[:, 0] = placed[:, 0].mean() + width * (placed[:, 0] - placed[:, 0].mean())
    for triangles, jaw, sign in ((rows.upper, 0.0, 1.0), (rows.lower, 1.0, -1.0)):
        high = sign * placed[np.unique(triangles), 1]
        of_row = (rows.jaw == jaw) & ~rows.tongue
        leaning[of_row, 2] -= lean * (sign * placed[of_row, 1] - np.quantile(high, 0.1))
    return leaning


def _needed(placed: np.ndarray, rows: Rows, shapes: tuple[np.ndarray, np.ndarray]) -> tuple[float, int]:
    """The least way back, metres, where no skin runs through the teeth at any shape, nor before them at rest.

    Or through as little of it as can be: with at how many points of the skin, over all shapes, it does.
    ``shapes``: points (S, P, 3) of the mouth's skin as either row sees them, the first of them at rest.
    """
    ways = np.arange(0.0, MOST_BACK + STEP / 2, STEP)
    barred = np.zeros(len(ways) + 1, int)
    for triangles, seen in zip((rows.upper, rows.lower), shapes, strict=True):
        extent = _extent(placed, triangles)
        for number, points in enumerate(seen):
            back, front = extent.beyond(points)
            front, back = front[front < BEFORE] + CLEAR, back[front < BEFORE] - CLEAR
            begin = np.zeros(len(back), int) if number == 0 else np.searchsorted(ways, back, "right")
            end = np.searchsorted(ways, front, "left")
            met = end > begin
            np.add.at(barred, begin[met], 1)
            np.add.at(barred, end[met], -1)
    cuts = np.cumsum(barred)[:-1]
    return float(ways[cuts.argmin()]), int(cuts.min())


def _extent(placed: np.ndarray, triangles: np.ndarray) -> _Extent:
    """Of the triangles (T, 3) of one row of teeth."""
    points = np.einsum("sk,fkc->fsc", triangle_grid(CUT), placed[triangles]).reshape(-1, 3)
    low = points[:, :2].min(0)
    cells = np.floor((points[:, :2] - low) / CELL).astype(int)
    front = np.full(cells.max(0) + 1, -np.inf)
    back = np.full(cells.max(0) + 1, np.inf)
    np.maximum.at(front, tuple(cells.T), points[:, 2])
    np.minimum.at(back, tuple(cells.T), points[:, 2])
    return _Extent(low, back, front)


def _kept_away(placed: np.ndarray, rows: Rows, target: RestSkin, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (C,) of the skin that lie near before the teeth at rest, and the points (C, 3) of the teeth there."""
    near, points = [NO_ROWS], [np.zeros((0, 3))]
    for triangles in (rows.upper, rows.lower):
        extent = _extent(placed, triangles)
        for vertex in ids:
            _, front = extent.beyond(target.vertices[vertex][None])
            if len(front) and -NEAR < front[0] < 0:
                near.append(np.array([vertex]))
                points.append(target.vertices[vertex][None] + np.array([0.0, 0.0, front[0]]))
    return np.concatenate(near), np.concatenate(points)


def _moves(
    source: FlameModel,
    ids: np.ndarray,
    linear: np.ndarray,
    placed: np.ndarray,
    jaw: np.ndarray,
    target: FlameModel,
    controls: Controls,
    back: float,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """What controls move of the source's mouth beside the joints, less what the target's jaw does, and their names."""
    evaluator, own = FlameEvaluator(target), source.controls
    moves, names = [], []
    for name in MOVES:
        if own is None or name not in controls.names or name not in own.names:
            continue
        expression = own.table[own.names.index(name)][:-N_ROTATIONS]
        wanted = source.shapedirs[ids][:, :, source.n_identity :] @ expression @ linear.T
        if name == TONGUE_OUT:  # as far out of the lips as the source's, and down on the lower one
            lengths = np.linalg.norm(wanted, axis=1, keepdims=True)
            wanted += back * lengths / lengths.max() * FURTHER_OUT
        fields = controls.fields(np.eye(len(controls.names), dtype=np.float32)[controls.names.index(name)])
        rotations = np.zeros((5, 3))
        rotations[JAW] = fields["jaw"] if name != TONGUE_OUT else 0.0
        carried = evaluator.prepare().carried(fields["expression"] * 0, rotations, np.zeros(3))
        turned = placed @ carried[JAW, :, :3].T + carried[JAW, :, 3]
        still = placed @ carried[NECK, :, :3].T + carried[NECK, :, 3]
        wanted -= jaw[:, None] * (turned - still)
        if np.abs(wanted).max() > LEAST_MOVE:
            moves.append(wanted)
            names.append(name)
    return np.array(moves).reshape(len(moves), len(ids), 3), tuple(names)
