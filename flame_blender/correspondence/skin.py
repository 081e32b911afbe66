"""A head's skin: the largest part of its mesh, with its normals and areas, and ways along its edges."""

from __future__ import annotations

import numpy as np

from ..flame.eyeballs import parts_of


def skin_of(faces: np.ndarray, n_vertices: int) -> np.ndarray:
    """(S,) rows of ``faces`` (F, 3): the triangles of the connected part that has most vertices."""
    parts = parts_of(faces, n_vertices)
    largest = np.bincount(parts).argmax()
    return np.flatnonzero(parts[faces[:, 0]] == largest)


def face_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F, 3) normals, as long as twice the triangles' areas."""
    corners = vertices[faces]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) unit normals, the mean of the triangles' around by area; zeros where there is none."""
    normals = per_vertex(np.repeat(face_normals(vertices, faces)[:, None], 3, 1), faces, len(vertices))
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)


def vertex_areas(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V,) a third of the areas of the triangles around, square metres."""
    areas = np.linalg.norm(face_normals(vertices, faces), axis=1) / 6
    return per_vertex(np.repeat(areas[:, None, None], 3, 1), faces, len(vertices))[:, 0]


def along_edges(vertices: np.ndarray, edges: np.ndarray, start: np.ndarray) -> np.ndarray:
    """(V,) metres to each vertex along ``edges``, from vertices that are ``start`` (V,) off to begin with.

    ``start`` is infinite elsewhere, and what no edge leads to stays so. Bellman's and Ford's rounds: as many as the
    longest way has edges, each over all edges at once.
    """
    lengths = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    begin, end = edges.T
    both_begin, both_end, both = np.r_[begin, end], np.r_[end, begin], np.r_[lengths, lengths]
    ways = start.copy()
    while True:
        shorter = ways.copy()
        np.minimum.at(shorter, both_end, ways[both_begin] + both)
        if np.array_equal(shorter, ways):
            return ways
        ways = shorter


def per_vertex(corners: np.ndarray, faces: np.ndarray, n_vertices: int) -> np.ndarray:
    """(V, D) sums over each vertex's corners of triangles, ``corners`` (F, 3, D)."""
    flat, ids = corners.reshape(-1, corners.shape[-1]), faces.ravel()
    return np.stack([np.bincount(ids, column, n_vertices) for column in flat.T], 1)
