"""Whether edges run through triangles."""

from __future__ import annotations

import numpy as np

PARALLEL = 1e-30  # cubic metres: six times the volume below which an edge lies in a triangle's plane


def pierces(starts: np.ndarray, ends: np.ndarray, triangles: np.ndarray) -> bool:
    """Whether any edge, from ``starts`` to ``ends`` (n, 3), runs through any of ``triangles`` (T, 3, 3).

    An edge in a triangle's plane runs through nothing. After Moeller and Trumbore, "Fast, minimum storage ray-triangle
    intersection", 1997.
    """
    along = (ends - starts)[:, None]
    corner, one, other = triangles[:, 0], triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    across = np.cross(along, other)
    volumes = (across * one).sum(2)
    flat = np.abs(volumes) < PARALLEL
    volumes = np.where(flat, 1.0, volumes)
    off = starts[:, None] - corner
    turned = np.cross(off, one)
    u, v = (off * across).sum(2) / volumes, (along * turned).sum(2) / volumes
    share = (other * turned).sum(2) / volumes
    return bool((~flat & (u >= 0) & (v >= 0) & (u + v <= 1) & (share >= 0) & (share <= 1)).any())
