"""The other side of a head: where places on its surface lie after x -> -x."""

from __future__ import annotations

import numpy as np

from .walking import across_edges, walked

NORMAL_LENGTH = 0.005  # metres: tells the two sides of a lid or a lip apart, which lie closer together than this
TRIANGLES_TOGETHER = 512


def mirrored_places(
    template: np.ndarray, faces: np.ndarray, triangles: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (n,) and barycentric weights (n, 3) float32 of places on the neutral head, mirrored left to right.

    ``template`` (V, 3), metres, FLAME's axes; ``faces`` (F, 3). Needs no table of vertices: the search begins in the
    triangle that is most like the mirrored one, and walks over the edges to the place below the mirrored point. Where
    the head has no such place, the nearest edge is taken.
    """
    template = np.asarray(template, np.float64)
    corners = template[faces]
    start = _mirrored_triangles(corners)
    neighbours = across_edges(faces)
    points = np.einsum("nk,nki->ni", weights, corners[triangles]) * [-1, 1, 1]
    reached, places = walked(start[triangles], points, corners, neighbours)
    return reached, places.astype(np.float32)


def _mirrored_triangles(corners: np.ndarray) -> np.ndarray:
    """(F,) of each triangle the one whose centre and normal are nearest to its own, mirrored."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    middle = corners.mean((0, 1)) * [0, 1, 1]
    marks = np.concatenate([corners.mean(1) - middle, NORMAL_LENGTH * normals], 1).astype(np.float32)
    # squared distances but for a constant of each: one product of matrices, float32, as exact as a start need be
    ones = np.concatenate(
        [marks * np.array([2, -2, -2, 2, -2, -2], np.float32), np.ones((len(marks), 1), np.float32)], 1
    )
    others = np.concatenate([marks, (marks * marks).sum(1, keepdims=True)], 1).T
    nearest = [
        (ones[start : start + TRIANGLES_TOGETHER] @ others).argmin(1)
        for start in range(0, len(marks), TRIANGLES_TOGETHER)
    ]
    return np.concatenate(nearest)
