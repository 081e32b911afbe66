"""Optical flow: where the point that a pixel shows was, or will be, in the picture of another frame."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...geometry.camera import Camera
from ..views import camera_points, pixels_of
from .label_maps import NEAR, Seen
from .seen_points import EDGE, SLACK

NOTHING, HIDDEN, SEEN, OUTSIDE = 0, 1, 2, 3  # the middle two as of landmarks
AT_ONCE = 1 << 21  # pairs of a pixel and a triangle


def flow_map(
    seen: Seen, camera: Camera, then: np.ndarray, faces: np.ndarray, clear: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 2) float32 pixels, right and down, and (H, W) uint8 of what is there then.

    ``then`` (V, 3) are the vertices, FLAME's axes, at the other frame, of the triangles ``faces`` (F, 3) that are seen
    now; the camera stands still. Exact: the same point of the same triangle. 0 where nothing is, or it is behind the
    camera; :data:`HIDDEN` where another surface is before it then, :data:`OUTSIDE` beyond the picture.
    """
    height, width = seen.triangle.shape
    rows, columns = np.nonzero(seen.triangle >= 0)
    placed = camera_points(camera, then)
    corners = placed[faces[seen.triangle[rows, columns]]]
    points = np.einsum("nc,nck->nk", seen.barycentric[rows, columns], corners)
    before = points[:, 2] > NEAR
    pixels = np.zeros((len(points), 2))
    pixels[before] = pixels_of(camera, points[before])
    inside = before & (pixels >= 0).all(1) & (pixels < [width, height]).all(1)
    flow, state = np.zeros((height, width, 2), np.float32), np.zeros((height, width), np.uint8)
    here = np.stack([columns, rows], 1) + 0.5
    flow[rows, columns] = np.where(before[:, None], pixels - here, 0.0)
    found = np.where(inside, SEEN, OUTSIDE).astype(np.uint8)
    chosen = np.flatnonzero(inside)
    found[chosen[hidden_pixels(camera, points[chosen], placed, faces[~clear])]] = HIDDEN
    state[rows, columns] = found
    return flow, state


def hidden_pixels(camera: Camera, points: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(n,) bool: whether a triangle lies before each of points (n, 3) inside the picture, by the ray to it.

    All in the camera's axes. As :func:`.seen_points.visibility` tells it of a few points, for all of a picture: points
    and triangles meet by the pixels that they lie in.
    """
    hidden = np.zeros(len(points), bool)
    shown = faces[(vertices[faces, 2] > NEAR).all(1)]
    if not len(points) or not len(shown):
        return hidden
    corners = pixels_of(camera, vertices[shown].reshape(-1, 3)).reshape(-1, 3, 2)
    nearness = 1.0 / vertices[shown][..., 2]
    places = pixels_of(camera, points)
    cells = np.floor(places[:, 1]).astype(np.int64) * camera.width + np.floor(places[:, 0]).astype(np.int64)
    order = np.argsort(cells, kind="stable")
    counts = np.bincount(cells, minlength=camera.width * camera.height)
    starts = np.cumsum(counts) - counts
    for triangle, cell in _cells_of(corners, camera.width, camera.height):
        owner, within = _spread(counts[cell])
        met, point = triangle[owner], order[starts[cell[owner]] + within]
        hidden[point[_is_before(corners[met], nearness[met], places[point], points[point])]] = True
    return hidden


def _cells_of(corners: np.ndarray, width: int, height: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Triangles and the pixels in the boxes about them, some at a time."""
    most = np.array([width, height]) - 1
    low = np.maximum(np.floor(corners.min(1)), 0)
    high = np.minimum(np.floor(corners.max(1)), most)
    number = np.flatnonzero((low <= high).all(1))
    low, high = low[number].astype(np.int64), high[number].astype(np.int64)
    across, down = (high - low + 1).T
    reached = np.cumsum(across * down)
    first = 0
    while first < len(number):
        done = reached[first - 1] if first else 0
        last = max(int(np.searchsorted(reached, done + AT_ONCE, side="right")), first + 1)
        owner, within = _spread((across * down)[first:last])
        owner += first
        row, column = within // across[owner], within % across[owner]
        yield number[owner], (low[owner, 1] + row) * width + low[owner, 0] + column
        first = last


def _is_before(corners: np.ndarray, nearness: np.ndarray, places: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(k,) bool: triangles (k, 3, 2) of ``nearness`` (k, 3) are more than the slack before points (k, 3) at places."""
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    off = places - corners[:, 0]
    area = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    flat = np.abs(area) < 1e-12
    scale = 1.0 / np.where(flat, 1.0, area)
    first = (off[:, 0] * two[:, 1] - off[:, 1] * two[:, 0]) * scale
    second = (one[:, 0] * off[:, 1] - one[:, 1] * off[:, 0]) * scale
    inside = ~flat & (first >= EDGE) & (second >= EDGE) & (first + second <= 1 - EDGE)
    near = (1 - first - second) * nearness[:, 0] + first * nearness[:, 1] + second * nearness[:, 2]
    share = 1.0 / np.where(near > 0, near, 1.0) / points[:, 2]
    found: np.ndarray = inside & (near > 0) & ((1 - share) * np.linalg.norm(points, axis=1) > SLACK)
    return found


def _spread(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of so many things each: whose each of them all is, and which of its own."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
