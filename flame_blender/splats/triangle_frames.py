"""How splats follow a head: each keeps its place in the frame of a triangle (Qian et al. 2024, "GaussianAvatars").

Of a triangle with corners v0, v1, v2 the frame's axes are a0 along v1 - v0, a1 its normal, and a2 = a0 x a1 across
both; its origin is the mean of the corners, and its size half of the sum of the first edge and of the height on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..geometry.rotations import quaternion_from_matrix
from .splats import Splats

SMALLEST = 1e-20  # metres: a triangle without area has axes of zeros


@dataclass(frozen=True, eq=False)
class Frames:
    """Of F triangles: ``origins`` (F, 3) and ``sizes`` (F,) metres, ``axes`` (F, 3, 3), the frame's in columns."""

    origins: np.ndarray
    axes: np.ndarray
    sizes: np.ndarray


def frames_of(vertices: np.ndarray, faces: np.ndarray) -> Frames:
    """The frames of triangles ``faces`` (F, 3) of ``vertices`` (V, 3), of their dtype."""
    first, second, third = (vertices[faces[:, corner]] for corner in range(3))
    edge, other = second - first, third - first
    along = _unit(edge)
    normal = _unit(np.cross(along, other))
    across = np.cross(along, normal)
    height = np.abs((across * other).sum(1))
    sizes = (np.sqrt((edge * edge).sum(1)) + height) / 2
    return Frames((first + second + third) / 3, np.stack([along, normal, across], 2), sizes)


def posed(splats: Splats, vertices: np.ndarray, faces: np.ndarray) -> Splats:
    """Bound splats where they are on a head, in the axes of its ``vertices`` (V, 3); their harmonics stay."""
    if splats.triangles is None:
        raise ValueError("expected splats that are bound to triangles, found such that stand by themselves.")
    frames = frames_of(np.asarray(vertices, np.float64), faces)  # of small triangles, float32 would blur the axes
    which = splats.triangles
    sizes = frames.sizes.astype(np.float32)[which, None]
    centres = np.matmul(frames.axes.astype(np.float32)[which], splats.centres[..., None])[..., 0]
    centres *= sizes
    centres += frames.origins.astype(np.float32)[which]
    turns = quaternion_from_matrix(frames.axes).astype(np.float32)
    return Splats(
        centres, sizes * splats.scales, products(turns[which], splats.rotations), splats.opacities, splats.harmonics
    )


def bound(splats: Splats, vertices: np.ndarray, faces: np.ndarray, triangles: np.ndarray) -> Splats:
    """Splats that stand by themselves, told in the frames of ``triangles`` (N,) of the head that they stand at."""
    frames = frames_of(np.asarray(vertices, np.float64), faces)
    sizes = frames.sizes[triangles, None]
    off = (splats.centres - frames.origins[triangles]) / sizes
    turns = quaternion_from_matrix(frames.axes)[triangles] * (1, -1, -1, -1)
    return Splats(
        np.einsum("nc,nca->na", off, frames.axes[triangles]).astype(np.float32),
        (splats.scales / sizes).astype(np.float32),
        products(turns, splats.rotations.astype(np.float64)).astype(np.float32),
        splats.opacities,
        splats.harmonics,
        triangles.astype(np.int32),
    )


def products(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(N, 4) quaternions (w, x, y, z): turned by ``others`` first, then by ``ones``; either may be one for all."""
    a, b, c, d = ones.T
    w, x, y, z = others.T
    found = np.empty(np.broadcast_shapes(ones.shape, others.shape), np.result_type(ones, others))
    found[:, 0] = a * w - b * x - c * y - d * z
    found[:, 1] = a * x + b * w + c * z - d * y
    found[:, 2] = a * y - b * z + c * w + d * x
    found[:, 3] = a * z + b * y - c * x + d * w
    return found


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.sqrt((vectors * vectors).sum(1, keepdims=True))
    units: np.ndarray = vectors / np.maximum(lengths, SMALLEST)
    return units
