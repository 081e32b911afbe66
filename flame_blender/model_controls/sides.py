"""The two sides of a face: what moves one alone, how they share the middle, and how a mirror shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from ..flame.model import FlameModel

LEFT, RIGHT = "Left", "Right"
SIDES = {LEFT: 1.0, RIGHT: -1.0}
OF_BOTH = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")  # move all to one side
MIDDLE = 2e-3  # metres: about the middle plane nothing is of a side
SHARED = 4.5e-3  # metres to each side of the middle in which two one-sided movements share what they move
_SIDE, _OTHER = re.compile(f"{LEFT}|{RIGHT}"), {LEFT: RIGHT, RIGHT: LEFT}
CHUNK = 512  # vertices whose mirror images are looked for at a time
RIDGE = 1e-6  # of the strongest direction: keeps those that move next to nothing from running away
TOO_MUCH = 0.045  # of a one-sided movement on the other side, as root of its energy


def side_of(name: str) -> float:
    """1 for a movement of the subject's left, on +X; -1 for one of the right; 0 for one of both."""
    return next((sign for side, sign in SIDES.items() if name.endswith(side) and name not in OF_BOTH), 0.0)


def on_other_side(vertices: np.ndarray, side: float) -> np.ndarray:
    """(V,) bool: the half on which a movement of ``side`` should leave all still; nowhere for one of both."""
    return side * vertices[:, 0] < -MIDDLE if side else np.zeros(len(vertices), bool)


def share_on_other_side(moved: np.ndarray, vertices: np.ndarray, side: float) -> float:
    """Root of the share of a movement's energy, (V, 3) metres, that lands on the side that should be still."""
    squares = (moved * moved).sum(1)
    total = squares.sum()
    return float(np.sqrt(squares[on_other_side(vertices, side)].sum() / total)) if total else 0.0


def pairs_of(names: Sequence[str]) -> list[tuple[int, int]]:
    """Places of what moves the left and of what does the same on the right."""
    places = {name: place for place, name in enumerate(names)}
    both = [(place, places.get(name.removesuffix(LEFT) + RIGHT)) for name, place in places.items() if side_of(name) > 0]
    return [(left, right) for left, right in both if right is not None]


def parted(names: Sequence[str], moved: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """Movements (C, V, 3) of which those of one side leave the other still, but for a seam in the middle.

    Two that do the same, left and right, are parted anew where more than a little lands on the wrong side: together
    they move what they moved before.
    """
    result = moved.copy()
    across = np.clip((vertices[:, 0] / SHARED + 1) / 2, 0, 1)
    to_left = (across * across * (3 - 2 * across))[:, None]
    for left, right in pairs_of(names):
        if max(share_on_other_side(moved[at], vertices, side_of(names[at])) for at in (left, right)) > TOO_MUCH:
            both = moved[left] + moved[right]
            result[left], result[right] = to_left * both, (1 - to_left) * both
    return result


def other_side(name: str) -> str:
    """The name of the same movement on the other side; the name itself where it has no side."""
    return _SIDE.sub(lambda side: _OTHER[side[0]], name)


def mirrored_scores(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores by name, those of left and right exchanged."""
    return {name: scores.get(other_side(name), score) for name, score in scores.items()}


def mirrored_rotation(vector: Sequence[float] | np.ndarray) -> np.ndarray:
    """(3,) rotation vector of a joint in the middle as a mirror at x = 0 shows it."""
    return np.asarray(vector) * (1, -1, -1)


def mirrored_expression(model: FlameModel, coefficients: np.ndarray) -> np.ndarray:
    """(E,) float32 coefficients of the mirrored face.

    Where the directions are named by their sides they are exchanged. Otherwise those that move the vertices most
    nearly as the mirror images of the vertices moved, by least squares: a basis need not be symmetric.
    """
    names = [direction.name for direction in model.expression_directions]
    places = {name: place for place, name in enumerate(names)}
    partners = [places.get(other_side(name), -1) for name in names]
    if min(partners, default=-1) >= 0 and any(other_side(name) != name for name in names):
        return np.asarray(coefficients, np.float32)[partners]
    mirrored: np.ndarray = (_mirroring(model) @ coefficients).astype(np.float32)
    return mirrored


@lru_cache(maxsize=4)
def _mirroring(model: FlameModel) -> np.ndarray:
    """(E, E) float64: from coefficients to those of the mirrored face."""
    directions = model.shapedirs[:, :, model.n_identity :].astype(np.float64)
    images = directions[mirror_images(model.v_template)] * np.array([-1.0, 1.0, 1.0])[:, None]
    rows, images = directions.reshape(-1, directions.shape[2]), images.reshape(-1, directions.shape[2])
    gram = rows.T @ rows
    gram[np.diag_indices_from(gram)] += RIDGE * gram.diagonal().max(initial=0.0) + np.finfo(np.float64).tiny
    solved: np.ndarray = np.linalg.solve(gram, rows.T @ images)
    return solved


def mirror_images(vertices: np.ndarray) -> np.ndarray:
    """(V,) int64: of each vertex (V, 3) the one that is nearest to its mirror image at x = 0."""
    points = vertices.astype(np.float64)
    squares = (points**2).sum(1)
    found = np.empty(len(points), np.int64)
    for start in range(0, len(points), CHUNK):
        some = slice(start, start + CHUNK)
        found[some] = (squares - 2 * (points[some] * (-1, 1, 1)) @ points.T).argmin(1)
    return found
