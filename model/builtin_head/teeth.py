"""Teeth and gums (mm, sculpting frame)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .crowns import POINTS, Tooth, contact_depth, crown_points, crown_quads
from .dental_arch import along_arch
from .lips import LINE_HEIGHT

# From the central incisor to the second molar: crown length, mesiodistal diameter and that at the neck, labiolingual
# diameter and that at the neck. Wheeler's Dental Anatomy, Physiology and Occlusion, table 1-1, "Measurements of the
# Teeth" (what-when-how.com/dental-anatomy-physiology-and-occlusion); the incisors checked at
# pocketdentistry.com/tooth-traits-of-the-permanent-dentition.
UPPER = (
    Tooth("incisor", 10.5, 8.5, 7.0, 7.0, 6.0),
    Tooth("incisor", 9.0, 6.5, 5.0, 6.0, 5.0),
    Tooth("canine", 10.0, 7.5, 5.5, 8.0, 7.0),
    Tooth("premolar", 8.5, 7.0, 5.0, 9.0, 8.0),
    Tooth("premolar", 8.5, 7.0, 5.0, 9.0, 8.0),
    Tooth("molar", 7.5, 10.0, 8.0, 11.0, 10.0),
    Tooth("molar", 7.0, 9.0, 7.0, 11.0, 10.0),
)
LOWER = (
    Tooth("incisor", 9.0, 5.0, 3.5, 6.0, 5.3),
    Tooth("incisor", 9.5, 5.5, 4.0, 6.5, 5.8),
    Tooth("canine", 11.0, 7.0, 5.5, 7.5, 7.0),
    Tooth("premolar", 8.5, 7.0, 5.0, 7.5, 6.5),
    Tooth("premolar", 8.0, 7.0, 5.0, 8.0, 7.0),
    Tooth("molar", 7.5, 11.0, 9.0, 10.5, 9.0),
    Tooth("molar", 7.0, 10.5, 8.0, 10.0, 9.0),
)
# Height of each biting edge over the lip line: the incisors overlap, the molars meet.
UPPER_EDGES, LOWER_EDGES = (-2.6, -2.1, -2.4, -1.4, -1.1, -0.6, -0.5), (-0.5, -0.6, -0.2, -1.6, -1.5, -1.5, -1.4)


@dataclass(frozen=True)
class Row:
    """One row of teeth: upward or downward growing crowns along an arch (left half)."""

    name: str
    up: bool  # True where the roots are above the biting edge
    teeth: tuple[Tooth, ...]
    edges: tuple[float, ...]
    setback: float  # mm behind the arch of ``dental_arch``


ROWS = (Row("upper", True, UPPER, UPPER_EDGES, 1.2), Row("lower", False, LOWER, LOWER_EDGES, 4.7))
TOUCHING = 0.99  # of the widths: neighbours touch, and do not run into each other where the arch bends
STATIONS = (0.0, 0.25, 0.75)  # of the gum's section along each tooth: a papilla, then the margin's arch
PAPILLA, MARGIN = 0.42, 0.86  # of the crown's length from the edge, between two teeth and before the middle of one
GUM_HEIGHTS = (7.5, 4.5)  # mm of the gum beyond the margin, at the midline and behind the last molar
# The gum's section: mm outward of the labial faces (labial side) or share of the crown's depth (lingual side); share of
# the gum's height, 0 at the margin.
LABIAL, LINGUAL = ((-0.45, 0.0), (0.6, 0.45), (0.2, 1.0)), ((1.0, 1.0), (1.15, 0.45), (0.94, 0.0))
EMBRASURE = 0.5  # mm by which a papilla stands further back between two teeth
PALATE_STEP = 3  # stations from one section of the palate to the next: one for each tooth
PALATE_ROWS = (1.0, 0.7, 0.35, 0.0)  # of the way from the midline to the gum, in which the first row lies
IN_GUM = 0.4  # mm
VAULT = (0.0, 2.0, 5.0, 7.5, 9.0, 9.5, 9.5, 9.0)  # mm by which the palate's middle rises over the gum's foot, by tooth


def _starts(row: Row) -> np.ndarray:
    """(teeth + 1,) arc lengths where the teeth begin and the last one ends.

    Neighbours touch where they are widest, behind the labial face, so on a bent arch they stand apart in front.
    """
    widths = np.array([tooth.width for tooth in row.teeth])
    contacts = np.array([contact_depth(tooth) for tooth in row.teeth])
    starts = np.concatenate([[0.0], np.cumsum(widths)])
    for _ in range(3):
        tangent = along_arch(starts[:-1] + widths / 2, row.setback)[1]
        turn = np.arctan2(-tangent[:, 1], tangent[:, 0])
        apart = np.diff(turn, prepend=0.0) * 0.5 * (contacts + np.concatenate([contacts[:1], contacts[:-1]]))
        starts = np.concatenate([np.cumsum(apart) + np.concatenate([[0.0], np.cumsum(widths)[:-1]]), [0.0]])
        starts[-1] = starts[-2] + widths[-1]
    return starts


def build_teeth(row: Row) -> tuple[np.ndarray, list[tuple[int, ...]], list[str]]:
    """The left half of a row: separate closed crowns."""
    vertices: list[np.ndarray] = []
    polygons: list[tuple[int, ...]] = []
    sign = 1.0 if row.up else -1.0
    quads = crown_quads() if row.up else [quad[::-1] for quad in crown_quads()]
    for start, tooth, edge in zip(_starts(row)[:-1], row.teeth, row.edges, strict=True):
        middle, tangent, normal = along_arch(np.array(start + tooth.width / 2), row.setback)
        first = POINTS * len(vertices)
        across, level, outward = crown_points(tooth).T
        flat = middle + TOUCHING * across[:, None] * tangent + outward[:, None] * normal
        vertices.append(np.column_stack([flat[:, 0], LINE_HEIGHT + edge + sign * level, flat[:, 1]]))
        polygons += [tuple(first + vertex for vertex in quad) for quad in quads]
    return np.concatenate(vertices), polygons, ["teeth"] * len(polygons)


def build_gums(row: Row) -> tuple[np.ndarray, list[tuple[int, ...]], list[str]]:
    """The left half of a gum: a shell along the arch that holds the necks, with papillae; above also the palate."""
    lengths, margin, depth = _margin(row)
    sign = 1.0 if row.up else -1.0
    middle, _, normal = along_arch(lengths, row.setback)
    between = np.arange(len(lengths)) % len(STATIONS) == 0
    foot = np.interp(lengths, lengths[~between], margin[~between]) + sign * np.linspace(*GUM_HEIGHTS, len(lengths))
    offsets = [(np.full(len(lengths), outward), level) for outward, level in LABIAL]
    offsets[0] = (np.where(between, LABIAL[0][0] - EMBRASURE, LABIAL[0][0]), 0.0)
    offsets += [(-share * depth, level) for share, level in LINGUAL]
    rings = []
    for outward, level in offsets:
        flat = middle + outward[:, None] * normal
        rings.append(np.column_stack([flat[:, 0], margin + level * (foot - margin), flat[:, 1]]))
    count, n_rings = len(lengths), len(rings)
    polygons: list[tuple[int, ...]] = []
    for ring in range(n_rings):
        after = (ring + 1) % n_rings
        polygons += [
            (ring * count + k, ring * count + k + 1, after * count + k + 1, after * count + k) for k in range(count - 1)
        ]
    last = [ring * count + count - 1 for ring in range(n_rings)]
    polygons += [(last[0], last[5], last[4], last[1]), (last[1], last[4], last[3], last[2])]
    if row.up:
        rings.append(_palate(rings[3][::PALATE_STEP], normal[::PALATE_STEP]))
        polygons += _palate_polygons(count * n_rings, count // PALATE_STEP)
    else:
        polygons = [polygon[::-1] for polygon in polygons]
    return np.concatenate(rings), polygons, ["gums"] * len(polygons)


def _margin(row: Row) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arc lengths of the gum's stations, the margin's height there and the crowns' depth."""
    starts = _starts(row)
    sign = 1.0 if row.up else -1.0
    lengths, heights, depths = [], [], []
    for k, tooth in enumerate(row.teeth):
        before = row.teeth[max(k - 1, 0)]
        for part in STATIONS:
            between = part == 0.0
            reach = (PAPILLA if between else MARGIN) * (
                0.5 * (tooth.length + before.length) if between else tooth.length
            )
            edge = 0.5 * (row.edges[k] + row.edges[max(k - 1, 0)]) if between else row.edges[k]
            lengths.append(starts[k] + part * tooth.width if k or not between else 0.0)
            heights.append(LINE_HEIGHT + edge + sign * reach)
            depths.append(0.5 * (tooth.depth + before.depth) if between else tooth.depth)
    last = row.teeth[-1]
    lengths.append(starts[-1] + 0.6)
    heights.append(LINE_HEIGHT + row.edges[-1] + sign * 0.7 * last.length)
    depths.append(last.depth)
    return np.array(lengths), np.array(heights), np.array(depths)


def _palate(foot: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """The left half of the palate: its front point behind the incisors, then rows from the gum to the midline."""
    start = foot + IN_GUM * np.column_stack([normal[:, 0], np.zeros(len(foot)), normal[:, 1]])
    middle = np.column_stack([np.zeros(len(foot)), foot[:, 1], foot[:, 2] - np.linspace(3.0, 0.0, len(foot))])
    rows = [np.array([(0.0, foot[0, 1], start[0, 2])])]
    for part in PALATE_ROWS:
        row = part * start + (1 - part) * middle
        row[:, 1] += (1 - part**2) * np.array(VAULT)
        rows.append(row[1:])
    return np.concatenate(rows)


def _palate_polygons(first: int, count: int) -> list[tuple[int, ...]]:
    """Polygons that face down; ``first`` is the front point, each row has ``count`` points."""
    polygons: list[tuple[int, ...]] = []
    for row in range(len(PALATE_ROWS) - 1):
        here = first + 1 + row * count
        polygons.append((first, here, here + count))
        polygons += [(here + k, here + k + 1, here + count + k + 1, here + count + k) for k in range(count - 1)]
    return polygons
