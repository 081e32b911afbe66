"""UVs: skin unrolled round the head's axis with its seam at the back, the small parts in boxes below (0..1, V up)."""

from __future__ import annotations

import numpy as np

from .lips import CONTACT_RING
from .mesh import HeadMesh
from .topology import MOUTH


def unwrap(mesh: HeadMesh) -> tuple[np.ndarray, np.ndarray]:
    """(T, 2) coordinates and (Q, 4) rows into them for every corner of ``polygon_array``."""
    polygons = mesh.polygon_array()
    corners = np.where(polygons < 0, polygons[:, :1], polygons)
    flat = np.zeros((*corners.shape, 2))
    points = mesh.vertices[corners]
    angle = np.arctan2(points[..., 0], points[..., 2]) / (2 * np.pi)
    middle = angle[np.arange(len(angle)), np.abs(angle).argmin(1)]
    angle = np.where((middle > 0.2)[:, None] & (angle < -0.2), angle + 1, angle)
    angle = np.where((middle < -0.2)[:, None] & (angle > 0.2), angle - 1, angle)
    flat[..., 0] = 0.5 + 0.98 * angle
    flat[..., 1] = 0.12 + 0.86 * (points[..., 1] + 212) / 324
    pocket = set(
        mesh.both(np.concatenate([mesh.ring(MOUTH, r) for r in range(CONTACT_RING, MOUTH.rings + 1)])).tolist()
    )
    inside = np.array([all(vertex in pocket for vertex in polygon) for polygon in mesh.polygons])
    _into_box(flat, points, inside, (0.02, 0.01, 0.18, 0.10))
    boxes = {"left_eyeball": (0.24, 0.01, 0.33, 0.10), "right_eyeball": (0.36, 0.01, 0.45, 0.10)}
    boxes |= {"left_brow": (0.50, 0.03, 0.68, 0.10), "right_brow": (0.72, 0.03, 0.90, 0.10)}
    boxes |= {name: (0.92, 0.01, 0.98, 0.10) for name in mesh.parts if name.endswith(("teeth", "gum", "tongue"))}
    for name, box in boxes.items():
        part = mesh.parts[name]
        _into_box(flat, points, (corners >= part.start).all(1) & (corners < part.stop).all(1), box)
    coords, rows = np.unique(np.round(flat.reshape(-1, 2), 6), axis=0, return_inverse=True)
    return coords.astype(np.float32), np.where(polygons < 0, -1, rows.reshape(corners.shape)).astype(np.int32)


def _into_box(flat: np.ndarray, points: np.ndarray, chosen: np.ndarray, box: tuple[float, float, float, float]) -> None:
    """Lay polygons out by x and y, as seen from the front, in a box (left, bottom, right, top)."""
    seen = points[chosen][..., :2]
    low, high = seen.reshape(-1, 2).min(0), seen.reshape(-1, 2).max(0)
    corner, size = np.array(box[:2]), np.subtract(box[2:], box[:2])
    flat[chosen] = corner + size * (seen - low) / (high - low)
