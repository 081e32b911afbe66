"""The shape of one tooth's crown by its kind (mm).

A crown is eight points round at four levels, from the neck to the biting edge, and a point in the middle of each end.
Its axes: across the tooth from mesial to distal, towards the root from the biting edge, outward (labial or buccal).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Round the crown: across (-1 mesial, 1 distal) and outward (1 labial, -1 lingual).
ROUND = np.array([(-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0)])
LEVELS = 4
POINTS = LEVELS * len(ROUND) + 2


@dataclass(frozen=True)
class Tooth:
    """Crown length, mesiodistal and labiolingual diameters at their largest and at the neck."""

    kind: str
    length: float
    width: float
    neck_width: float
    depth: float
    neck_depth: float


@dataclass(frozen=True)
class Relief:
    """How a kind of crown runs from neck to edge.

    Levels 1 to 3: share of the length from the edge; share of the width; mm by which the labial face falls back; share
    of the depth at which the lingual face lies, counted from the labial one. ``edge``: mm towards the root for the
    eight points round the biting edge, and for its middle. ``corner``: how far the corners stay within the width.
    """

    levels: tuple[tuple[float, float, float, float], ...]
    edge: tuple[float, ...]
    corner: float


RELIEFS = {
    "incisor": Relief(
        ((0.70, 0.95, 0.0, 0.96), (0.30, 1.0, 0.2, 0.42), (0.0, 0.96, 0.7, 0.30)),
        (0.2, 0.0, 0.6, 0.65, 0.9, 0.3, 0.5, 0.35, 0.05), 0.96),
    "canine": Relief(
        ((0.66, 0.90, 0.0, 0.98), (0.34, 1.0, 0.25, 0.55), (0.0, 0.66, 1.1, 0.40)),
        (1.5, 0.0, 2.0, 2.3, 2.6, 1.0, 2.0, 1.8, 0.3), 0.86),
    "premolar": Relief(
        ((0.64, 0.92, 0.0, 0.98), (0.36, 1.0, 0.4, 0.97), (0.0, 0.80, 2.0, 0.76)),
        (1.4, 0.0, 1.5, 2.1, 1.9, 1.0, 1.9, 2.0, 2.7), 0.84),
    "molar": Relief(
        ((0.62, 0.94, 0.0, 0.98), (0.36, 1.0, 0.4, 0.98), (0.0, 0.84, 1.9, 0.80)),
        (0.1, 1.1, 0.3, 1.5, 0.2, 1.0, 0.0, 1.5, 2.2), 0.84),
}  # fmt: skip
NECK_SETBACK = 0.5  # mm by which the labial face falls back at the neck
LINGUAL_TAPER = 0.84  # crowns are narrower on the tongue's side: they stand on an arch


def crown_points(tooth: Tooth) -> np.ndarray:
    """(POINTS, 3) across, towards the root, outward; the labial face reaches 0 outward."""
    relief = RELIEFS[tooth.kind]
    neck = (1.0, tooth.neck_width / tooth.width, NECK_SETBACK, (NECK_SETBACK + tooth.neck_depth) / tooth.depth)
    rings = [_ring(tooth, relief, *level) for level in (neck, *relief.levels)]
    rings[-1][:, 1] += relief.edge[: len(ROUND)]
    ends = [rings[0].mean(0), rings[-1].mean(0)]
    ends[1][1] = relief.edge[-1]
    return np.concatenate([*rings, ends])


def contact_depth(tooth: Tooth) -> float:
    """How far behind the labial face a crown is widest and touches its neighbours (mm)."""
    _, _, back, deep = RELIEFS[tooth.kind].levels[1]
    return 0.5 * (back + deep * tooth.depth)


def _ring(tooth: Tooth, relief: Relief, height: float, wide: float, back: float, deep: float) -> np.ndarray:
    across, outward = ROUND.T.astype(float)
    corner = (across != 0) & (outward != 0)
    share = np.where(corner, relief.corner, 1.0) * np.where(outward < 0, LINGUAL_TAPER, 1.0)
    labial, lingual = -back, -deep * tooth.depth
    middle, half = 0.5 * (labial + lingual), 0.5 * (labial - lingual)
    bend = np.where(corner, relief.corner, 1.0)
    flat = 0.5 * tooth.width * wide * across * share
    return np.column_stack([flat, np.full(len(ROUND), height * tooth.length), middle + half * bend * outward])


def crown_quads() -> list[tuple[int, ...]]:
    """Quads with outward normals for a crown whose root points up; reverse them for one whose root points down."""
    count = len(ROUND)
    quads: list[tuple[int, ...]] = []
    for level in range(LEVELS - 1):
        for k in range(count):
            a, b = level * count + k, level * count + (k + 1) % count
            quads.append((a, a + count, b + count, b))
    last = (LEVELS - 1) * count
    for k in range(1, count, 2):  # from side to side, so that the corners are corners of quads
        before, after = k, (k + 2) % count
        corner = (k + 1) % count
        quads.append((POINTS - 2, before, corner, after))
        quads.append((POINTS - 1, last + after, last + corner, last + before))
    return quads
