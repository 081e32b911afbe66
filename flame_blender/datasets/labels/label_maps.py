"""Labels of every pixel, computed from the head's triangles: what a ray through the pixel's centre meets first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...geometry.camera import Camera
from ...looks.gaze import IRIS_ANGLE, PUPIL_ANGLE
from ...textures.rasterise import rasterised
from ..views import camera_points, pixels_of, turned
from .classes import CLASSES, MATERIALS, HeadSurface

NEAR = 0.01  # metres: what comes closer to the camera is left out


@dataclass(frozen=True, eq=False)
class Seen:
    """What lies at the centre of each pixel.

    ``triangle`` (H, W) int32, -1 where nothing is; ``barycentric`` (H, W, 3) float64 on it, zeros there; ``depth``
    (H, W) float64, metres along the camera's axis, 0 there.
    """

    triangle: np.ndarray
    barycentric: np.ndarray
    depth: np.ndarray

    def of_corners(self, corners: np.ndarray) -> np.ndarray:
        """(H, W, k): values (F, 3, k) of the triangles' corners at each pixel; zeros where nothing is."""
        return np.einsum("hwc,hwck->hwk", self.barycentric, corners[np.maximum(self.triangle, 0)])

    def of_first(self, count: int) -> Seen:
        """What is seen of the first ``count`` triangles, where no other hides them."""
        return Seen(np.where(self.triangle < count, self.triangle, -1), self.barycentric, self.depth)


def seen_triangles(camera: Camera, vertices: np.ndarray, faces: np.ndarray, clear: np.ndarray | None = None) -> Seen:
    """What the camera sees of ``vertices`` (V, 3), FLAME's axes, with ``faces`` (F, 3), both sides of each.

    Those that are ``clear`` (F,) are seen through. Exact: no filter, one ray a pixel, its centre at the half.
    """
    width, height = camera.width, camera.height
    placed = camera_points(camera, vertices)
    depths = placed[:, 2]
    shown = (depths[faces] > NEAR).all(1)
    if clear is not None:
        shown &= ~clear
    ids = np.flatnonzero(shown)
    corners = np.zeros((len(ids), 3, 2))
    if len(ids):
        used = np.unique(faces[ids])
        pixels = np.zeros((len(placed), 2))
        pixels[used] = pixels_of(camera, placed[used])
        corners = pixels[faces[ids]]
    nearness = 1.0 / np.maximum(depths, NEAR)
    nearest = np.zeros(height * width)
    triangle = np.full(height * width, -1, np.int32)
    barycentric = np.zeros((height * width, 3))
    for number, pixel, weights in rasterised(corners, width, height):
        face = ids[number]
        parts = weights * nearness[faces[face]]
        near = parts.sum(1)
        order = np.lexsort((face, -near, pixel))
        at = pixel[order]
        chosen = order[np.r_[True, at[1:] != at[:-1]] & (near[order] > nearest[at])]
        at = pixel[chosen]
        nearest[at], triangle[at] = near[chosen], face[chosen]
        barycentric[at] = parts[chosen] / near[chosen][:, None]
    with np.errstate(divide="ignore"):
        depth = np.where(triangle < 0, 0.0, 1.0 / nearest)
    shape = (height, width)
    return Seen(triangle.reshape(shape), barycentric.reshape(*shape, 3), depth.reshape(shape))


def class_mask(seen: Seen, surface: HeadSurface) -> np.ndarray:
    """(H, W) uint8 of :data:`.classes.CLASSES`."""
    return np.where(seen.triangle < 0, CLASSES["background"], surface.classes[seen.triangle]).astype(np.uint8)


def material_mask(seen: Seen, surface: HeadSurface) -> np.ndarray:
    """(H, W) uint8 of :data:`.classes.MATERIALS`; iris and pupil by the angle at which their material draws them."""
    found = np.where(seen.triangle < 0, MATERIALS["nothing"], surface.materials[seen.triangle]).astype(np.uint8)
    if surface.gaze is not None:
        eyes = found == MATERIALS["sclera"]
        corners = surface.gaze[surface.faces[seen.triangle[eyes]]].astype(np.float64)
        x, y, z = np.einsum("nc,nck->kn", seen.barycentric[eyes], corners)
        angle = np.arctan2(np.hypot(x, y), z)
        kinds = np.where(angle < IRIS_ANGLE, MATERIALS["iris"], MATERIALS["sclera"])
        found[eyes] = np.where(angle < PUPIL_ANGLE, MATERIALS["pupil"], kinds)
    return found


def normal_map(seen: Seen, camera: Camera, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(H, W, 3) float16: unit normals of the smooth surface in the camera's axes; zeros where nothing is."""
    normals = turned(camera.rotation, vertex_normals(vertices, faces))
    found = seen.of_corners(normals[faces])
    lengths = np.linalg.norm(found, axis=-1, keepdims=True)
    return (found / np.maximum(lengths, 1e-12)).astype(np.float16)


def uv_map(seen: Seen, surface: HeadSurface) -> np.ndarray:
    """(H, W, 2) float32, V up; zeros where nothing is, and everywhere of a model without UVs."""
    if surface.uvs is None:
        return np.zeros((*seen.triangle.shape, 2), np.float32)
    return seen.of_corners(surface.uvs.coords[surface.uvs.faces].astype(np.float64)).astype(np.float32)


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) float64: of each vertex the mean of its triangles' normals, weighted by their angles there, unit."""
    points = np.asarray(vertices, np.float64)[faces]
    edges = np.roll(points, -1, 1) - points
    normals = np.cross(edges[:, 0], edges[:, 1])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)
    unit = edges / np.maximum(np.linalg.norm(edges, axis=2, keepdims=True), 1e-20)
    angles = np.arccos(np.clip(-(unit * np.roll(unit, 1, 1)).sum(2), -1, 1))
    flat = (angles[..., None] * normals[:, None]).reshape(-1, 3)
    corners = faces.ravel()
    found = np.stack([np.bincount(corners, flat[:, axis], len(vertices)) for axis in range(3)], 1)
    unit_normals: np.ndarray = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-20)
    return unit_normals


def box_of(seen: Seen) -> tuple[int, int, int, int]:
    """Left, top, width and height in pixels of what is seen; zeros where nothing is."""
    rows, columns = np.flatnonzero((seen.triangle >= 0).any(1)), np.flatnonzero((seen.triangle >= 0).any(0))
    if not len(rows):
        return 0, 0, 0, 0
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top
