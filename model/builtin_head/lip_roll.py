"""Lips that roll out or in: each section of a lip turns about the skin at its border (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .lips import spoke_parameter
from .mesh import HeadMesh
from .topology import MOUTH

PIVOT_RING = 3
FOLLOW = {3: 0.1, 4: 0.35, 5: 0.7, 6: 0.92, 7: 1.0, 8: 1.0, 9: 1.0, 10: 0.8}  # ring: how much of the turn it takes
TO_CORNER = 2.5  # power of the place along the lip by which a roll dies out towards the corner


def roll_lips(mesh: HeadMesh, upper: float, lower: float) -> np.ndarray:
    """(V, 3) displacement that rolls the lips out by these degrees, in where negative, on both sides."""
    moved = np.zeros_like(mesh.vertices)
    along, is_upper = spoke_parameter()
    turn = np.radians(np.where(is_upper, upper, lower)) * (1 - along**TO_CORNER)
    pivots = mesh.vertices[mesh.ring(MOUTH, PIVOT_RING)]
    axes = _axes(pivots)
    for ring, share in FOLLOW.items():
        vertices = mesh.ring(MOUTH, ring)
        local = mesh.vertices[vertices] - pivots
        moved[vertices] = _turned(local, axes, -share * turn) - local
    left = np.unique(np.concatenate([mesh.ring(MOUTH, ring) for ring in FOLLOW]))
    moved[mesh.mirror[left]] = moved[left] * (-1, 1, 1)
    return moved


def _axes(pivots: np.ndarray) -> np.ndarray:
    """(spokes, 3) unit tangents of a ring round the left half of the mouth; level on the midline."""
    ends = np.concatenate([pivots[1:2] * (-1, 1, 1), pivots, pivots[-2:-1] * (-1, 1, 1)])
    tangents = ends[2:] - ends[:-2]
    unit: np.ndarray = tangents / np.linalg.norm(tangents, axis=1, keepdims=True)
    return unit


def _turned(points: np.ndarray, axes: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """(N, 3) points turned about axes (N, 3) by angles (N,) (Rodrigues' formula)."""
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    along = (points * axes).sum(1, keepdims=True)
    turned: np.ndarray = cos * points + sin * np.cross(axes, points) + (1 - cos) * along * axes
    return turned
