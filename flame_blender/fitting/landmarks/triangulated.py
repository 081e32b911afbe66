"""Landmarks in space, where the rays of calibrated cameras to them meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...errors import LandmarkError
from ...flame.landmarks import LandmarkEmbedding
from ...geometry.camera import Camera
from ...landmark_files.observed import ObservedLandmarks

LEAST_PARALLAX = np.radians(2.0)  # two rays that are more alike do not tell depth
LARGEST_MISS = 0.15  # of the landmarks' spread: finders are off by 0.02 to 0.05 of it


def triangulated(
    embedding: LandmarkEmbedding, cameras: Sequence[Camera], observed: Sequence[ObservedLandmarks]
) -> ObservedLandmarks:
    """The landmarks that two cameras or more see, (L, 3) metres in the axes of the cameras' world.

    ``observed`` has the pixels of each still camera. Points of the face's outline are left out: every view has others.
    Each point is the one nearest to its rays in the sense of least squares, a linear problem (Hartley and Sturm,
    "Triangulation", 1997, on midpoints). Raises LandmarkError where the cameras stand too close together to tell depth,
    or the rays miss each other.
    """
    n_sliding = embedding.count - len(embedding.static_faces)
    rays = [rays_to(camera, each.points) for camera, each in zip(cameras, observed, strict=True)]
    origin, direction = (np.concatenate(each) for each in zip(*rays, strict=True))
    index = np.concatenate([each.indices for each in observed])
    kept = index >= n_sliding
    index, origin, direction = index[kept], origin[kept], direction[kept]
    points, number = np.unique(index, return_inverse=True)
    places, meet = where_rays_meet(number, origin, direction)
    if not meet.any():
        raise LandmarkError(
            "The cameras tell no depth: expected two or more that see the same landmarks from directions at least "
            f"{np.degrees(LEAST_PARALLAX):.0f} degrees apart; add a view from another side."
        )
    used = meet[number]
    away = np.cross(origin[used] - places[number[used]], direction[used])
    spread = np.linalg.norm(places[meet] - places[meet].mean(0), axis=1)
    miss = float(np.median(np.linalg.norm(away, axis=1)) / max(np.median(spread), 1e-12))
    if miss > LARGEST_MISS:
        raise LandmarkError(
            f"The cameras' rays to the same landmarks miss each other by {100 * miss:.0f} % of the face (expected at "
            f"most {100 * LARGEST_MISS:.0f} %): check that each photo belongs to its camera and fills its frame."
        )
    return ObservedLandmarks(places[meet], points[meet])


def where_rays_meet(number: np.ndarray, origin: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points (P, 3) nearest to their rays, and which of them (P,) have rays that tell where they meet.

    ``number`` (R,) says which point each ray with ``origin`` (R, 3) and unit ``direction`` (R, 3) belongs to. Points
    whose rays are one, or nearly parallel, are zero.
    """
    count = int(number.max(initial=-1)) + 1
    across = np.eye(3) - direction[:, :, None] * direction[:, None, :]
    normal, right = np.zeros((count, 3, 3)), np.zeros((count, 3))
    np.add.at(normal, number, across)
    np.add.at(right, number, np.einsum("rij,rj->ri", across, origin))
    # of two rays the least eigenvalue is 1 - cos(angle); of one it is 0
    meet = np.linalg.eigvalsh(normal)[:, 0] >= 1 - np.cos(LEAST_PARALLAX)
    places = np.zeros((count, 3))
    places[meet] = np.linalg.solve(normal[meet], right[meet][..., None])[..., 0]
    return places, meet


def rays_to(camera: Camera, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Origins (L, 3) and unit directions (L, 3) of the still camera's rays through ``pixels`` (L, 2)."""
    aside = (pixels - camera.intrinsics[2:]) / camera.intrinsics[:2]
    if camera.orthographic:
        place, towards = np.insert(aside, 2, 0.0, axis=1), np.broadcast_to((0.0, 0.0, 1.0), (len(aside), 3))
    else:
        place, towards = np.zeros((len(aside), 3)), np.insert(aside, 2, 1.0, axis=1)
    direction = towards @ camera.rotation
    return (place - camera.translation) @ camera.rotation, direction / np.linalg.norm(direction, axis=1, keepdims=True)
