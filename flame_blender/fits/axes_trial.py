"""Which way a scan without landmarks stands: each likely way is tried, and the one that leaves least is taken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..fitting.matching import Matches, Nearest, Scan, matched
from ..fitting.units_axes import Convention, nearest_axes
from ..flame.model import FlameModel
from ..flame.rotations import matrix_from_axis_angle
from .surfaces import surface

SAMPLED = 250  # points of the scan
ROUNDS = 14
WIDEST, NARROWEST = 0.03, 0.006  # metres: matches farther than this count for nothing, at first and at last
MOST = 0.01  # metres: farther, or turned away, is alike
GOOD = 3.5e-3  # metres: heads leave about 3, everything that stands otherwise 5 and more
LEAST_MATCHES = 12
BEHIND_THE_NOSE = 0.03  # metres, of the middle of a face


def nearest_convention(scan: Scan, model: FlameModel, conventions: Sequence[Convention]) -> Convention:
    """The convention in which the scan, metres and centred, comes to lie closest to the neutral head."""
    rng = np.random.default_rng(0)
    if len(scan.points) > SAMPLED:
        scan = scan[rng.choice(len(scan.points), SAMPLED, replace=False)]
    vertices = model.v_template.astype(np.float64)
    nearest = surface(vertices, model.faces)
    front = np.array([0.0, np.median(vertices[:, 1]), vertices[:, 2].max() - BEHIND_THE_NOSE])
    least, best = np.inf, conventions[0].rotation
    for convention in conventions:
        for place in (front, vertices.mean(0)):  # a face, or a head all round
            left, rotation = _brought_near(scan, convention.rotation, place, vertices, model.faces, nearest)
            if left < least:
                least, best = left, rotation
        if least < GOOD:
            break
    return nearest_axes(best, conventions)


def _brought_near(
    scan: Scan, rotation: np.ndarray, place: np.ndarray, vertices: np.ndarray, faces: np.ndarray, nearest: Nearest
) -> tuple[float, np.ndarray]:
    """Mean distance, metres, and rotation after the scan, its middle at ``place``, was moved onto the head."""
    shift = place - rotation @ np.median(scan.points, axis=0)
    left = np.inf
    for width in np.geomspace(WIDEST, NARROWEST, ROUNDS):
        normals = None if scan.normals is None else scan.normals @ rotation.T
        moved = Scan(scan.points @ rotation.T + shift, normals)
        matches = matched(moved, vertices, faces, nearest)
        left = float(np.where(matches.agree, np.minimum(matches.distances, MOST), MOST).mean())
        off = np.minimum(matches.distances / width, 1.0)
        weights = np.where(matches.agree, (1 - off * off) ** 2, 0.0)
        if np.count_nonzero(weights) < LEAST_MATCHES:
            break
        turn, further = _step(moved.points, matches, weights)
        rotation, shift = turn @ rotation, turn @ shift + further
    return left, rotation


def _step(points: np.ndarray, matches: Matches, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The small turn and shift that bring the points onto the planes they are matched with (Chen and Medioni, 1992)."""
    rows = np.concatenate([np.cross(points, matches.normals), matches.normals], 1)
    square = (rows * weights[:, None]).T @ rows + 1e-9 * np.eye(6)
    step = np.linalg.solve(square, rows.T @ (weights * -matches.away))
    return matrix_from_axis_angle(step[:3]), step[3:]
