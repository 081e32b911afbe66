"""What lies on the lids: lashes in tufts, the tear line along the lower lid, the caruncle at the nose (mm).

Each is one or more grids: rows of as many points, each column of which is carried by one place of a lid's edge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .anatomy import EYE_CENTRE, EYE_RADIUS
from .eyelids import MARGIN_RING, WATERLINE_RING, on_ball
from .topology import EYE

CENTRE, UP, TO_EAR = np.array(EYE_CENTRE), np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
STRIPS = 26  # of a lid
TUFTS = (2, 3, 3, 2, 3, 3, 2, 3, 3, 2)  # strips whose tips lean to each other
LASH_ROWS = np.array([0.0, 0.45, 1.0])  # parts of a lash's length
BASE_LIFT = 0.15  # mm of the roots outside the margin
IRREGULAR = 0.20  # part of its length by which a strip is longer or shorter than its neighbours
TOGETHER = 0.62  # part of the way to their tuft's middle that tips go
ASIDE = 0.12  # mm by which they miss it


@dataclass(frozen=True)
class Lashes:
    """A lid's lashes: between which spokes, how long (mm) at parts of the way to the outer end, and their shape.

    ``widths``: of the way to the next strip, at :data:`LASH_ROWS`. A lash goes ``out`` from the eyeball and, by the
    square of the way along it, ``curl`` up; ``lean`` up from its root; ``fan`` outwards at the lid's ends.
    """

    spokes: tuple[float, float]
    lengths: tuple[float, ...]
    widths: tuple[float, ...]
    out: float
    lean: float
    curl: float
    fan: float


# The longest of the upper lid's lashes measure 8 to 12 mm, of the lower lid's 6 to 8 (Na et al. 2006, "Ethnic
# characteristics of eyelashes", Br J Dermatol 155); half of that stands free of the next ones, and is what is seen.
UPPER = Lashes((0.9, 14.3), (2.4, 3.8, 5.0, 5.4, 3.4), (0.40, 0.27, 0.05), 0.80, -0.68, 0.64, 0.30)
LOWER = Lashes((16.4, 28.4), (2.0, 2.7, 2.4, 1.8, 1.0), (0.22, 0.16, 0.04), 0.72, -0.66, 0.20, 0.30)
TEAR_SPOKES = np.linspace(15.5, 29.5, 15)
CARUNCLE_SPOKES = np.linspace(-2.4, 2.4, 9)  # from the lower lid round the canthus to the upper one
TO_NOSE = -9.8  # mm from the eyeball's middle, where the caruncle meets it

Part = tuple[np.ndarray, list[tuple[int, ...]], list[str]]


def build_lashes(ring: Callable[[int], np.ndarray]) -> Part:
    """Vertices, quads and materials of the left eye's lashes; ``ring`` gives the places (spokes, 3) of a lid's ring."""
    edge = ring(MARGIN_RING)
    rows, polygons, begun = [], [], 0
    for lid, spokes in zip((UPPER, LOWER), LASH_SPOKES.reshape(2, len(LASH_ROWS), -1)[:, 0], strict=True):
        of_lid = _strips(lid, edge, spokes)
        grid = begun + np.arange(of_lid.shape[0] * of_lid.shape[1]).reshape(of_lid.shape[:2])
        polygons += [quad for quad, column in _quads(grid) if not column % 2]  # nothing joins one strip to the next
        rows.append(of_lid.reshape(-1, 3))
        begun += grid.size
    return np.concatenate(rows), polygons, ["lashes"] * len(polygons)


def build_tear_line(ring: Callable[[int], np.ndarray]) -> Part:
    """The wet edge between the lower lid and the eyeball: hollow, from behind the lid's edge up to the ball."""
    edge = at_spokes(ring(WATERLINE_RING), TEAR_SPOKES)
    lid = edge + 0.08 * UP
    high = edge + 0.62 * np.minimum(1.0, np.minimum(TEAR_SPOKES - 15.3, 29.7 - TEAR_SPOKES))[:, None] * UP
    ball = _at_distance(high, EYE_RADIUS + 0.03)
    middle = 0.5 * (lid + ball)
    middle = _at_distance(middle, np.linalg.norm(middle - CENTRE, axis=1) - 0.08)
    grid = np.stack([lid, middle, ball])
    polygons = [quad for quad, _ in _quads(np.arange(grid.shape[0] * grid.shape[1]).reshape(grid.shape[:2]))]
    return grid.reshape(-1, 3), polygons, ["tear"] * len(polygons)


