"""Where a distant camera stands that sees points of a head at points of a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

UPWARDS = np.array([1.0, -1.0])  # the picture's y points down


@dataclass(frozen=True, eq=False)
class WeakPerspective:
    """Pixels = ``scale`` (x, -y of ``rotation`` p) + ``translation``, p in FLAME's axes and metres.

    ``rotation`` (3, 3) leads to axes of the viewer: x right, y up, z towards the viewer. ``mirrored`` tells that the
    points lie as seen from behind the face, or in a mirror; the rotation then does.
    """

    scale: float
    rotation: np.ndarray
    translation: np.ndarray
    mirrored: bool

    def project(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) -> (..., 2) float64 pixels."""
        return self.scale * (points @ self.rotation[:2].T) * UPWARDS + self.translation


def weak_perspective(points: np.ndarray, pixels: np.ndarray, weights: np.ndarray | None = None) -> WeakPerspective:
    """The camera that sees ``points`` (P, 3) nearest to ``pixels`` (P, 2): at least four points not in one plane.

    The affine camera by least squares, then the scaled rotation nearest to its two rows (POS, DeMenthon and Davis,
    IJCV 15 (1995) 123-141, with the rows made orthonormal by the singular value decomposition).
    """
    weights = np.ones(len(points)) if weights is None else np.asarray(weights, np.float64)
    weights = weights / weights.sum()
    points, image = np.asarray(points, np.float64), np.asarray(pixels, np.float64) * UPWARDS
    centre, image_centre = weights @ points, weights @ image
    root = np.sqrt(weights)[:, None]
    affine = np.linalg.lstsq(root * (points - centre), root * (image - image_centre), rcond=None)[0].T
    left, _, right = np.linalg.svd(affine, full_matrices=False)
    rows = left @ right
    rotation = np.vstack([rows, np.cross(rows[0], rows[1])])
    turned = (points - centre) @ rows.T
    spread = float(weights @ (turned**2).sum(1))
    scale = float(weights @ (turned * (image - image_centre)).sum(1)) / spread if spread > 0 else 0.0
    translation = (image_centre - scale * rows @ centre) * UPWARDS
    return WeakPerspective(scale, rotation, translation, bool(rotation[2, 2] < 0))
