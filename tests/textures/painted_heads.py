"""Photos of painted heads, by a renderer of its own: one triangle after the other, perspective-correct."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from flame_blender.geometry.camera import Camera
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.textures.texels import Texels

Paint = Callable[[np.ndarray, np.ndarray], np.ndarray]  # triangles (n,), weights (n, 3) -> colours (n, 3)
FACE = np.array([0, -0.02, 0])  # about the middle of the head, metres
BACKGROUND = 0.0


def camera_at(yaw: float, pitch: float, width: int, height: int, metres: float = 0.34, distance: float = 0.9) -> Camera:
    """A camera that looks at the middle of the head, turned by degrees; ``metres`` fill the picture's height."""
    flip = np.diag([1.0, -1, -1])
    turns = [matrix_from_axis_angle(np.radians(angle)) for angle in ([pitch, 0.0, 0], [0, yaw, 0.0])]
    rotation = flip @ turns[0] @ turns[1]
    focal = height * distance / metres
    centre = np.array([0, 0, distance]) - rotation @ FACE
    return Camera(np.array([focal, focal, width / 2, height / 2]), width, height, rotation, centre)


def rendered(vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Of each pixel (H, W) the nearest triangle, -1 for none, and the weights (H, W, 3) of the point seen there."""
    seen = vertices.astype(np.float64) @ camera.rotation.T + camera.translation
    fx, fy, cx, cy = camera.intrinsics
    across, down = fx * seen[:, 0] / seen[:, 2] + cx, fy * seen[:, 1] / seen[:, 2] + cy
    nearest = np.zeros((camera.height, camera.width))
    triangles = np.full(nearest.shape, -1)
    weights = np.zeros((*nearest.shape, 3))
    xs, ys = across[faces], down[faces]
    twices = (xs[:, 1] - xs[:, 0]) * (ys[:, 2] - ys[:, 0]) - (xs[:, 2] - xs[:, 0]) * (ys[:, 1] - ys[:, 0])
    lows, highs = (np.stack([least(xs, axis=1), least(ys, axis=1)], 1) for least in (np.min, np.max))
    # the pixels whose centres may lie inside: of most triangles beside the face there are none
    firsts = np.maximum(np.ceil(lows - 0.5 - 1e-6), 0).astype(int)
    ends = np.minimum(np.floor(highs - 0.5 + 1e-6) + 1, [camera.width, camera.height]).astype(int)
    for number in np.flatnonzero((firsts < ends).all(1) & (np.abs(twices) >= 1e-9)):
        x, y, depth, twice = xs[number], ys[number], seen[faces[number], 2], twices[number]
        (left, top), (right, bottom) = firsts[number].tolist(), ends[number].tolist()
        px, py = np.arange(left, right) + 0.5, np.arange(top, bottom)[:, None] + 0.5
        second = ((px - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (py - y[0])) / twice
        third = ((x[1] - x[0]) * (py - y[0]) - (px - x[0]) * (y[1] - y[0])) / twice
        flat = np.stack([1 - second - third, second, third], -1) / depth
        inverse = flat.sum(-1)
        window = (slice(top, bottom), slice(left, right))
        nearer = (flat.min(-1) >= -1e-12) & (inverse > nearest[window])
        nearest[window][nearer] = inverse[nearer]
        triangles[window][nearer] = number
        weights[window][nearer] = flat[nearer] / inverse[nearer, None]
    return triangles, weights


def photographed(triangles: np.ndarray, weights: np.ndarray, paint: Paint) -> np.ndarray:
    """(H, W, 3) float32 of what ``rendered`` found, black around it."""
    photo = np.full((*triangles.shape, 3), BACKGROUND, np.float32)
    shown = triangles >= 0
    photo[shown] = paint(triangles[shown], weights[shown])
    return photo


def places(values: np.ndarray, triangles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(n, k) values of triangles' corners (T, 3, k) at weights (n, 3)."""
    return np.einsum("nk,nki->ni", weights, values[triangles])


def first_hits(origins: np.ndarray, targets: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(n,) float64: where between origin (0) and target (1) the first triangle stands, inf for none; brute force.

    After Möller and Trumbore, Journal of Graphics Tools 2 (1997) 21-28.
    """
    corners = vertices.astype(np.float64)[faces]
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    first = np.full(len(targets), np.inf)
    for index, (origin, target) in enumerate(zip(origins, targets, strict=True)):
        ray = target - origin
        across = np.cross(ray, other)
        scale = (one * across).sum(1)
        scale[np.abs(scale) < 1e-18] = np.nan
        away = origin - corners[:, 0]
        second = (away * across).sum(1) / scale
        turned = np.cross(away, one)
        third = turned @ ray / scale
        along = (other * turned).sum(1) / scale
        with np.errstate(invalid="ignore"):
            hit = (second >= 0) & (third >= 0) & (second + third <= 1) & (along > 1e-9)
        first[index] = along[hit].min(initial=np.inf)
    return first


def smooth_paint(points: np.ndarray) -> np.ndarray:
    """(n, 3) of places on the neutral head: the same left and right, over a few centimetres."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    return 0.5 + 0.3 * np.stack([np.sin(60 * x), np.sin(50 * y + 1), np.sin(40 * z - 20 * x)], 1)


def painted_photo(texels: Texels, vertices: np.ndarray, template: np.ndarray, camera: Camera) -> np.ndarray:
    """A photo of the head, painted on its neutral form with ``smooth_paint``."""
    corners = template[texels.drawn]
    return photographed(*rendered(vertices, texels.drawn, camera), lambda t, w: smooth_paint(places(corners, t, w)))
