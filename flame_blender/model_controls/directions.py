"""Movements of a head made of what its model can do: its expression, its eyelids where it has such shapes, its jaw."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..correspondence.correspondence import Correspondence
from ..correspondence.lips import Lips
from ..correspondence.lips_and_lids import UPPER_AND_LOWER
from ..correspondence.rest_skin import RestSkin
from ..correspondence.starting import IBUG
from ..flame.controls import N_ROTATIONS
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from .bounded import bounded_beyond, bounded_least_squares
from .open_jaw import over_open_jaw
from .sides import side_of
from .weights import vertex_weights

SPREAD = 1e-5  # metres that a coefficient's square counts for beside the residual's, both as means over the skin
LARGEST = 2.0  # of a coefficient, for one control
LARGEST_SUM = 2.9  # of a coefficient, for a preset's controls together: 3 at most, however it is rounded
LID_CONTROLS = ("eyeBlink", "eyeSquint", "eyeLookDown")  # that eyelid shapes take part in: they only shut
LARGEST_LID, LID_SPREAD = 1.2, 5e-7
BESIDE_LIDS = 5e-5  # the spread of the expression beside eyelid shapes, so that the rest of the face is still
WITH_JAW = ("jawForward", "jawLeft", "jawRight", "mouthLeft", "mouthRight")  # what the jaw's joint takes part in
OPENING = ("jawOpen",)  # what the jaw's joint does alone
JAW_SPREAD, LARGEST_TURN = 3e-4, np.deg2rad(8.0)  # metres for a radian; radians about each axis
MOST = LARGEST_LID, LARGEST_TURN
MOVES, LIP_ROUNDS = 1e-4, 4  # metres that lips move; rounds of parting them
CROSSED, ABOUT = 1.5e-4, 2e-5  # metres that they may pass each other by, and how exactly
_, RIGHT_LIDS, LEFT_LIDS = UPPER_AND_LOWER
SMALL_TURN = 1e-3  # radians, by which derivatives are told
OPENING_STEPS = 4
ROUNDS, MOST_ROUNDS = 8, 40  # of bounding what adds up to too much: first all is solved anew, then only less
JAW = slice(-N_ROTATIONS, 3 - N_ROTATIONS)  # columns of a table of controls


class Kind(NamedTuple):
    """What one movement is made of, and which side of it should be still."""

    side: float
    with_lids: bool
    with_jaw: bool


class Directions:
    """What a model can do, linear about its rest, and movements made of that."""

    def __init__(self, model: FlameModel, found: Correspondence) -> None:
        self.model, self.evaluator = model, FlameEvaluator(model)
        self.rest = self.evaluator.vertices(FlameParams()).astype(np.float64)
        self.n_expression = model.n_expression
        expression = model.shapedirs[:, :, model.n_identity :].transpose(2, 0, 1).astype(np.float64)
        lids = np.zeros((0, model.n_vertices, 3)) if model.eyelid_shapes is None else model.eyelid_shapes
        self.n_lids = len(lids)
        self.columns = np.concatenate([expression, lids.astype(np.float64), self._turned(np.zeros(3))])
        self.weights = {side: vertex_weights(found, model, side) for side in (-1.0, 0.0, 1.0)}
        self._scaled = {
            side: (self.columns * np.sqrt(weights)[None, :, None]).reshape(len(self.columns), -1)
            for side, weights in self.weights.items()
        }
        ibug = found.landmarks[IBUG]
        self.lips = Lips(RestSkin(model), ibug)
        self._lid_corners = model.faces[ibug.static_faces]
        self._lid_weights = ibug.static_barycentric[..., None]
        self._grams = {side: scaled @ scaled.T for side, scaled in self._scaled.items()}

    def _turned(self, jaw: np.ndarray) -> np.ndarray:
        """(3, V, 3) metres for a radian: derivatives by the jaw's rotation about each axis."""
        steps = SMALL_TURN * np.eye(3)
        pairs = [[self.evaluator.vertices(FlameParams(jaw=jaw + sign * step)) for sign in (1, -1)] for step in steps]
        return np.array([(one.astype(np.float64) - other) / (2 * SMALL_TURN) for one, other in pairs])

    def making(self, names: tuple[str, ...], movements: np.ndarray, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What makes ``movements`` (C, V, 3) of the controls ``names`` best: a table (C, E + 9) and eyelids (C, 2).

        The sum of w^2 |A x - d|^2 over vertices and of s^2 |x|^2 over coefficients is least, no coefficient over 2 for
        one control, nor over 3 for what each of ``sums`` (P, C) has of the controls together: where one would be, those
        that make it so are bounded in proportion, and all is solved anew. Nor do lips pass each other.
        """
        bounds = np.full((len(names), self.n_expression), LARGEST)
        by_jaw_alone = np.isin(names, OPENING)
        linear = np.where(by_jaw_alone[:, None, None], 0.0, movements)
        moving = np.abs(linear[:, self.lips.facing.vertices]).max((1, 2), initial=0.0) > MOVES
        moving[list(over_open_jaw(names))] = False  # it takes them through each other, but for the jaw
        others = ~moving & ~by_jaw_alone & linear.any((1, 2))
        others[list(over_open_jaw(names))] = False
        for number in range(MOST_ROUNDS):
            if number < ROUNDS:
                x = self._solved(names, linear, bounds)
                if not number:  # brows that are drawn up by directions that move lips too
                    moving[[row for row in np.flatnonzero(others) if self._crosses(x[row])]] = True
                for row in np.flatnonzero(moving):
                    x[row] = self._with_lips_apart(names[row], linear[row], bounds[row], x[row])
            expression = x[:, : self.n_expression]
            np.clip(expression, -bounds, bounds, out=expression)
            many = np.argwhere(np.abs(sums @ expression) > LARGEST_SUM)
            if not len(many):
                break
            for row, column in many:
                parts = sums[row] * expression[:, column]
                adding = parts * parts.sum() > 0
                share = LARGEST_SUM / np.abs(parts[adding].sum())
                bounds[adding, column] = np.minimum(bounds[adding, column], share * np.abs(expression[adding, column]))
        table, lids = np.zeros((len(names), self.n_expression + N_ROTATIONS)), np.zeros((len(names), 2))
        table[:, : self.n_expression] = expression
        table[:, JAW], lids[:, : self.n_lids] = x[:, -3:], x[:, self.n_expression : -3]
        for row in np.flatnonzero(by_jaw_alone):
            table[row, JAW] = self.opening(movements[row])
        return table, lids

    def _solved(self, names: tuple[str, ...], movements: np.ndarray, bounds: np.ndarray) -> np.ndarray:
        """(C, K) amounts of all columns, those of the same kind together."""
        x = np.zeros((len(names), self.n_expression + self.n_lids + 3))
        kinds = [self._kind(name) for name in names]
        for kind in dict.fromkeys(kinds):
            rows = np.array([row for row, each in enumerate(kinds) if each == kind])
            columns, *problem = self._problem(kind, movements[rows], bounds[rows])
            x[np.ix_(rows, columns)] = bounded_least_squares(*problem).T
        return x

    def _kind(self, name: str) -> Kind:
        return Kind(side_of(name), bool(self.n_lids) and name.startswith(LID_CONTROLS), name in WITH_JAW)

    def _problem(self, kind: Kind, movements: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, ...]:
        """The columns (k,) that make movements (D, V, 3), and what :func:`bounded_least_squares` is given for them."""
        counts = (self.n_expression, self.n_lids if kind.with_lids else 0, 3 if kind.with_jaw else 0)
        n_columns = self.n_expression + self.n_lids + 3
        columns = np.r_[: counts[0] + counts[1], n_columns - counts[2] : n_columns]
        spreads = np.repeat([BESIDE_LIDS if kind.with_lids else SPREAD, LID_SPREAD, JAW_SPREAD], counts)
        of_lids, of_jaw = (np.full((count, len(movements)), most) for count, most in zip(counts[1:], MOST, strict=True))
        high = np.concatenate([bounds.T, of_lids, of_jaw])
        low = np.concatenate([-bounds.T, 0 * of_lids, -of_jaw])
        scaled = (movements * np.sqrt(self.weights[kind.side])[None, :, None]).reshape(len(movements), -1)
        gram = self._grams[kind.side][np.ix_(columns, columns)] + np.diag(spreads**2)
        return columns, gram, self._scaled[kind.side][columns] @ scaled.T, low, high

    def _with_lips_apart(self, name: str, movement: np.ndarray, bounds: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Amounts ``x`` (K,) that make a movement (V, 3) best without lips that pass each other.

        What faces the other lip comes no nearer than it may, or than the movement itself brings it; then what has met
        the other lip where it came to lie.
        """
        lips = self.lips
        columns, gram, right, low, high = self._problem(self._kind(name), movement[None], bounds[None])
        rows = lips.facing.parted(self.columns[columns]).T
        least = np.minimum(-lips.room, lips.facing.parted(movement)) - CROSSED
        for _ in range(LIP_ROUNDS):
            if (rows @ x[columns] < least - ABOUT).any():
                x[columns] = bounded_beyond(gram, right, low, high, rows, least)
            now, deep = lips.passing(self.made(x))
            some = deep > CROSSED + ABOUT
            if not some.any():
                break
            further = now[some].parted(self.columns[columns]).T
            rows = np.concatenate([rows, further])
            least = np.concatenate([least, further @ x[columns] + deep[some] - CROSSED])
        return x

    def _crosses(self, x: np.ndarray) -> bool:
        """Whether lips pass each other by amounts (K,) of all columns."""
        return self.lips.crossed(self.made(x)) > CROSSED + ABOUT

    def made(self, x: np.ndarray) -> np.ndarray:
        """(V, 3) the mean head with amounts (K,) of all columns."""
        lids = np.zeros(2)
        lids[: self.n_lids] = x[self.n_expression : -3]
        return self.evaluator.vertices(FlameParams(expression=x[: self.n_expression], jaw=x[-3:], eyelids=lids))

    def eye_open(self, vertices: np.ndarray, side: float) -> float:
        """What is left between the lids of the eye on that side, of the gap at rest, by iBUG's points on them."""
        upper, lower = LEFT_LIDS if side > 0 else RIGHT_LIDS
        wide = []
        for each in (vertices, self.rest):
            points = (each[self._lid_corners] * self._lid_weights).sum(1)
            wide.append(np.linalg.norm(points[upper] - points[lower], axis=1).sum())
        return float(wide[0] / wide[1])

    def opening(self, movement: np.ndarray) -> np.ndarray:
        """The jaw's rotation (3,) about X that opens the mouth so: Gauss's and Newton's steps."""
        weights, jaw = self.weights[0.0], np.zeros(3)
        for _ in range(OPENING_STEPS):
            left = self.rest + movement - self.evaluator.vertices(FlameParams(jaw=jaw))
            along = self._turned(jaw)[0]
            jaw[0] += (weights @ (along * left).sum(1)) / (weights @ (along * along).sum(1))
        return jaw
