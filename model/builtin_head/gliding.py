"""Skin that glides over what lies under it, swells where it bunches, and folds (mm, sculpting frame).

A muscle pulls skin along teeth and bone. So a movement is given as seen, and each point is then put back to the depth
that it has under the neutral head's surface: a mouth's corner that goes out goes back along the dental arch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .anatomy import HEAD
from .contact import lining_share
from .fields import Vector, smoothstep
from .mesh import HeadMesh
from .sculpt import squared_lengths
from .topology import Key

STEPS = 4  # of Newton's
LONGEST_STEP = 4.0  # mm
STILL = 0.01  # mm: what moves less glides nowhere
FRONT = (20.0, 40.0)  # z behind which nothing folds
FURROW = 2.2  # mm, half as wide: less than the way to the next line of vertices
FADE = 5.0  # mm over which a fold runs out at its ends


@dataclass(frozen=True)
class Swell:
    """Skin pushed outward by ``height`` mm at ``centre`` (inward where negative), fading as bumps do, on both sides."""

    centre: Vector
    radii: Vector
    height: float

    def heights(self, points: np.ndarray) -> np.ndarray:
        """(N,) mm at (N, 3) points."""
        sides = (1.0, -1.0) if self.centre[0] else (1.0,)
        local = [(points - np.array(self.centre) * (side, 1, 1)) / np.array(self.radii) for side in sides]
        found: np.ndarray = self.height * sum(np.exp(-squared_lengths(each)) for each in local)
        return found


@dataclass(frozen=True)
class Fold:
    """A furrow along a line of the left side's vertices, ``course``, and its image: folds are as sharp as the mesh is.

    It is ``depth`` mm deep. The skin stands ``left`` mm high to its left as one goes along it with the face before one,
    and ``right`` mm to its right, highest at ``bank_width`` mm from the furrow.
    """

    course: tuple[Key, ...]
    depth: float
    left: float = 0.0
    right: float = 0.0
    bank_width: float = 5.5

    def heights(self, points: np.ndarray, course: np.ndarray) -> np.ndarray:
        """(N,) mm at (N, 3) points of the head, for the places (K, 3) of the course's vertices."""
        flat = np.column_stack([np.abs(points[:, 0]), points[:, 1]])
        across, before_end = _beside(course[:, :2], flat)
        outward = np.abs(across) / self.bank_width
        banks = np.where(across > 0, self.left, self.right) * outward * np.exp(0.5 - 0.5 * outward**2)
        profile = banks - self.depth * np.exp(-((across / FURROW) ** 2))
        found: np.ndarray = profile * smoothstep(-FADE, FADE, before_end) * smoothstep(*FRONT, points[:, 2])
        return found


def _beside(course: np.ndarray, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) distances from a course, positive to its left, and (N,) how far away its nearer end is, along it.

    Beyond an end the second is negative: the first and last piece go on straight.
    """
    best, across, along = np.full(len(flat), np.inf), np.zeros(len(flat)), np.zeros(len(flat))
    lengths = np.linalg.norm(np.diff(course, axis=0), axis=1)
    starts = np.concatenate([[0.0], np.cumsum(lengths)])
    last = len(lengths) - 1
    for number, (start, end) in enumerate(pairwise(course)):
        way = (end - start) / lengths[number]
        off = flat - start
        low, high = -np.inf if number == 0 else 0.0, np.inf if number == last else lengths[number]
        part = np.clip(off @ way, low, high)
        rest = off - part[:, None] * way
        distance = np.linalg.norm(rest, axis=1)
        nearer = distance < best
        side = np.where(way[0] * off[:, 1] - way[1] * off[:, 0] >= 0, 1.0, -1.0)
        best = np.where(nearer, distance, best)
        across = np.where(nearer, side * distance, across)
        along = np.where(nearer, starts[number] + part, along)
    return across, np.minimum(along, starts[-1] - along)


class Glide:
    """The neutral skin as movements use it."""

    def __init__(self, mesh: HeadMesh, freedom: np.ndarray) -> None:
        """``freedom`` (V,): how far a vertex follows, 0 on the margins of the lids."""
        skin = np.arange(len(mesh)) < mesh.parts["skin"].stop
        self.mesh, self.points = mesh, mesh.vertices
        self.freedom = np.where(skin & (lining_share(mesh) == 0), freedom, 0.0)
        self.depth = HEAD.distance(mesh.vertices)
        self.normals = HEAD.normals(mesh.vertices)

    def along(self, seen: np.ndarray) -> np.ndarray:
        """(V, 3) the movement ``seen`` (V, 3) with each point kept at its depth under the surface."""
        moved = self.points + seen
        chosen = np.flatnonzero((self.freedom > 0) & (np.abs(seen).max(1) > STILL))
        places = moved[chosen]
        for _ in range(STEPS):
            gradient = HEAD.gradient(places)
            step = (HEAD.distance(places) - self.depth[chosen]) / np.maximum(squared_lengths(gradient), 0.25)
            length = np.abs(step) * np.linalg.norm(gradient, axis=1)
            step *= np.minimum(1, LONGEST_STEP / np.maximum(length, 1e-9))
            places = places - step[:, None] * gradient
        found = seen.copy()
        found[chosen] += self.freedom[chosen, None] * (places - moved[chosen])
        return found

    def outward(self, heights: Sequence[Swell | Fold]) -> np.ndarray:
        """(V, 3) the swells and folds, along the neutral skin's normals."""
        total = np.zeros(len(self.points))
        for each in heights:
            course = () if isinstance(each, Swell) else (self.points[self.mesh.of(*each.course)],)
            total += each.heights(self.points, *course)
        found: np.ndarray = (self.freedom * total)[:, None] * self.normals
        return found
