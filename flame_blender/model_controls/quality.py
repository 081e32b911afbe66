"""How well a model's own directions can do a named movement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GOOD, FAIR = 0.8, 0.5  # shares of the movement that are explained, from which on
NO_MOVEMENT = 1e-12  # square metres
SEEN = 1e-4  # metres: what moves by less is still


@dataclass(frozen=True)
class ControlQuality:
    """How well one control does what it is named for.

    Attributes
    ----------
    explained : float
        Share of the movement, as energy: 1 for all of it, 0 for none.
    mean_residual : float, mm
        What is left, over the skin that moves or should.
    largest_residual : float, mm
        Where most is left.
    wrong_side : float
        Root of the share of its energy that lands on the side that should be still; 0 for a movement of both.
    largest_coefficient : float
        Of the model's expression.
    eye_open : float
        Of what moves lids: what is left between them by the model's own means, of the gap at rest, where correctives
        add nothing; 1 for what moves no lids.
    lips_cross : float, mm
        The most that lips pass each other by half-way or at 1, beyond what they do at rest, with correctives or without
        them; ``mouthClose`` with the jaw open.
    reach : str
        "good", "fair", "poor", or "unreachable" where the model has nothing that moves, such as a tongue.
    """

    explained: float
    mean_residual: float
    largest_residual: float
    wrong_side: float
    largest_coefficient: float
    eye_open: float
    lips_cross: float
    reach: str


UNREACHABLE = ControlQuality(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, "unreachable")
EXACT = ControlQuality(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, "good")


def quality_of(
    wanted: np.ndarray,
    made: np.ndarray,
    weights: np.ndarray,
    other_side: np.ndarray,
    coefficients: np.ndarray,
    eye_open: float = 1.0,
    lips_cross: float = 0.0,
) -> ControlQuality:
    """Of ``made`` (V, 3) in place of ``wanted`` (V, 3), metres; ``weights`` (V,) say how much a vertex counts."""
    energy = float(weights @ (wanted * wanted).sum(1))
    moves = (weights > 0) & ((np.linalg.norm(wanted, axis=1) > SEEN) | (np.linalg.norm(made, axis=1) > SEEN))
    if energy < NO_MOVEMENT or not moves.any():
        return UNREACHABLE
    left = wanted - made
    explained = 1 - float(weights @ (left * left).sum(1)) / energy
    off = 1000 * np.linalg.norm(left, axis=1)
    squares = (made * made).sum(1) * (weights > 0)
    wrong = float(np.sqrt(squares[other_side].sum() / max(squares.sum(), NO_MOVEMENT)))
    largest = float(np.abs(coefficients).max(initial=0.0))
    reach = "good" if explained >= GOOD else "fair" if explained >= FAIR else "poor"
    mean_off, most_off = float(off[moves].mean()), float(off[moves].max())
    return ControlQuality(explained, mean_off, most_off, wrong, largest, eye_open, lips_cross, reach)
