"""Whether what a head was fitted to has a face, and how far the bare face is off: told after a fit.

A face has relief, a nose, sockets, lips, that a smooth bowl has not. So the fitted head is asked against the bowl that
lies nearest to the same points, a height over the face or any surface of the second degree: a ball, a box or a cloud of
noise is nearer to the bowl, however near to it the head may come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...flame.model import FlameModel
from .matching import Matches, Scan

REACH = 0.02  # metres from the head within which points are the face's, whatever their normals
FORWARDS = 0.5  # cosine of the angle between the face's direction and the normals of its triangles
LEAST_COVERAGE = 0.25  # of the face's patches: what a scan must show
LEAST_RELIEF = 0.8  # how many times as far as the head the bowl must lie; 1.3 to 3.7 with faces, 0.2 to 0.7 with solids
FARTHEST = 4e-3  # metres: half of a face lies nearer
FEWEST = 60  # points of a face
QUADRIC_RIDGE = 1e-9  # of a point's squared gradient: keeps a constant, which has none, from being a surface
FLATTEST = 0.3  # of its mean gradient that a quadric is taken to have at least: where it folds it is no bowl
LEEWAY = 1.25  # how many times farther half of a face may lie before the shape is fitted
ROUND = 3e-3  # metres: a bowl nearer than that needs no leeway; a face's lies 3.4 to 5 mm off, a round solid's 0 to 1.4


@dataclass(frozen=True)
class Likeness:
    """``coverage``: how much of the face the scan shows, 0 to 1; ``median`` of ``count`` distances from it, metres.

    ``face`` and ``bowl``: root mean square distances from either, metres.
    """

    coverage: float
    face: float
    bowl: float
    median: float
    count: int

    @property
    def why_no_face(self) -> str:
        """The reason, as the end of a sentence; nothing for a face."""
        if self.count < FEWEST or self.coverage < LEAST_COVERAGE:
            return f"only {100 * self.coverage:.0f} % of a face has anything near it"
        return self._why_not(FARTHEST, LEAST_RELIEF * self.face)

    @property
    def why_never_a_face(self) -> str:
        """The same of a head whose shape is not fitted yet: nothing for what further rounds may make a face of."""
        wanted = LEAST_RELIEF * self.face
        least_bowl = wanted if self.bowl < ROUND else wanted / LEEWAY
        return "" if self.count < FEWEST else self._why_not(LEEWAY * FARTHEST, least_bowl)

    def _why_not(self, farthest: float, least_bowl: float) -> str:
        if self.median > farthest:
            return f"where a face would be, half of it is farther than {1000 * self.median:.1f} mm from any face"
        if self.bowl < least_bowl:
            return (
                f"where a face would be, a smooth bowl lies as close to it ({1000 * self.bowl:.1f} mm) as any face "
                f"({1000 * self.face:.1f} mm)"
            )
        return ""


def front_of(model: FlameModel, cover: np.ndarray) -> np.ndarray:
    """(F,) bool: the triangles of the bare face that look forwards; ``cover`` as :mod:`.covered` has it."""
    corners = model.v_template.astype(np.float64)[model.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return (cover == 0) & (normals[:, 2] > FORWARDS * np.linalg.norm(normals, axis=1))


def likeness(
    scan: Scan, matches: Matches, face: np.ndarray, patches: np.ndarray, turn: np.ndarray, scale: float
) -> Likeness:
    """Of a scan's ``matches`` with the fitted head; ``turn`` (3, 3) is how that is turned from upright.

    ``face`` (F,) bool, see :func:`front_of`, and ``patches`` (F,), see :mod:`.shared_noise`, of the head's triangles;
    ``scale`` is the head's.
    """
    near = face[matches.triangles] & (matches.distances < scale * REACH)
    count = int(np.count_nonzero(near))
    faces = np.unique(patches[face])
    close = near & matches.agree & (matches.distances < scale * REACH / 4)
    coverage = len(np.unique(patches[matches.triangles[close]])) / max(len(faces), 1)
    if count < FEWEST:
        return Likeness(coverage, np.inf, 0.0, np.inf, count)
    off = matches.distances[near] / scale
    points = (scan.points[near] @ turn) / scale
    bowl = min(_root_mean_square(np.minimum(each(points), REACH)) for each in (_from_bowl, _from_quadric))
    return Likeness(coverage, _root_mean_square(off), bowl, float(np.median(off)), count)


def _from_bowl(points: np.ndarray) -> np.ndarray:
    """(n,) distances, along the z axis as its slope shortens them, from the nearest height of the second degree."""
    middle = np.median(points, axis=0)
    spread = max(float(np.abs(points - middle).max()), 1e-9)
    x, y, z = ((points - middle) / spread).T
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], 1)
    heights = np.linalg.lstsq(terms, z, rcond=None)[0]
    slopes = np.stack(
        [heights[1] + 2 * heights[3] * x + heights[4] * y, heights[2] + heights[4] * x + 2 * heights[5] * y]
    )
    return spread * np.abs(z - terms @ heights) / np.sqrt(1 + (slopes**2).sum(0))


def _from_quadric(points: np.ndarray) -> np.ndarray:
    """(n,) distances, to the first order, from the nearest surface of the second degree: a ball is one, steep as it is.

    The least sum of squares over that of the gradients (Taubin, "Estimation of planar curves, surfaces, and nonplanar
    space curves", IEEE Transactions on Pattern Analysis and Machine Intelligence 13 (1991) 1115-1138).
    """
    middle = points.mean(0)
    spread = max(float(np.abs(points - middle).max()), 1e-9)
    x, y, z = ((points - middle) / spread).T
    one, none = np.ones_like(x), np.zeros_like(x)
    terms = np.stack([one, x, y, z, x * x, y * y, z * z, x * y, y * z, z * x], 1)
    slopes = np.stack([
        np.stack([none, one, none, none, 2 * x, none, none, y, none, z], 1),
        np.stack([none, none, one, none, none, 2 * y, none, x, z, none], 1),
        np.stack([none, none, none, one, none, none, 2 * z, none, y, x], 1),
    ])  # fmt: skip
    steep = np.einsum("inp,inq->pq", slopes, slopes) + QUADRIC_RIDGE * len(x) * np.eye(terms.shape[1])
    root = np.linalg.inv(np.linalg.cholesky(steep))
    quadric = root.T @ np.linalg.eigh(root @ terms.T @ terms @ root.T)[1][:, 0]
    gradients = np.linalg.norm(slopes @ quadric, axis=0)
    return spread * np.abs(terms @ quadric) / np.maximum(gradients, FLATTEST * np.sqrt((gradients**2).mean()))


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt((values**2).mean()))
