"""Landmarks in a sample's picture: where they are, and whether the camera sees them."""

from __future__ import annotations

import numpy as np

from ...geometry.camera import Camera
from ...geometry.piercing import meetings
from ..views import camera_points, pixels_of

OUTSIDE, HIDDEN, VISIBLE = 0, 1, 2  # as COCO's keypoints have them
SLACK = 1e-4  # metres: a surface that lies less in front of a point is the one that the point is on
EDGE = 1e-9  # barycentric: a ray through an edge meets both triangles


def visibility(
    camera: Camera, points: np.ndarray, vertices: np.ndarray, faces: np.ndarray, clear: np.ndarray | None = None
) -> np.ndarray:
    """(n,) uint8 of points (n, 3) on the surface ``vertices`` (V, 3) with ``faces`` (F, 3), all in FLAME's axes.

    :data:`OUTSIDE` the picture, :data:`HIDDEN` where a ray from the camera meets another surface before it, or
    :data:`VISIBLE`. Triangles that are ``clear`` (F,) hide nothing.
    """
    seen, placed = camera_points(camera, points), camera_points(camera, vertices)
    in_front = seen[:, 2] > 0
    pixels = np.full((len(points), 2), -1.0)
    pixels[in_front] = pixels_of(camera, seen[in_front])
    inside = in_front & (pixels >= 0).all(1) & (pixels < [camera.width, camera.height]).all(1)
    shown = faces if clear is None else faces[~clear]
    found = np.where(inside, VISIBLE, OUTSIDE).astype(np.uint8)
    found[np.flatnonzero(inside)[_hidden(seen[inside], placed, shown)]] = HIDDEN
    return found


def _hidden(points: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(n,) bool: a triangle lies between the origin and each point (n, 3), by rays through those about it alone."""
    faces = faces[(vertices[faces, 2] > 0).all(1)]
    flat = vertices[:, :2] / np.where(vertices[:, 2:] > 0, vertices[:, 2:], 1.0)
    corners = flat[faces]
    low, high = corners.min(1), corners.max(1)
    nearest = vertices[faces, 2].min(1)
    hidden = np.zeros(len(points), bool)
    for number, point in enumerate(points):
        ray = point[:2] / point[2]
        about = np.flatnonzero(
            (low[:, 0] <= ray[0]) & (ray[0] <= high[:, 0]) & (low[:, 1] <= ray[1]) & (ray[1] <= high[:, 1])
            & (nearest < point[2])
        )  # fmt: skip
        hidden[number] = len(about) > 0 and bool(_met_before(point, vertices[faces[about]]).any())
    return hidden


def _met_before(point: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(k,) bool: triangles (k, 3, 3) that the ray from the origin to ``point`` meets more than the slack before it."""
    met, share = meetings(np.zeros(3), point, corners, EDGE)
    found: np.ndarray = met & (share > 0) & ((1 - share) * np.linalg.norm(point) > SLACK)
    return found
