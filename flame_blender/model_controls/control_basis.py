"""What a model's controls move, and what its parameters move, as products over the skin: a frame costs little then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..correspondence.skin import vertex_areas
from ..errors import ModelError
from ..flame.controls import N_ROTATIONS, ROTATIONS
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..flame.params import FlameParams, padded

MOVES = 1e-4  # metres that a control moves a vertex by, for it to count
FINE = 4.0  # times: lips and lids
GAZE = 10.0  # times: eyeballs, so that what the eyes turn by is settled by them and no lid is made to tell it
SMALL_TURN = 1e-3  # radians, by which derivatives are told
EYE_JOINTS = slice(3, 5)
BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")  # which a lid that is shut counts as


@dataclass(frozen=True, eq=False)
class Seen:
    """N frames as products over the skin, square metres.

    ``right`` (K, N) with each unknown, eyeballs included: what scores are found by. ``told`` (K, N) with each unknown
    and ``energy`` (N,) with itself, of the skin alone: what tells how much is left.
    """

    right: np.ndarray
    told: np.ndarray
    energy: np.ndarray


class ControlBasis:
    """Movements of a model to first order, on its mean head at rest, where all of them add up.

    Rotation vectors of jaw and eyes count by what they turn at first, so that a jaw half open is half of one that is
    open. Head and neck take no part. ``correctives``: whether a score stands for all that is named so, or for what the
    model's own directions do of it. Raises ModelError for a model without named controls.

    The unknowns are the C scores and, for each of ``turning``, how much of its corrective a frame does without: a
    control that only turns a joint is told by that joint, also where a tracker turned it and nothing else.
    """

    def __init__(self, model: FlameModel, correctives: bool = True) -> None:
        controls = model.controls
        if controls is None:
            raise ModelError("model: expected one with named controls, found none; compute them first.")
        self.model, self.names = model, controls.names
        expression = model.shapedirs[:, :, model.n_identity :].transpose(2, 0, 1).astype(np.float64)
        inputs = np.concatenate([expression, _turned(model)])
        moved = np.tensordot(controls.table.astype(np.float64), inputs, 1)
        self.turning: list[int] = []
        lacking = np.zeros((0, *moved.shape[1:]))
        if correctives and controls.correctives is not None:
            moved += controls.correctives
            only_turns = ~controls.table[:, :-N_ROTATIONS].any(1) & controls.correctives.any((1, 2))
            self.turning = np.flatnonzero(only_turns & controls.table[:, -N_ROTATIONS:].any(1)).tolist()
            lacking = -controls.correctives[self.turning].astype(np.float64)
        self.n_unknowns = len(moved) + len(lacking)
        lids = [moved[self.names.index(name)] if name in self.names else np.zeros_like(moved[0]) for name in BLINKS]
        rows = np.concatenate([moved, lacking, inputs, lids])
        eyes = model.weights[:, EYE_JOINTS].max(1) > 0.5
        skin, balls = _weights(model, moved, eyes)
        self.skin_rows = (rows * np.sqrt(skin)[:, None]).reshape(len(rows), -1).astype(np.float32)
        ball_rows = (rows[:, eyes] * np.sqrt(balls[eyes])[:, None]).reshape(len(rows), -1)
        self.skin_roots = np.sqrt(skin)[:, None].astype(np.float32)
        skin_rows = self.skin_rows.astype(np.float64)
        self.skin_products: np.ndarray = skin_rows @ skin_rows.T
        self.products = self.skin_products + ball_rows @ ball_rows.T

    @property
    def gram(self) -> np.ndarray:
        """(K, K) square metres: products of what the unknowns move, eyeballs included; the controls come first."""
        return self.products[: self.n_unknowns, : self.n_unknowns]

    def seen(self, params: FlameParams, own_offsets: np.ndarray | None = None) -> Seen:
        """Frames of parameters; ``own_offsets`` (V, 3) are the person's, and what is beyond them is the face's.

        Raises ParameterError for what does not fit the model.
        """
        count, frames = self.n_unknowns, params.n_frames or 1
        values = self._values(params, frames)
        right, told = values @ self.products[count:, :count], values @ self.skin_products[count:, :count]
        energy = np.einsum("nk,kl,nl->n", values, self.skin_products[count:, count:], values, optimize=True)
        if params.offsets is not None:
            offsets = params.offsets if own_offsets is None else params.offsets - own_offsets
            offsets = np.broadcast_to(offsets, (frames, *offsets.shape[-2:]))
            if offsets.any():
                flat = (offsets * self.skin_roots).reshape(frames, -1)
                products = (flat @ self.skin_rows.T).astype(np.float64)
                right, told = right + products[:, :count], told + products[:, :count]
                energy += (flat.astype(np.float64) ** 2).sum(1) + 2 * (values * products[:, count:]).sum(1)
        return Seen(right.T, told.T, energy)

    def left(self, seen: Seen, scores: np.ndarray) -> np.ndarray:
        """(N,) metres of the skin's movement that scores (C, N) do not tell: root of the weighted mean square."""
        count = len(self.names)
        own = self.skin_products[:count, :count]
        squares = seen.energy - 2 * (scores * seen.told[:count]).sum(0) + (scores * (own @ scores)).sum(0)
        return np.sqrt(np.maximum(squares, 0.0))

    def _values(self, params: FlameParams, frames: int) -> np.ndarray:
        """(N, E + 11) float64: expression, the rotation vectors of jaw and eyes, the lids."""
        lids = np.zeros(2) if params.eyelids is None else params.eyelids
        fields = [padded("expression", params.expression, self.model.n_expression)]
        fields += [getattr(params, name) for name in ROTATIONS] + [lids]
        return np.concatenate([np.broadcast_to(each, (frames, each.shape[-1])) for each in fields], 1, dtype=np.float64)


def _turned(model: FlameModel) -> np.ndarray:
    """(9, V, 3) metres for a radian: derivatives by the rotation vectors of jaw and eyes about each axis, at rest."""
    evaluator = FlameEvaluator(model)
    moved = []
    for name in ROTATIONS:
        for step in SMALL_TURN * np.eye(3):
            one, other = (evaluator.vertices(FlameParams(**{name: turn})) for turn in (step, -step))
            moved.append((one.astype(np.float64) - other) / (2 * SMALL_TURN))
    return np.array(moved)


def _weights(model: FlameModel, moved: np.ndarray, eyes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(V,) of the skin that some control moves, by area, with the sum 1; and of the eyeballs, in the same measure."""
    areas = vertex_areas(model.v_template.astype(np.float64), model.faces)
    kinds = (np.linalg.norm(moved, axis=2).max(0) > MOVES).astype(np.float64)
    for name in ("lips", "eye_region"):
        kinds[model.regions.get(name, [])] *= FINE
    skin = np.where(eyes, 0.0, kinds * areas)
    total = max(float(skin.sum()), 1e-30)
    return skin / total, np.where(eyes, GAZE * areas, 0.0) / total
