"""What of a head a camera sees: inside its picture, turned towards it, hidden by nothing."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..geometry.camera import Camera
from .image_pyramid import widened
from .rasterise import rasterised

DEPTH_SIDE = 1024  # pixels on the longer side of the depth picture, which is cut to the head: a third of a millimetre
NEAREST = 1e-3  # metres before the camera; what reaches nearer hides nothing
BIAS = 5e-4  # metres that a place may lie behind what hides it: the two may split a quad in different ways
FULLY_SEEN, UNSEEN = 65.0, 80.0  # degrees between the normal and the ray; pixels are drawn out 2.4 and 5.8 times


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) float64 of length 1: means of the triangles around, weighted by their areas."""
    corners = np.asarray(vertices, np.float64)[faces]
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = [np.bincount(faces.ravel(), np.repeat(crossed[:, axis], 3), len(vertices)) for axis in range(3)]
    return _unit(np.stack(sums, 1))


def towards(points: np.ndarray, normals: np.ndarray, camera: Camera) -> np.ndarray:
    """(n,) float64: 1 where the surface is turned to the camera, falling to 0 from 65 to 80 degrees off."""
    rays = camera.rotation[2] if camera.orthographic else _unit(points + camera.translation @ camera.rotation)
    angles = np.degrees(np.arccos(np.clip(-(rays * _unit(normals)).sum(-1), -1, 1)))
    fraction = np.clip((UNSEEN - angles) / (UNSEEN - FULLY_SEEN), 0, 1)
    return fraction * fraction * (3 - 2 * fraction)


def inside_picture(pixels: np.ndarray, depths: np.ndarray, camera: Camera) -> np.ndarray:
    """(n,) bool: before the camera and within its picture."""
    within: np.ndarray = np.all((pixels >= 0) & (pixels <= [camera.width, camera.height]), 1)
    return within if camera.orthographic else within & (depths > NEAREST)


def depths_of(points: np.ndarray, camera: Camera) -> np.ndarray:
    """(n,) float64 metres along the camera's axis."""
    return np.asarray(points, np.float64) @ camera.rotation[2] + camera.translation[2]


def hidden(
    points: np.ndarray, vertices: np.ndarray, faces: np.ndarray, camera: Camera, outline: float = 1.5
) -> np.ndarray:
    """(n,) bool: whether triangles ``faces`` (F, 3) of ``vertices`` (V, 3) lie between the camera and the points.

    By a depth picture of the part of the head that the camera's picture holds, at a resolution of its own. Points
    within ``outline`` pixels of the head's outline count as hidden: what is read of the photo there is background too.
    """
    depths = depths_of(vertices, camera)
    faces = faces if camera.orthographic else faces[(depths[faces] > NEAREST).all(1)]
    if not len(faces):
        return np.zeros(len(points), bool)
    window, scale = _window(vertices[np.unique(faces)], camera, 2 * outline)
    nearness = _nearness_picture(window.project(vertices), _nearness(depths, camera), faces, window)
    own = depths_of(points, camera)
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels = window.project(points)
        own_nearness = _nearness(own - BIAS, camera)
    size = np.array([window.width, window.height])
    # the least near of the four pixels around: on a slope the nearest of them lies before the place itself
    corner = np.clip(np.nan_to_num(pixels) - 0.5, 0, size - 1).astype(np.int64)
    least = np.full(len(points), np.inf)
    for step in ((0, 0), (1, 0), (0, 1), (1, 1)):
        column, row = np.minimum(corner + step, size - 1).T
        np.minimum(least, nearness[row, column], out=least)
    background = widened(np.isneginf(nearness), int(np.ceil(outline * scale)))
    return (least > own_nearness) | background[corner[:, 1], corner[:, 0]]


def silhouette(vertices: np.ndarray, faces: np.ndarray, camera: Camera, halvings: int = 0) -> np.ndarray:
    """(H, W) bool: the pixels of the camera's picture, halved so often, that triangles ``faces`` (F, 3) cover."""
    width, height = (int(np.ceil(side / 2**halvings)) for side in (camera.width, camera.height))
    faces = faces if camera.orthographic else faces[(depths_of(vertices, camera)[faces] > NEAREST).all(1)]
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels = camera.project(vertices) / 2**halvings
    covered = np.zeros(width * height, bool)
    for _, pixel, _ in rasterised(pixels[faces], width, height):
        covered[pixel] = True
    return covered.reshape(height, width)


def _window(points: np.ndarray, camera: Camera, margin: float) -> tuple[Camera, float]:
    """The camera with its picture cut to the points and a margin around, scaled to DEPTH_SIDE; and the scale."""
    pixels, size = camera.project(points), np.array([camera.width, camera.height])
    low = np.clip(np.floor(pixels.min(0) - margin), 0, size - 1)
    high = np.clip(np.ceil(pixels.max(0) + margin), low + 1, size)
    scale = DEPTH_SIDE / (high - low).max()
    width, height = np.ceil((high - low) * scale).astype(int).tolist()
    intrinsics = camera.intrinsics * scale
    intrinsics[2:] -= low * scale
    return dataclasses.replace(camera, intrinsics=intrinsics, width=width, height=height, image_paths=()), scale


def _nearness(depths: np.ndarray, camera: Camera) -> np.ndarray:
    """What is linear in the picture, and greater for what is nearer."""
    return -depths if camera.orthographic else 1 / depths


def _nearness_picture(pixels: np.ndarray, nearness: np.ndarray, faces: np.ndarray, window: Camera) -> np.ndarray:
    """(height, width) float64 of the nearest triangle, -inf where there is none."""
    nearest = np.full(window.width * window.height, -np.inf)
    for triangle, pixel, weights in rasterised(pixels[faces], window.width, window.height):
        np.maximum.at(nearest, pixel, (weights * nearness[faces[triangle]]).sum(1))
    return nearest.reshape(window.height, window.width)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-300)
