"""Teeth and gums (mm, sculpting frame)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .lips import LINE_HEIGHT, arch_depth

# Mesiodistal widths and crown heights from the central incisor to the second molar (Wheeler's Dental Anatomy, mm).
UPPER_WIDTHS, UPPER_HEIGHTS = (8.5, 6.5, 7.5, 7.0, 7.0, 10.0, 9.0), (10.0, 8.8, 9.6, 8.2, 7.8, 7.2, 6.8)
LOWER_WIDTHS, LOWER_HEIGHTS = (5.0, 5.5, 7.0, 7.0, 7.0, 11.0, 10.5), (8.6, 8.8, 9.8, 8.2, 7.6, 7.0, 6.6)
UPPER_EDGES, LOWER_EDGES = (-2.6, -2.2, -1.6, -0.9, -0.6, -0.4, -0.4), (-0.5, -0.5, -0.9, -1.8, -1.3, -1.1, -1.0)
UPPER_DEPTHS, LOWER_DEPTHS = (3.0, 3.0, 4.2, 7.0, 7.5, 9.0, 9.0), (2.8, 2.8, 4.0, 6.0, 6.5, 8.5, 8.5)


@dataclass(frozen=True)
class Row:
    """One row of teeth: upward or downward growing crowns along an arch (left half)."""

    name: str
    up: bool  # True where the roots are above the biting edge
    edges: tuple[float, ...]  # height of each biting edge over the lip line: the incisors overlap, the molars meet
    setback: float  # mm behind the arch of ``lips.arch_depth``
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    depths: tuple[float, ...]


ROWS = (
    Row("upper", True, UPPER_EDGES, 0.6, UPPER_WIDTHS, UPPER_HEIGHTS, UPPER_DEPTHS),
    Row("lower", False, LOWER_EDGES, 4.1, LOWER_WIDTHS, LOWER_HEIGHTS, LOWER_DEPTHS),
)
MIDLINE_GAP = 0.04  # mm between the halves of a gum, each a closed solid
GUM_OVERLAP = 1.2  # mm of each crown that lies in the gum
GUM_HEIGHTS = (6.5, 3.8)  # of the gum beyond the necks, at the midline and behind the last molar
# A tooth is a box of 3 x 3 x 3 points (no inner one), rounded: share of the half width at neck, middle and edge.
NARROWING = (0.78, 1.0, 0.94)


def _arch(row: Row, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (x, z), tangents and outward normals of the arch at arc lengths from the midline."""
    x = np.linspace(0, 38, 381)
    z = arch_depth(x) - row.setback
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    x_at = np.interp(lengths, along, x)
    slope = -x_at / 12.0
    tangent = np.stack([np.ones_like(x_at), slope], -1) / np.hypot(1, slope)[..., None]
    normal = np.stack([-tangent[..., 1], tangent[..., 0]], -1)
    return np.stack([x_at, np.interp(lengths, along, z)], -1), tangent, normal


def build_teeth(row: Row) -> tuple[np.ndarray, list[tuple[int, ...]], list[str]]:
    """The left half of a row: separate closed crowns."""
    vertices: list[np.ndarray] = []
    polygons: list[tuple[int, ...]] = []
    start = 0.3
    for width, height, depth, edge in zip(row.widths, row.heights, row.depths, row.edges, strict=True):
        middle, tangent, normal = _arch(row, np.array(start + width / 2))
        crown, quads = _crown(width * 0.96, height, depth, row.up)
        first = 26 * len(vertices)
        across, level, inward = crown.T
        flat = middle + across[:, None] * tangent + inward[:, None] * normal
        vertices.append(np.column_stack([flat[:, 0], LINE_HEIGHT + edge + level, flat[:, 1]]))
        polygons += [tuple(first + vertex for vertex in quad) for quad in quads]
        start += width
    return np.concatenate(vertices), polygons, ["teeth"] * len(polygons)


