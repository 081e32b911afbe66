"""Landmarks and regions of one head's skin, carried over to another's."""

from __future__ import annotations

import numpy as np

from ..flame.eyeballs import eyeballs_of
from ..flame.landmarks import LandmarkEmbedding
from ..geometry.thin_plate import ThinPlate
from .closest import Closest, Places, closest
from .lips_and_lids import Side
from .rest_skin import RestSkin
from .skin import face_normals

EYEBALLS = "left_eyeball", "right_eyeball"
BOUNDARY, BOUNDARY_EDGES = "boundary", 3


def carried_embedding(
    embedding: LandmarkEmbedding,
    one: RestSkin,
    other: RestSkin,
    warps: tuple[ThinPlate, ThinPlate],
    of_one: tuple[Side, ...],
    of_other: tuple[Side, ...],
) -> LandmarkEmbedding:
    """Landmarks of ``one`` on the skin of ``other``: where two warps bring the static ones, and the contour."""
    arrays = {}
    for kind, warp in zip(("static", "contour"), warps, strict=True):
        faces, barycentric = getattr(embedding, f"{kind}_faces"), getattr(embedding, f"{kind}_barycentric")
        if faces is not None:
            places = _warped(faces.ravel(), barycentric.reshape(-1, 3), one, warp, of_one)
            found = closest(places, other.vertices, other.faces, of_other)
            arrays[f"{kind}_faces"] = other.rows[found.rows].reshape(faces.shape)
            arrays[f"{kind}_barycentric"] = found.barycentric.reshape(barycentric.shape)
    return LandmarkEmbedding(**arrays, indices=embedding.indices)


def carried_regions(one: RestSkin, other: RestSkin, found: Closest) -> dict[str, np.ndarray]:
    """The regions of the skin of ``one`` as vertices (n,) int32 of ``other``: those that lie nearest to theirs.

    A place is of a region where the nearest of its triangle's corners is; regions without any are left out. Eyeballs
    are no skin: those that the other head has are told by their shape. The boundary is where its own neck ends.
    """
    nearest = one.faces[found.rows, found.barycentric.argmax(1)]
    regions = {name: other.ids[np.isin(nearest, ids)].astype(np.int32) for name, ids in one.model.regions.items()}
    balls = eyeballs_of(other.vertices, other.model.faces)
    if balls is not None:
        regions |= {name: ball.vertices.astype(np.int32) for name, ball in zip(EYEBALLS, balls, strict=True)}
    ends = _boundary(other)
    if len(ends) and BOUNDARY in regions:
        regions[BOUNDARY] = ends
    return {name: ids for name, ids in regions.items() if len(ids)}


def _boundary(skin: RestSkin) -> np.ndarray:
    """(n,) int32 vertices within some edges of the skin's lowest open edge; none where it has none.

    Four rows of FLAME's vertices: the 114 that FLAME_masks has.
    """
    sides = np.sort(np.concatenate([skin.faces[:, [0, 1]], skin.faces[:, [1, 2]], skin.faces[:, [2, 0]]]), 1)
    edges, counts = np.unique(sides, axis=0, return_counts=True)
    open_ = edges[counts == 1]
    if not len(open_):
        return np.zeros(0, np.int32)
    lowest = open_.ravel()[skin.vertices[open_.ravel(), 1].argmin()]
    reached = np.zeros(len(skin.vertices), bool)
    reached[lowest] = True
    _spread(reached, open_, len(open_))
    _spread(reached, edges, BOUNDARY_EDGES)
    return np.flatnonzero(reached).astype(np.int32)


def _spread(reached: np.ndarray, edges: np.ndarray, steps: int) -> None:
    """Mark what is reached from marked vertices along edges, in so many steps at most."""
    for _ in range(steps):
        more = edges[reached[edges].any(1) & ~reached[edges].all(1)]
        if not len(more):
            return
        reached[more] = True


def _warped(
    triangles: np.ndarray, barycentric: np.ndarray, one: RestSkin, warp: ThinPlate, sides: tuple[Side, ...]
) -> Places:
    """Points of the skin at rest, warped, with the normals of the warped triangles that they lie in."""
    faces = one.model.faces
    corners = warp(one.vertices[faces[triangles]].reshape(-1, 3)).reshape(-1, 3, 3)
    normals = face_normals(corners.reshape(-1, 3), np.arange(3 * len(corners)).reshape(-1, 3))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    points = (corners * barycentric[..., None]).sum(1)
    return Places(points, normals, tuple(each.at(faces, triangles, barycentric) for each in sides))
