"""Where a head's skin is cut open, so that it can be laid flat: up the back, as the built-in head's is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..geometry.triangles import edges_of
from .surface import border_loops, cut_along, shortest_path

ASIDE = 0.004  # metres off the middle, at which a step of the seam counts twice
BEFORE = 30.0  # times as much counts what lies before the seam's end


@dataclass(frozen=True, eq=False)
class CutSkin:
    """Skin that is open at the back.

    ``faces`` (F, 3) with vertices from ``first_copy`` on that are copies of ``copies`` (C,), the seam's on its right.
    ``seam`` (C + 1,): its vertices from its inner end, which has no copy, to the border. ``border``: vertices of the
    loop that the seam ends in, as the triangles run round, from the seam's end on one side to its end on the other.
    """

    faces: np.ndarray
    first_copy: int
    copies: np.ndarray
    seam: np.ndarray
    border: np.ndarray


def cut_open(vertices: np.ndarray, faces: np.ndarray, top: np.ndarray) -> CutSkin | None:
    """Cut the skin ``faces`` (F, 3) from the vertex nearest to ``top`` (3,), metres, down its back to its border.

    None where the skin has no border or no edges lead there.
    """
    loops = border_loops(faces)
    if not loops:
        return None
    lowest = min(loops, key=lambda loop: vertices[loop, 1].mean())
    inner = np.setdiff1d(np.unique(faces), np.concatenate(loops))
    if not len(inner):
        return None
    start = int(inner[np.linalg.norm(vertices[inner] - top, axis=1).argmin()])
    edges = edges_of(faces)
    middles = vertices[edges].mean(1)
    costs = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    costs *= 1 + ((middles[:, 0] - vertices[start, 0]) / ASIDE) ** 2
    costs[middles[:, 2] > vertices[start, 2]] *= BEFORE
    barred = np.setdiff1d(np.concatenate(loops), lowest)
    allowed = ~np.isin(edges, barred).any(1)
    seam = shortest_path(edges[allowed], costs[allowed], start, lowest)
    if len(seam) < 2:
        return None
    first_copy = len(vertices)
    cut, copies = cut_along(faces, seam, first_copy)
    end = int(np.flatnonzero(lowest == seam[-1])[0])
    around = np.roll(lowest, -end)
    copy_of_end = first_copy + len(copies) - 1
    opened = (
        np.r_[around, copy_of_end]
        if _is_kept(cut, seam[-1], int(around[1]))
        else np.r_[copy_of_end, around[1:], seam[-1]]
    )
    return CutSkin(cut, first_copy, copies, np.array(seam), opened)


def _is_kept(cut: np.ndarray, vertex: int, other: int) -> bool:
    """Whether the side from one vertex to the other is still there."""
    return bool(((cut == vertex) & (np.roll(cut, -1, 1) == other)).any())
