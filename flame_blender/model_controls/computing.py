"""The controls of the built-in head for another model, by that model's own expression, jaw and eyes."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from ..correspondence.correspondence import Correspondence
from ..correspondence.corresponding import corresponding
from ..correspondence.movements import carried_over
from ..errors import ModelError
from ..fitting.scans.matching import NearestSurface
from ..flame.controls import N_ROTATIONS, Controls
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..long_work import part_of
from .bounded import bounded_least_squares
from .computed import ComputedControls
from .quality import EXACT, UNREACHABLE, ControlQuality, quality_of
from .weights import on_other_side, side_of, vertex_weights

USUAL_SPAN = 0.0415 / np.sqrt(5023)  # metres: root mean square of FLAME 2023's first ten directions
SPREAD = 5e-5  # metres that a coefficient's square counts for beside the residual's, for directions of that span
LARGEST = 2.0  # of a coefficient: presets add up
WITH_JAW = ("jawForward", "jawLeft", "jawRight", "mouthLeft", "mouthRight")  # what the jaw's joint takes part in
JAW_SPREAD, JAW_LARGEST = 3e-4, np.deg2rad((8.0, 8.0, 8.0))  # metres for a radian; radians about each axis
SMALL_TURN = 1e-3  # radians, by which derivatives are told
OPENING_STEPS = 4
CORRECTIVE_STEPS = 12  # a jaw at 20 degrees turns offsets by as much: each step leaves a third of what is wrong
SMALLEST_CORRECTIVE = 1e-6  # metres
NOTHING_TO_MOVE = ("tongueOut",)  # in FLAME
JAW, GAZE = slice(-N_ROTATIONS, 3 - N_ROTATIONS), slice(3 - N_ROTATIONS, None)  # columns of a table of controls


def computing_controls(
    source: FlameModel, target: FlameModel, surface: NearestSurface
) -> Generator[float, None, ComputedControls]:
    """Controls for ``target`` that do what those of ``source`` do; yields the share that is done.

    Each movement of the source is carried over to the target's skin, and made of the target's expression: the sum of
    w^2 |A x - d|^2 over vertices and of s^2 |x|^2 over coefficients is least, no coefficient over 2. The jaw's joint
    takes part where a jaw does; gazes turn the eyes as those of the source. ``surface`` is asked where the target has
    no landmarks (see ``correspondence``). Raises ModelError where the source has no controls.
    """
    if source.controls is None:
        raise ModelError("source: expected a model with named controls, found none.")
    found = yield from part_of(corresponding(source, target, surface), 0.0, 0.8)
    wanted = carried_over(found, source, target, _movements(source, source.controls))
    yield 0.9
    solver = _Solver(target, found)
    rows: list[np.ndarray] = []
    qualities: list[ControlQuality] = []
    correctives = np.zeros((len(wanted), target.n_vertices, 3), np.float32)
    for name, movement, row in zip(source.controls.names, wanted, source.controls.table, strict=True):
        solved = solver.solved(name, movement)
        solved[GAZE] = row[GAZE]
        correctives[len(rows)] = solver.corrective(movement, solved)
        rows.append(solved)
        qualities.append(solver.quality(name, movement, solved))
        yield 0.9 + 0.1 * len(rows) / len(wanted)
    table = np.array(rows, np.float32)
    for array in (table, correctives):
        array.setflags(write=False)
    controls = Controls(source.controls.names, table, source.controls.presets, correctives=correctives)
    return ComputedControls(controls, tuple(qualities), found)


def _movements(source: FlameModel, controls: Controls) -> np.ndarray:
    """(C, V, 3) metres: what each control moves of the head at rest by its expression and its jaw."""
    evaluator = FlameEvaluator(source)
    rest = evaluator.vertices(FlameParams()).astype(np.float64)
    moved = [
        evaluator.vertices(FlameParams(expression=row[:-N_ROTATIONS], jaw=row[JAW])) - rest for row in controls.table
    ]
    return np.array(moved)


class _Solver:
    """Movements of a model made of its own expression and jaw."""

    def __init__(self, target: FlameModel, found: Correspondence) -> None:
        self.target, self.found, self.evaluator = target, found, FlameEvaluator(target)
        self.rest = self.evaluator.vertices(FlameParams()).astype(np.float64)
        expression = target.shapedirs[:, :, target.n_identity :].transpose(2, 0, 1).astype(np.float64)
        self.columns = np.concatenate([expression, self._turned(np.zeros(3))])
        self.spread = SPREAD * np.sqrt((expression[:10] ** 2).sum((1, 2)).mean() / target.n_vertices) / USUAL_SPAN
        self.sides = {side: self._weighted(side) for side in (-1.0, 0.0, 1.0)}

    def _turned(self, jaw: np.ndarray) -> np.ndarray:
        """(3, V, 3) metres for a radian: derivatives by the jaw's rotation about each axis."""
        steps = SMALL_TURN * np.eye(3)
        pairs = [[self.evaluator.vertices(FlameParams(jaw=jaw + sign * step)) for sign in (1, -1)] for step in steps]
        return np.array([(one.astype(np.float64) - other) / (2 * SMALL_TURN) for one, other in pairs])

    def _weighted(self, side: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weights (V,), the columns times their roots (K, 3 V), and the Gram matrix (K, K) of a side's movements."""
        weights = vertex_weights(self.found, self.target, side)
        scaled = (self.columns * np.sqrt(weights)[None, :, None]).reshape(len(self.columns), -1)
        return weights, scaled, scaled @ scaled.T

    def solved(self, name: str, movement: np.ndarray) -> np.ndarray:
        """A row (E + 9,) of the table of controls."""
        row = np.zeros(self.target.n_expression + N_ROTATIONS)
        if name == "jawOpen":
            row[JAW] = self._opened(movement)
            return row
        weights, scaled, gram = self.sides[side_of(name)]
        count = len(self.columns) if name in WITH_JAW else self.target.n_expression
        spreads = np.r_[np.full(self.target.n_expression, self.spread), np.full(3, JAW_SPREAD)][:count]
        bounds = np.r_[np.full(self.target.n_expression, LARGEST), JAW_LARGEST][:count, None]
        right = scaled[:count] @ (movement * np.sqrt(weights)[:, None]).ravel()
        x = bounded_least_squares(gram[:count, :count] + np.diag(spreads**2), right[:, None], -bounds, bounds)[:, 0]
        row[: self.target.n_expression] = x[: self.target.n_expression]
        if count == len(self.columns):
            row[JAW] = x[-3:]
        return row

    def _opened(self, movement: np.ndarray) -> np.ndarray:
        """The jaw's rotation (3,) about X that opens the mouth so: Gauss's and Newton's steps."""
        weights, jaw = self.sides[0.0][0], np.zeros(3)
        for _ in range(OPENING_STEPS):
            left = self.rest + movement - self.evaluator.vertices(FlameParams(jaw=jaw))
            along = self._turned(jaw)[0]
            jaw[0] += (weights @ (along * left).sum(1)) / (weights @ (along * along).sum(1))
        return jaw

    def corrective(self, movement: np.ndarray, row: np.ndarray) -> np.ndarray:
        """(V, 3) metres: the offsets with which a row of the table does the movement; 0 where nothing is skin."""
        skin = self.found.vertices
        offsets = np.zeros_like(movement)
        for _ in range(CORRECTIVE_STEPS if row[JAW].any() else 1):
            params = FlameParams(expression=row[:-N_ROTATIONS], jaw=row[JAW], offsets=offsets)
            offsets[skin] += (self.rest + movement - self.evaluator.vertices(params))[skin]
        offsets[np.abs(offsets).max(1) < SMALLEST_CORRECTIVE] = 0.0
        return offsets

    def quality(self, name: str, movement: np.ndarray, row: np.ndarray) -> ControlQuality:
        """How well a row of the table does the movement; whether anything there moves at all."""
        if name in NOTHING_TO_MOVE:
            return UNREACHABLE
        if row[GAZE].any() and not movement.any():
            return EXACT
        expression = row[:-N_ROTATIONS]
        made = self.evaluator.vertices(FlameParams(expression=expression, jaw=row[JAW])) - self.rest
        weights = self.sides[0.0][0]
        return quality_of(movement, made, weights, on_other_side(self.rest, side_of(name)), expression)