def build_caruncle(ring: Callable[[int], np.ndarray]) -> Part:
    """The flesh between the lids at the nose: from their edges to the eyeball, highest halfway."""
    edge = at_spokes(ring(WATERLINE_RING), CARUNCLE_SPOKES)
    share = np.linspace(0, 1, CARUNCLE_ROWS)[:, None, None]
    height = edge[:, 1] - CENTRE[1]
    behind = np.column_stack([np.full(len(edge), TO_NOSE), 0.65 * height + 0.35 * height.mean()])
    behind = on_ball(behind, -0.2)
    grid = (1 - share) * edge + share * behind
    bulge = np.sin(np.pi * share) * np.sin(np.pi * np.linspace(0.04, 0.96, len(CARUNCLE_SPOKES)))[:, None]
    grid = grid + bulge * np.array([0.1, 0.0, 0.75])
    polygons = [quad for quad, _ in _quads(np.arange(grid.shape[0] * grid.shape[1]).reshape(grid.shape[:2]))]
    return grid.reshape(-1, 3), polygons, ["caruncle"] * len(polygons)


def at_spokes(values: np.ndarray, spokes: np.ndarray) -> np.ndarray:
    """What a ring's values (spokes, ...) are at fractions of spokes (S,), all the way round."""
    first = np.floor(spokes).astype(int)
    part = (spokes - first).reshape(-1, *[1] * (values.ndim - 1))
    found: np.ndarray = (1 - part) * values[first % EYE.spokes] + part * values[(first + 1) % EYE.spokes]
    return found


def _edges_of_strips(lid: Lashes) -> np.ndarray:
    """(2 S,) the spokes where strips begin and end at their roots."""
    middles = np.linspace(*lid.spokes, STRIPS)
    half = lid.widths[0] * (middles[1] - middles[0]) / 2
    return (middles[:, None] + half * np.array([-1.0, 1.0])).ravel()


def _strips(lid: Lashes, edge: np.ndarray, spokes: np.ndarray) -> np.ndarray:
    """(rows, 2 S, 3) the points of a lid's strips of lashes."""
    roots = at_spokes(edge, spokes)
    outward = roots - CENTRE
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    roots = roots + BASE_LIFT * outward
    middles = roots.reshape(STRIPS, 2, 3).mean(1)
    along = np.linspace(0, 1, STRIPS)
    chance, other = (np.modf((1 + np.arange(STRIPS)) * step)[0] * 2 - 1 for step in (0.618034, 0.414214))
    length = np.interp(along, np.linspace(0, 1, len(lid.lengths)), lid.lengths) * (1 + IRREGULAR * chance)
    away = middles[:, 0] - edge[:, 0].mean()
    aside = (lid.fan * length * away / np.abs(away).max() + ASIDE * other)[:, None] * TO_EAR
    aside += TOGETHER * (_middles_of_tufts(middles) - middles)
    rows = []
    for way, width in zip(LASH_ROWS, lid.widths, strict=True):
        up = lid.lean * way + lid.curl * way**2
        grown = length[:, None] * (lid.out * way * outward[::2] + up * UP) + way**1.5 * aside
        rows.append(middles.repeat(2, 0) + width / lid.widths[0] * (roots - middles.repeat(2, 0)) + grown.repeat(2, 0))
    return np.stack(rows)


def _middles_of_tufts(points: np.ndarray) -> np.ndarray:
    """(S, 3) for each of the strips, the mean of its tuft's points (S, 3)."""
    means = [each.mean(0) for each in np.split(points, np.cumsum(TUFTS)[:-1])]
    return np.repeat(means, TUFTS, 0)


def _at_distance(points: np.ndarray, distance: float | np.ndarray) -> np.ndarray:
    """Points (N, 3) moved straight from or to the eyeball's centre."""
    local = points - CENTRE
    return CENTRE + np.reshape(distance, (-1, 1)) * local / np.linalg.norm(local, axis=1, keepdims=True)


def _quads(grid: np.ndarray) -> list[tuple[tuple[int, ...], int]]:
    """Quads between the rows and columns of vertex numbers, which face away from the eye, and the column of each."""
    height, width = grid.shape
    return [
        ((int(grid[r, c]), int(grid[r + 1, c]), int(grid[r + 1, c + 1]), int(grid[r, c + 1])), c)
        for r in range(height - 1)
        for c in range(width - 1)
    ]


CARUNCLE_ROWS = 5
LASH_SPOKES = np.concatenate([np.tile(_edges_of_strips(lid), len(LASH_ROWS)) for lid in (UPPER, LOWER)])
# part: of its vertices, the ring of the lids that carries them, and where round it
ON_LIDS = {
    "lash": (MARGIN_RING, LASH_SPOKES),
    "tear": (WATERLINE_RING, np.tile(TEAR_SPOKES, 3)),
    "caruncle": (WATERLINE_RING, np.tile(CARUNCLE_SPOKES, CARUNCLE_ROWS)),
}
BUILT = {"lash": build_lashes, "tear": build_tear_line, "caruncle": build_caruncle}