def _crown(width: float, height: float, depth: float, up: bool) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """(26, 3) points (across, level from the biting edge, depth along the outward normal) and 24 outward quads."""
    grid = [(i, j, k) for i in range(3) for j in range(3) for k in range(3) if (i, j, k) != (1, 1, 1)]
    number = {place: vertex for vertex, place in enumerate(grid)}
    points = np.array([_crown_point(i - 1, j, k - 1, width, height, depth, up) for i, j, k in grid])
    quads = []
    for axis in range(3):
        for side in (0, 2):
            for a in range(2):
                for b in range(2):
                    ring = [(a, b), (a + 1, b), (a + 1, b + 1), (a, b + 1)]
                    corners = []
                    for u, v in ring if side else ring[::-1]:
                        place = [0, 0, 0]
                        place[axis], place[(axis + 1) % 3], place[(axis + 2) % 3] = side, u, v
                        corners.append(number[place[0], place[1], place[2]])
                    quads.append(tuple(corners))
    return points, quads if _points_outward(points, quads) else [quad[::-1] for quad in quads]


def _crown_point(i: int, j: int, k: int, width: float, height: float, depth: float, up: bool) -> tuple[float, ...]:
    """I across, j from the neck (0) to the biting edge (2), k inward (-1) to outward (1); corners rounded."""
    narrow = NARROWING[j] * (0.86 if i and k else 1.0) * (1 - 0.12 * (k < 0))
    thick = (1.0, 1.0, 0.5 if depth < 5 else 0.8)[j] * (0.84 if i and k else 1.0)
    across = 0.5 * width * i * narrow
    level = height * (2 - j) / 2 + (0.35 if j == 2 and i else 0.0)
    outward = 0.5 * depth * k * thick - 0.5 * depth - (0.35 if j != 1 else 0.0)
    return across, level if up else -level, outward


def _points_outward(points: np.ndarray, quads: list[tuple[int, ...]]) -> bool:
    """Whether the quads' normals leave the solid in (across, up, outward) axes, by the sign of its volume."""
    a, b, c, d = (points[[quad[n] for quad in quads]] for n in range(4))
    return float((np.cross(b - a, c - a) * a).sum() + (np.cross(c - a, d - a) * a).sum()) > 0


def build_gums(row: Row) -> tuple[np.ndarray, list[tuple[int, ...]], list[str]]:
    """The left half of a gum: a closed tube along the arch that holds the necks of the crowns."""
    total = sum(row.widths)
    lengths = np.linspace(MIDLINE_GAP / 2, total + 0.5, 16)
    middles = np.cumsum(row.widths) - np.array(row.widths) / 2
    sign = 1.0 if row.up else -1.0
    necks = LINE_HEIGHT + np.array(row.edges) + sign * (np.array(row.heights) - GUM_OVERLAP)
    neck, depth = np.interp(lengths, middles, necks), np.interp(lengths, middles, row.depths)
    middle, _, normal = _arch(row, lengths)
    section = [(0.5, 0.0), (0.9, 0.35), (0.2, 1.0), (-1.2, 1.1), (-2.0, 0.35), (-1.5, 0.0)]
    tall = np.linspace(*GUM_HEIGHTS, len(lengths))
    rings = []
    for outward, level in section:
        offset = outward if outward > 0 else outward * depth / 1.7 - 0.3
        flat = middle + np.broadcast_to(offset, lengths.shape)[:, None] * normal
        rings.append(np.column_stack([flat[:, 0], neck + sign * level * tall, flat[:, 1]]))
    vertices = np.concatenate(rings)
    count, n_rings = len(lengths), len(section)
    polygons: list[tuple[int, ...]] = []
    for ring in range(n_rings):
        after = (ring + 1) % n_rings
        for k in range(count - 1):
            quad = (ring * count + k, ring * count + k + 1, after * count + k + 1, after * count + k)
            polygons.append(quad if row.up else quad[::-1])
    first = [ring * count for ring in range(n_rings)]
    last = [ring + count - 1 for ring in first]
    caps = [(ring[0], ring[5], ring[4], ring[1]) for ring in (last, first)]
    caps += [(ring[1], ring[4], ring[3], ring[2]) for ring in (last, first)]
    polygons += [cap if row.up == (index % 2 == 0) else cap[::-1] for index, cap in enumerate(caps)]
    return vertices, polygons, ["gums"] * len(polygons)
