"""Solids beside a model's mesh, and all of them as one surface, so that every label is of whatever is met first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...textures.face_uvs import FaceUvs
from ..labels.classes import MATERIALS, HeadSurface


@dataclass(frozen=True, eq=False)
class Solid:
    """Triangles in FLAME's axes, metres: ``vertices`` (n, 3) float32, ``faces`` (m, 3), and what each is.

    ``classes`` and ``materials`` (m,) uint8 of :data:`..labels.classes.CLASSES` and :data:`..labels.classes.MATERIALS`;
    what is made of nothing is seen through.
    """

    vertices: np.ndarray
    faces: np.ndarray
    classes: np.ndarray
    materials: np.ndarray


def all_in_sight(vertices: np.ndarray, surface: HeadSurface, solids: Sequence[Solid]) -> tuple[np.ndarray, HeadSurface]:
    """(n, 3) vertices and the triangles of a head and of what is beside it, in this order; theirs have no UVs."""
    if not solids:
        return vertices, surface
    starts = np.cumsum([len(vertices), *(len(solid.vertices) for solid in solids)])
    n_more = sum(len(solid.faces) for solid in solids)
    uvs = surface.uvs
    if uvs is not None:
        last = np.full((n_more, 3), len(uvs.coords))
        coords = np.concatenate([uvs.coords, np.zeros((1, 2), uvs.coords.dtype)])
        uvs = FaceUvs(coords, np.concatenate([uvs.faces, last.astype(uvs.faces.dtype)]))
    gaze = surface.gaze
    if gaze is not None:
        gaze = np.concatenate([gaze, np.zeros((starts[-1] - len(gaze), 3), gaze.dtype)])
    faces = [solid.faces + start for solid, start in zip(solids, starts[:-1].tolist(), strict=True)]
    joined = HeadSurface(
        np.concatenate([surface.faces, *faces]).astype(surface.faces.dtype),
        np.concatenate([surface.classes, *(solid.classes for solid in solids)]),
        np.concatenate([surface.materials, *(solid.materials for solid in solids)]),
        np.concatenate([surface.clear, *(solid.materials == MATERIALS["nothing"] for solid in solids)]),
        uvs,
        gaze,
    )
    return np.concatenate([vertices, *(solid.vertices for solid in solids)]).astype(np.float32), joined
