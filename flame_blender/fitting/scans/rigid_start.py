"""Where a head stands in a scan that nothing else is known of: tried from many turns, the best kept."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from ...geometry.rotations import matrix_from_axis_angle
from .matching import Nearest, Scan, matched

FARTHEST = np.deg2rad(75.0)  # how far from upright a scan may be turned
TURNS, LEAST_TURNS = 80, 30
FEW_POINTS, MORE_POINTS = 180, 900
FEW_ROUNDS, MORE_ROUNDS = 9, 20
FINALISTS, LEAST_FINALISTS = 4, 2
ALIKE = np.deg2rad(4.0)
WIDEST, NARROWEST = 0.03, 0.004  # metres: matches farther than this count for nothing, at first and at last


Placing = tuple[float, np.ndarray, np.ndarray]  # what is left in metres, rotation (3, 3), translation (3,)


def rigid_start(
    scan: Scan,
    vertices: np.ndarray,
    faces: np.ndarray,
    place: np.ndarray,
    nearest: Nearest,
    rng: np.random.Generator,
    effort: float = 1.0,
) -> Generator[float, None, list[tuple[float, tuple[np.ndarray, np.ndarray]]]]:
    """Rotations (3, 3) and translations (3,) that bring the head to the scan, the likeliest first, and what they leave.

    ``vertices`` (V, 3) and ``faces`` are the head that stands still, and ``nearest`` searches it; ``place`` (3,) is
    where in it the scan's own middle is put to begin with. ``effort`` is the share of the usual turns that are tried.
    Yields the share that is done.
    """
    few, more = (scan[_some(rng, len(scan.points), count)] for count in (FEW_POINTS, MORE_POINTS))
    middle = np.median(scan.points, axis=0)
    placings = []
    turns = spread_turns(max(round(effort * TURNS), LEAST_TURNS), FARTHEST)
    for number, turn in enumerate(turns):
        placed = brought_near(few, vertices, faces, nearest, turn, place - turn @ middle, FEW_ROUNDS)
        placings.append(placed)
        yield 0.8 * (number + 1) / len(turns)
    placings.sort(key=lambda each: each[0])
    finalists: list[Placing] = []
    count = max(round(effort * FINALISTS), LEAST_FINALISTS)
    for number, placing in enumerate(_apart(placings)[:count]):
        finalists.append(brought_near(more, vertices, faces, nearest, placing[1], placing[2], MORE_ROUNDS))
        yield 0.8 + 0.2 * (number + 1) / count
    finalists = _apart(sorted(finalists, key=lambda each: each[0]))
    return [
        (left, (rotation.T, -rotation.T @ translation))
        for left, rotation, translation in finalists
        if np.isfinite(left)
    ]


def _apart(placings: list[Placing]) -> list[Placing]:
    """Without those that are as good as the same as one before."""
    kept: list[Placing] = []
    for placing in placings:
        cosines = [(np.trace(placing[1].T @ other[1]) - 1) / 2 for other in kept]
        if not any(cosine > np.cos(ALIKE) for cosine in cosines):
            kept.append(placing)
    return kept


def spread_turns(count: int, farthest: float) -> np.ndarray:
    """(count, 3, 3) rotations spread evenly over those of at most ``farthest`` radians, the identity first.

    Points of a golden-ratio sequence (Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018) in
    axis and angle, the angle's share of the volume being proportional to angle - sin(angle).
    """
    numbers = np.arange(count)
    quantile, height, around = (np.mod(numbers * 1.2207440846057596**-power, 1.0) for power in (1, 2, 3))
    angles = np.linspace(0, farthest, 2000)
    angle = np.interp(quantile, (angles - np.sin(angles)) / (farthest - np.sin(farthest)), angles)
    height, around = 2 * height - 1, 2 * np.pi * around
    radius = np.sqrt(np.maximum(1 - height * height, 0))
    axes = np.stack([radius * np.cos(around), height, radius * np.sin(around)], 1)
    angle[0] = 0.0
    return matrix_from_axis_angle(axes * angle[:, None])


def brought_near(
    scan: Scan,
    vertices: np.ndarray,
    faces: np.ndarray,
    nearest: Nearest,
    rotation: np.ndarray,
    translation: np.ndarray,
    rounds: int,
) -> Placing:
    """Move the scan onto the head from where ``rotation`` and ``translation`` have it.

    In rounds of matching and of the step that brings points nearest to the planes of their matches (Chen and Medioni,
    "Object modelling by registration of multiple range images", 1992). What is left is the mean distance, points that
    are turned away or farther than a centimetre counting as that far; infinite where hardly any match.
    """
    left = np.inf
    for width in np.geomspace(WIDEST, NARROWEST, rounds):
        turned = None if scan.normals is None else scan.normals @ rotation.T
        moved = Scan(scan.points @ rotation.T + translation, turned)
        matches = matched(moved, vertices, faces, nearest)
        off = np.minimum(matches.distances / width, 1.0)
        weights = np.where(matches.agree, (1 - off * off) ** 2, 0.0)
        left = float(np.where(matches.agree, np.minimum(matches.distances, WIDEST / 3), WIDEST / 3).mean())
        if np.count_nonzero(weights) < 12:
            return np.inf, rotation, translation
        jacobian = np.concatenate([np.cross(moved.points, matches.normals), matches.normals], 1)
        square = (jacobian * weights[:, None]).T @ jacobian + 1e-9 * np.eye(6)
        step = np.linalg.solve(square, jacobian.T @ (weights * -matches.away))
        turn = matrix_from_axis_angle(step[:3])
        rotation, translation = turn @ rotation, turn @ translation + step[3:]
    return left, rotation, translation


def _some(rng: np.random.Generator, total: int, count: int) -> np.ndarray:
    return np.arange(total) if total <= count else rng.choice(total, count, replace=False)
