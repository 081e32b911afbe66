"""Landmarks in space, where the rays of calibrated cameras to them meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..flame.errors import LandmarkError
from ..flame.landmarks import LandmarkEmbedding
from ..sequences.sequence import Camera
from .observed import ObservedLandmarks

LEAST_PARALLAX = np.radians(2.0)  # two rays that are more alike do not tell depth
LARGEST_MISS = 0.15  # of the landmarks' spread: finders are off by 0.02 to 0.05 of it


def triangulated(
    embedding: LandmarkEmbedding, cameras: Sequence[Camera], seen: Sequence[ObservedLandmarks]
) -> ObservedLandmarks:
    """The landmarks that two cameras or more see, (L, 3) metres in the axes of the cameras' world.

    ``seen`` has the pixels of each still camera. Points of the face's outline are left out, since every view has other
    ones. Each point is the one nearest to its rays in the sense of least squares, a linear problem (Hartley and Sturm,
    "Triangulation", 1997, on midpoints). Raises LandmarkError where the cameras stand too close together to tell depth,
    or the rays miss each other.
    """
    n_sliding = embedding.count - len(embedding.static_faces)
    index, origin, direction = (np.concatenate(each) for each in zip(*map(_rays, cameras, seen), strict=True))
    kept = index >= n_sliding
    index, origin, direction = index[kept], origin[kept], direction[kept]
    points, number = np.unique(index, return_inverse=True)
    across = np.eye(3) - direction[:, :, None] * direction[:, None, :]
    normal, right = np.zeros((len(points), 3, 3)), np.zeros((len(points), 3))
    np.add.at(normal, number, across)
    np.add.at(right, number, np.einsum("rij,rj->ri", across, origin))
    # of two rays the least eigenvalue is 1 - cos(angle); of one it is 0
    told = np.linalg.eigvalsh(normal)[:, 0] >= 1 - np.cos(LEAST_PARALLAX)
    if not told.any():
        raise LandmarkError(
            "The cameras tell no depth: expected two or more that see the same landmarks from directions at least "
            f"{np.degrees(LEAST_PARALLAX):.0f} degrees apart; add a view from another side."
        )
    places = np.zeros((len(points), 3))
    places[told] = np.linalg.solve(normal[told], right[told][..., None])[..., 0]
    used = told[number]
    away = np.einsum("rij,rj->ri", across[used], origin[used] - places[number[used]])
    spread = np.linalg.norm(places[told] - places[told].mean(0), axis=1)
    miss = float(np.median(np.linalg.norm(away, axis=1)) / max(np.median(spread), 1e-12))
    if miss > LARGEST_MISS:
        raise LandmarkError(
            f"The cameras' rays to the same landmarks miss each other by {100 * miss:.0f} % of the face (expected at "
            f"most {100 * LARGEST_MISS:.0f} %): check that each photo belongs to its camera and fills its frame."
        )
    return ObservedLandmarks(places[told], points[told])


def _rays(camera: Camera, seen: ObservedLandmarks) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices (L,), origins (L, 3) and unit directions (L, 3) of the rays to what the camera sees."""
    focal, centre = camera.intrinsics[:2], camera.intrinsics[2:]
    aside = (seen.points - centre) / focal
    if camera.orthographic:
        place, towards = np.insert(aside, 2, 0.0, axis=1), np.broadcast_to((0.0, 0.0, 1.0), (seen.count, 3))
    else:
        place, towards = np.zeros((seen.count, 3)), np.insert(aside, 2, 1.0, axis=1)
    direction = towards @ camera.rotation
    return (
        seen.indices,
        (place - camera.translation) @ camera.rotation,
        direction / np.linalg.norm(direction, axis=1, keepdims=True),
    )
