"""Points bound to a surface: to a place on one of its triangles, and a height along the normal there.

The normal is interpolated from those of the corners, as DECA's upsample_mesh lifts its dense mesh from the coarse one:
a mesh of its making follows another expression as DECA would have written it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEPS = 4
FAR = 0.25  # of a triangle, beyond whose edges its normals are not followed
LEAST_VOLUME = 1e-9  # of two edges and the normal, beside the product of their lengths


@dataclass(frozen=True, eq=False)
class Binding:
    """Where points (P,) lie on a surface.

    ================  =================  ==========================================================
    ``corners``       (P, 3) int32       vertices of the triangle
    ``weights``       (P, 3) float32     of their places; they sum to 1 and may lie beyond the edges
    ``normals``       (P, 3) float32     weights of their normals, never beyond the edges
    ``heights``       (P,) float32       along the normal, in the surface's units
    ================  =================  ==========================================================
    """

    corners: np.ndarray
    weights: np.ndarray
    normals: np.ndarray
    heights: np.ndarray

    def positions(self, vertices: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """(P, 3) for a surface of ``vertices`` (V, 3) with the unit ``normals`` (V, 3)."""
        foot = np.einsum("pk,pki->pi", self.weights, vertices[self.corners])
        along = np.einsum("pk,pki->pi", self.normals, normals[self.corners])
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-30)
        return foot + self.heights[:, None] * along


def bound(
    points: np.ndarray, corners: np.ndarray, near: np.ndarray, vertices: np.ndarray, normals: np.ndarray
) -> Binding:
    """Bind points (P, 3) to triangles with the ``corners`` (P, 3), beginning at the weights ``near`` (P, 3) in them.

    Exact, whichever triangle is chosen: the weights of the normals are found in a few steps and held, then those of
    the places and the heights are one linear system for each point. ``vertices`` (V, 3), unit ``normals`` (V, 3).
    """
    places, directions = vertices[corners].astype(np.float64), normals[corners].astype(np.float64)
    edges = places[:, 1:] - places[:, :1]
    to_point = np.asarray(points, np.float64) - places[:, 0]
    held = near.astype(np.float64)
    for step in range(STEPS + 1):
        along = np.einsum("pk,pki->pi", held, directions)
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-30)
        system = np.stack([edges[:, 0], edges[:, 1], along], 2)
        solution = _solved(system, to_point)
        weights = np.column_stack([1 - solution[:, 0] - solution[:, 1], solution[:, 0], solution[:, 1]])
        if step < STEPS:
            held = _within(weights)
    return Binding(
        corners.astype(np.int32), weights.astype(np.float32), held.astype(np.float32), solution[:, 2].astype(np.float32)
    )


def _within(weights: np.ndarray) -> np.ndarray:
    """The same where they lie in the triangle or little beyond, else cut at its edges; they sum to 1."""
    cut = np.maximum(np.where(weights < -FAR, 0.0, weights), 0.0)
    return cut / cut.sum(1, keepdims=True)


def _solved(systems: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(P, 3) solutions; where a triangle is flat, or its normals lie in it, the height alone counts."""
    sizes = np.prod(np.linalg.norm(systems, axis=1), axis=1)
    sound = np.abs(np.linalg.det(systems)) > LEAST_VOLUME * np.maximum(sizes, 1e-30)
    found = np.zeros_like(values)
    found[sound] = np.linalg.solve(systems[sound], values[sound][:, :, None])[:, :, 0]
    return found
