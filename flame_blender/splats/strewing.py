"""A made avatar: splats strewn over a surface, flat and as dense everywhere, with colours that are told.

It is what a training begins from, and looks like the surface: for trying, showing and testing what avatars do without
anybody's data.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..geometry.rotations import quaternion_from_matrix
from .harmonics import CONSTANT, GREY
from .splats import Splats
from .triangle_frames import bound, frames_of

WIDE, THIN = 0.95, 0.1  # deviations: of the distance between neighbours; of that
OPACITY = 0.98
LIGHT = np.array([0.35, 0.6, 0.72])  # from where it comes, FLAME's axes: in front, above, a little from the left
DARKEST, SOFT = 0.4, 0.5  # what has no light of it; how far it reaches round


class Places(NamedTuple):
    """N points of a surface: ``triangles`` (N,) of its faces, ``weights`` (N, 3) of their corners."""

    triangles: np.ndarray
    weights: np.ndarray


def strewn_places(vertices: np.ndarray, faces: np.ndarray, count: int, which: np.ndarray, seed: int) -> Places:
    """Points as dense everywhere on the triangles ``which`` (F,) bool: a triangle has as many as its area asks for."""
    rng = np.random.default_rng(seed)
    first, second, third = (vertices[faces[:, corner]].astype(np.float64) for corner in range(3))
    areas = np.linalg.norm(np.cross(second - first, third - first), axis=1) * which
    ends = np.cumsum(areas)
    steps = (np.arange(count) + rng.random(count)) * (ends[-1] / count)
    triangles = np.minimum(np.searchsorted(ends, steps, side="right"), np.flatnonzero(which)[-1])
    root, along = np.sqrt(rng.random(count)), rng.random(count)
    weights = np.stack([1 - root, root * (1 - along), root * along], 1)
    return Places(triangles.astype(np.int32), weights)


def surface_splats(vertices: np.ndarray, faces: np.ndarray, places: Places, colours: np.ndarray) -> Splats:
    """Flat splats at the places, bound to their triangles; ``colours`` (N, 3) sRGB from 0 to 1."""
    vertices = np.asarray(vertices, np.float64)
    corners = vertices[faces]
    used = np.unique(places.triangles)
    sides = np.cross(corners[used, 1] - corners[used, 0], corners[used, 2] - corners[used, 0])
    apart = np.sqrt(np.linalg.norm(sides, axis=1).sum() / 2 / len(places.triangles))
    frames = frames_of(vertices, faces)
    count = len(places.triangles)
    centres = np.einsum("nk,nka->na", places.weights, corners[places.triangles])
    scales = np.tile(np.array([WIDE, WIDE * THIN, WIDE]) * apart, (count, 1)).astype(
        np.float32
    )  # thin along the normal
    rotations = quaternion_from_matrix(frames.axes)[places.triangles]
    return bound(
        Splats(
            centres.astype(np.float32),
            scales,
            rotations.astype(np.float32),
            np.full(count, OPACITY, np.float32),
            harmonics_of(colours),
        ),
        vertices,
        faces,
        places.triangles,
    )


def harmonics_of(colours: np.ndarray) -> np.ndarray:
    """(N, 1, 3) float32: the same sRGB colour (N, 3) from every side."""
    return ((colours[:, None] - GREY) / CONSTANT).astype(np.float32)


def light_on(normals: np.ndarray) -> np.ndarray:
    """(N,) how much of a large lamp's light falls on a surface with these unit normals (N, 3), FLAME's axes."""
    towards = normals @ (LIGHT / np.linalg.norm(LIGHT))
    found: np.ndarray = DARKEST + (1 - DARKEST) * np.clip((towards + SOFT) / (1 + SOFT), 0, 1)
    return found
