"""The skin's relief as numbers: grooves that age cuts and furrows of the lips, gloss, and how melanin takes.

A groove is a line over the skin from landmark to landmark, with a rim to either side; 0.5 is level.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from flame_blender.looks.complexion import FLAT

from .anchors import near
from .layers import lip_lines, lip_share
from .noise import noise
from .places import Places

STEP, BESIDE = 1.2, 15.0  # mm between the points of a line; mm from its knots' box, in which the skin is looked for
RIM, RIM_AT = 0.35, 1.9  # of a groove's depth; of its width
REACH = 4.0  # widths
# anchors with mm to the left, up and ahead of each; half width (mm); depth 0 to 1
Knot = tuple[str, float, float, float]
LINES: tuple[tuple[tuple[Knot, ...], float, float], ...] = (
    *(  # across the forehead
        ((("sellion", 0, up, 3), ("brow inner", 6, up - 13, 3), ("brow middle", 2, up - 20, 2),
          ("brow outer", 0, up - 17, 2)),
         1.1, depth)
        for up, depth in ((30.0, 0.55), (37.5, 0.75), (46.0, 0.65), (55.0, 0.4))
    ),
    ((("brow inner", -3.5, -4, 1), ("brow inner", -4.5, 4, 1), ("brow inner", -3, 13, 1)), 0.9, 0.7),  # frown
    ((("sellion", 0, 1.5, 2), ("sellion", 6.5, 2.5, 2)), 0.8, 0.35),
    *(  # crow's feet
        ((("outer canthus", 4, 0.3 * up, 0), ("outer canthus", 10, 0.62 * up, -4), ("outer canthus", 18, up, -10)),
         0.75, depth)
        for up, depth in ((9.0, 0.55), (2.0, 0.8), (-5.5, 0.75), (-12.5, 0.5))
    ),
    ((("inner canthus", 1, -6, 1), ("under eye", 0, -1, 1), ("outer canthus", -1, -9, 0)), 0.9, 0.65),  # bag's edge
    ((("inner canthus", 4, -4, 2), ("lower lid", 1, -5, 2), ("outer canthus", -3, -5, 0)), 0.6, 0.45),
    ((("wing", 2.5, 5, 0), ("wing", 7.5, -3, 0), ("mouth corner", 10.5, 8, 0), ("mouth corner", 11, -3, 0)), 2.1, 0.62),
    ((("mouth corner", 3, -1, 0), ("mouth corner", 5, -9, 0), ("chin side", -2, 8, 0)), 1.5, 0.3),  # marionette
    ((("lower lip", 0, -8, 2), ("lower lip side", 3, -7, 2), ("lower lip side", 9, -5, 0)), 1.5, 0.45),
    *(  # above the upper lip
        ((("upper lip side", across, 1.5, 1), ("upper lip side", 1.12 * across + 0.3, 8.5, 1)), 0.45, 0.3)
        for across in (-11.0, -7.0, -3.0, 1.5, 6.0)
    ),
    *(  # round the neck
        ((("throat", 0, up, 6), ("neck side", -22, up + 6, 10), ("neck side", -4, up + 15, 4)), 1.5, depth)
        for up, depth in ((-10.0, 0.22), (-27.0, 0.28))
    ),
)  # fmt: skip
GLOSS = (("forehead", 30.0, 0.24), ("glabella", 12.0, 0.22), ("bridge", 9.0, 0.24), ("nose tip", 11.0, 0.40),
         ("wing", 6.0, 0.24), ("chin front", 11.0, 0.18), ("cheek bone", 15.0, 0.16), ("upper lid", 7.0, 0.18),
         ("moustache", 7.0, 0.10), ("inner canthus", 4.0, 0.30), ("ear", 30.0, 0.05), ("neck front", 40.0, -0.10),
         ("hollow", 16.0, -0.06))  # fmt: skip
BASE_GLOSS, LIP_GLOSS = 0.34, 0.62
LIP_RESPONSE = 0.8
SEED = 140


def relief(places: Places, at: dict[str, np.ndarray]) -> np.ndarray:
    """(N, 3): height with 0.5 level, gloss from dull to oily, and how far a darker tone darkens the place."""
    lip = lip_share(places)
    height = (1 - lip) * _grooves(places, at) + lip * 0.75 * np.minimum(1.6 * lip_lines(places), 0.35)
    height += 0.04 * noise(places.points, 1.3, SEED) * (1 - lip)
    more = sum((more * near(places.vertices_left, at[name], reach) for name, reach, more in GLOSS), np.zeros(1))
    gloss = (BASE_GLOSS + places.spread(more)) * (1 + 0.14 * noise(places.points, 3.0, SEED + 10))
    gloss = (1 - lip) * gloss + lip * LIP_GLOSS
    response = 1 - (1 - LIP_RESPONSE) * lip
    return np.clip(np.column_stack([FLAT + FLAT * height, gloss, response]), 0, 1)


def _grooves(places: Places, at: dict[str, np.ndarray]) -> np.ndarray:
    """(N,) -1 to 1: how high the skin stands."""
    wavy = places.left + 0.9 * np.column_stack([noise(places.points, 7.0, SEED + 20 + k) for k in range(3)])
    uneven = np.clip(0.75 + 0.5 * noise(places.points, 6.0, SEED + 30), 0.15, 1.15)
    height = np.zeros(len(wavy))
    skin = places.left[::11]
    for knots, width, depth in LINES:
        line = _over_the_skin(np.array([at[name] + off for name, *off in knots]), skin)
        rows, distance, along = _beside(line, wavy, REACH * width)
        ends = np.clip(4 * np.minimum(along, 1 - along) + 0.12, 0, 1)
        groove = -np.exp(-((distance / width) ** 2)) + RIM * np.exp(-(((distance / width) - RIM_AT) ** 2))
        height[rows] += depth * ends * uneven[rows] * groove
    return np.clip(height, -1, 1)


def _over_the_skin(knots: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """(K, 3) points of a smooth line through knots, each put to the nearest of the skin's points."""
    skin = skin[((skin > knots.min(0) - BESIDE) & (skin < knots.max(0) + BESIDE)).all(1)]
    knots = np.array([skin[((skin - knot) ** 2).sum(1).argmin()] for knot in knots])
    lengths = np.linalg.norm(np.diff(knots, axis=0), axis=1)
    part = np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum()
    fine = np.linspace(0, 1, max(int(lengths.sum() / STEP), 3))
    straight = np.array([np.interp(fine, part, column) for column in knots.T]).T
    smooth = straight.copy()
    for _ in range(len(fine) // 2):
        smooth[1:-1] = (smooth[:-2] + smooth[1:-1] + smooth[2:]) / 3
    return np.array([skin[((skin - point) ** 2).sum(1).argmin()] for point in 0.5 * (straight + smooth)])


def _beside(line: np.ndarray, points: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (n,) of the points within reach of a line, their distances and how far along it they are, 0 to 1."""
    low, high = line.min(0) - reach, line.max(0) + reach
    rows = np.flatnonzero(((points > low) & (points < high)).all(1))
    own = points[rows]
    best, along = np.full(len(rows), np.inf), np.zeros(len(rows))
    count = len(line) - 1
    for number, (start, end) in enumerate(pairwise(line)):
        way = end - start
        close = np.flatnonzero((np.abs(own - 0.5 * (start + end)) < reach + STEP).all(1))
        off = own[close] - start
        part = np.clip(off @ way / max(way @ way, 1e-9), 0, 1)
        distance = np.linalg.norm(off - part[:, None] * way, axis=1)
        closer = distance < best[close]
        best[close[closer]], along[close[closer]] = distance[closer], ((number + part) / count)[closer]
    inside = best < reach
    return rows[inside], best[inside], along[inside]
