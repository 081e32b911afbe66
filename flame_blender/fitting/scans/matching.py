"""Which points of the head's surface the points of a scan belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# (n, 3) points -> the triangles (n,) they are nearest to, and the nearest points themselves (n, 3)
Nearest = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
# vertices (V, 3) and triangles (F, 3) -> Nearest: Blender's BVH in the add-on, SciPy or trimesh outside
NearestSurface = Callable[[np.ndarray, np.ndarray], Nearest]

LEAST_AGREEMENT = 0.5  # cosine of the angle between a scan's normal and that of the head where it is matched
TO_DEVIATION = 1.4826  # median absolute deviation -> standard deviation, of normal noise
CUT = 4.0  # standard deviations beyond which a match counts for nothing
LEAST_NOISE = 5e-5  # metres: no scan and no mesh of triangles is more exact


@dataclass(frozen=True, eq=False)
class Scan:
    """``points`` (P, 3) float64, metres, FLAME's axes; ``normals`` (P, 3) unit vectors outwards, or None."""

    points: np.ndarray
    normals: np.ndarray | None = None

    def __getitem__(self, chosen: np.ndarray) -> Scan:
        return Scan(self.points[chosen], None if self.normals is None else self.normals[chosen])


@dataclass(frozen=True, eq=False)
class Matches:
    """Of n points: ``triangles`` (n,), ``barycentric`` (n, 3) and ``normals`` (n, 3) of where they are matched.

    ``away`` (n,) metres along the normal, positive outside; ``distances`` (n,) from the nearest point; ``agree`` (n,)
    whether the normals do.
    """

    triangles: np.ndarray
    barycentric: np.ndarray
    normals: np.ndarray
    away: np.ndarray
    distances: np.ndarray
    agree: np.ndarray

    def noise(self) -> float:
        """The standard deviation of ``away``, told by its median so that up to half may be outliers."""
        some = self.agree if self.agree.any() else slice(None)
        return max(TO_DEVIATION * float(np.median(np.abs(self.away[some]))), LEAST_NOISE)

    def weights(self, width: float | np.ndarray) -> np.ndarray:
        """(n,) 1 for matches that fit, falling to 0 for those off by ``width`` metres or turned away.

        Tukey's biweight (Beaton and Tukey, Technometrics 16 (1974) 147-185) of the distance from the nearest point.
        """
        off = np.minimum(self.distances / width, 1.0)
        return np.where(self.agree, (1 - off * off) ** 2, 0.0)


def matched(scan: Scan, vertices: np.ndarray, faces: np.ndarray, nearest: Nearest) -> Matches:
    """Match each point of ``scan`` with the nearest point of the head, ``vertices`` (V, 3) and ``faces`` (F, 3)."""
    triangles, closest = nearest(scan.points)
    corners = vertices[faces[triangles]].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    off = scan.points - closest
    agree = np.ones(len(off), bool)
    if scan.normals is not None:
        agree = (normals * scan.normals).sum(1) > LEAST_AGREEMENT
    barycentric = barycentric_weights(corners, closest)
    return Matches(triangles, barycentric, normals, (off * normals).sum(1), np.linalg.norm(off, axis=1), agree)


def barycentric_weights(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(n, 3) of ``points`` (n, 3) in the planes of triangles ``corners`` (n, 3, 3), within 0 to 1.

    Ericson, Real-Time Collision Detection, 2004, section 3.4.
    """
    first, second, to_point = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0], points - corners[:, 0]
    aa, ab, bb = (first * first).sum(1), (first * second).sum(1), (second * second).sum(1)
    pa, pb = (to_point * first).sum(1), (to_point * second).sum(1)
    determinant = np.maximum(aa * bb - ab * ab, 1e-30)
    weights = np.stack([np.zeros_like(aa), (bb * pa - ab * pb) / determinant, (aa * pb - ab * pa) / determinant], 1)
    weights = np.clip(weights, 0.0, 1.0)
    weights[:, 0] = np.maximum(1 - weights[:, 1] - weights[:, 2], 0.0)
    return weights / weights.sum(1, keepdims=True)
