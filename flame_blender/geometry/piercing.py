"""Where rays meet triangles, and whether edges run through them."""

from __future__ import annotations

import numpy as np

FLATTEST = 1e-18  # cubic metres: six times the volume below which a ray lies in a triangle's plane


def meetings(
    starts: np.ndarray, along: np.ndarray, triangles: np.ndarray, beyond: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """(...) bool, whether rays from ``starts`` along ``along`` (..., 3) meet ``triangles`` (..., 3, 3), and where.

    Where is (...) float64: 0 at the start, 1 at ``starts + along``, and a meeting may be before or after them. A ray in
    a triangle's plane meets nothing. Triangles reach ``beyond`` their edges by a share of their size.
    After Moeller and Trumbore, "Fast, minimum storage ray-triangle intersection", 1997.
    """
    corner = triangles[..., 0, :]
    one, other = triangles[..., 1, :] - corner, triangles[..., 2, :] - corner
    across = np.cross(along, other)
    volumes = (across * one).sum(-1)
    flat = np.abs(volumes) < FLATTEST
    volumes = np.where(flat, 1.0, volumes)
    off = starts - corner
    turned = np.cross(off, one)
    u, v = (off * across).sum(-1) / volumes, (along * turned).sum(-1) / volumes
    met: np.ndarray = ~flat & (u >= -beyond) & (v >= -beyond) & (u + v <= 1 + beyond)
    return met, (other * turned).sum(-1) / volumes


def pierces(starts: np.ndarray, ends: np.ndarray, triangles: np.ndarray) -> bool:
    """Whether any edge, from ``starts`` to ``ends`` (n, 3), runs through any of ``triangles`` (T, 3, 3)."""
    met, share = meetings(starts[:, None], (ends - starts)[:, None], triangles)
    return bool((met & (share >= 0) & (share <= 1)).any())
