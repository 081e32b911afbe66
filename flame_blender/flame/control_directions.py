"""Named controls as directions of a head: what a score of 1 adds to its skin, its joints and its rotations.

A control moves the skin by expression and by a corrective. Both are one direction here, so a score costs what a
coefficient costs, however many coefficients stand behind it.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np

from .controls import N_ROTATIONS, ROTATIONS, Controls
from .evaluator import Added, FlameEvaluator
from .value_layout import ValueLayout

SETS_KEPT = 4  # of the directions of scores that are not zero together


class ControlDirections:
    """The controls of a model called ``names``, in that order; names that it does not have do nothing.

    ``flame_only`` leaves the correctives out.
    """

    def __init__(self, evaluator: FlameEvaluator, names: tuple[str, ...], flame_only: bool) -> None:
        model = evaluator.model
        self.evaluator, self.names = evaluator, names
        self._rows = _rows_of(names, model.controls)
        table = np.zeros((len(names), model.n_expression + N_ROTATIONS), np.float32)
        self.correctives: np.ndarray | None = None  # (C, V, 3) metres
        if model.controls is not None:
            table[self._rows >= 0] = model.controls.table[self._rows[self._rows >= 0]]
            self.correctives = None if flame_only else model.controls.correctives
        self.expression = table[:, :-N_ROTATIONS]  # (C, E)
        self.rotations = table[:, -N_ROTATIONS:]  # (C, 9): jaw, left eye, right eye
        self._used = lru_cache(SETS_KEPT)(self._used_directions)

    @cached_property
    def skin(self) -> np.ndarray:
        """(C, 3 V) float32, planar, metres: what each adds to the head at rest."""
        skin = self.expression @ self.evaluator.driven_directions[: self.expression.shape[1]]
        if self.correctives is not None:
            skin += self._ours(np.swapaxes(self.correctives, 1, 2).reshape(len(self.correctives), -1))
        return skin

    @cached_property
    def joints(self) -> np.ndarray:
        """(C, 3 J) float32, metres: what each adds to the joints."""
        return self.evaluator.regress_joints(self.skin).reshape(len(self.names), -1)

    @cached_property
    def same_as(self) -> dict[int, int]:
        """Those that move what one expression direction of the same name moves, by its number."""
        numbers = {
            direction.name: number for number, direction in enumerate(self.evaluator.model.expression_directions)
        }
        alike = {}
        for index, name in enumerate(self.names):
            number = numbers.get(name)
            if number is not None and self.expression[index, number] == 1 and self.expression[index].sum() == 1:
                alike[index] = number
        return {} if self.correctives is not None else alike

    @cached_property
    def others(self) -> dict[int, str]:
        """Names of the others that move the skin."""
        moving = np.flatnonzero(self.skin.any(1)).tolist()
        return {index: self.names[index] for index in moving if index not in self.same_as}

    def moves(self, field: str) -> np.ndarray:
        """(C,) bool: which of them move that field of the parameters, one of FlameParams's names.

        Those that turn nothing are counted to the expression, whatever they move.
        """
        if field == "expression":
            return np.asarray(self.expression.any(1) | ~self.rotations.any(1))
        if field not in ROTATIONS:
            return np.zeros(len(self.names), bool)
        start = 3 * ROTATIONS.index(field)
        return np.asarray(self.rotations[:, start : start + 3].any(1))

    def added(self, scores: np.ndarray) -> Added | None:
        """What scores (C,) add to the skin and the joints of one frame; None where all are zero."""
        used = np.flatnonzero(scores)
        if not used.size:
            return None
        skin, joints = self._used(used.tobytes())
        return Added((scores[used] @ skin).reshape(3, -1), (scores[used] @ joints).reshape(-1, 3))

    def _used_directions(self, used: bytes) -> tuple[np.ndarray, np.ndarray]:
        rows = np.frombuffer(used, np.intp)
        return self.skin[rows], self.joints[rows]

    def rotated(self, layout: ValueLayout, values: np.ndarray) -> np.ndarray:
        """A copy of values (..., size) with the rotations that their scores add."""
        turned = values.copy()
        moved = values[..., layout.controls] @ self.rotations
        for index, name in enumerate(ROTATIONS):
            turned[..., layout.vector(name)] += moved[..., 3 * index : 3 * index + 3]
        return turned

    def effective(self, layout: ValueLayout, values: np.ndarray) -> np.ndarray:
        """A copy of values (..., size) with all that their scores add but for the correctives; scores stay."""
        shown = self.rotated(layout, values)
        shown[..., layout.expression] += values[..., layout.controls] @ self.expression
        return shown

    def offsets(self, scores: np.ndarray) -> np.ndarray | None:
        """(..., V, 3) float32, metres: the correctives of scores (..., C); None where there are none at work."""
        if self.correctives is None or not scores.any():
            return None
        theirs = np.zeros((*scores.shape[:-1], len(self.correctives)), np.float32)
        known = self._rows >= 0
        theirs[..., self._rows[known]] = scores[..., known]
        used = np.flatnonzero(theirs.reshape(-1, len(self.correctives)).any(0))
        if not self.correctives[used].any():
            return None
        flat = theirs[..., used] @ self.correctives[used].reshape(len(used), -1)
        return flat.reshape(*scores.shape[:-1], *self.correctives.shape[1:])

    def _ours(self, theirs: np.ndarray) -> np.ndarray:
        """Rows (K, ...) of the model's controls in the order of ``names``; zeros for a name that it does not have."""
        ours = np.zeros((len(self.names), *theirs.shape[1:]), np.float32)
        ours[self._rows >= 0] = theirs[self._rows[self._rows >= 0]]
        return ours


def _rows_of(names: tuple[str, ...], controls: Controls | None) -> np.ndarray:
    """(C,) which of the model's controls each is; -1 for none."""
    known = {} if controls is None else {name: row for row, name in enumerate(controls.names)}
    return np.array([known.get(name, -1) for name in names], np.intp)
