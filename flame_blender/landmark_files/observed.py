"""Landmarks that were seen, in space or in a picture: what a fit is given."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..errors import LandmarkError


@dataclass(frozen=True, eq=False)
class ObservedLandmarks:
    """Where some of an embedding's points were seen.

    ============  ================  =====================================================================
    ``points``    (L, 3) float64    metres in FLAME's axes
    ..            (L, 2) float64    or pixels from the picture's top left corner, x right, y down
    ``indices``   (L,) int64        rows of ``flame.landmarks.landmark_points``: contour first, then static
    ``weights``   (L,) float64      above 0; one number stands for all, 1 by default
    ============  ================  =====================================================================

    Points of weight 0 are left out, whatever they hold. The arrays are copied, checked and made read-only;
    LandmarkError says which one is wrong. Whether the indices are rows of an embedding is checked where the two meet.
    """

    points: np.ndarray
    indices: np.ndarray
    weights: np.ndarray = field(default_factory=lambda: np.ones(()))

    def __post_init__(self) -> None:
        points, indices, weights = np.array(self.points), np.array(self.indices), np.array(self.weights)
        if points.dtype.kind not in "fiu" or points.ndim != 2 or points.shape[1] not in (2, 3):
            found = f"{points.dtype} {points.shape}"
            raise LandmarkError(f"Landmarks must be numbers of shape (points, 2) or (points, 3), found {found}.")
        if indices.shape != (len(points),) or (indices.dtype.kind not in "iu" and indices.size):
            found = f"{indices.dtype} {indices.shape}"
            raise LandmarkError(f"Indices of landmarks must be {len(points)} whole numbers, found {found}.")
        if weights.dtype.kind not in "fiu" or weights.shape not in ((), (len(points),)):
            found = f"{weights.dtype} {weights.shape}"
            raise LandmarkError(f"Weights of landmarks must be {len(points)} numbers, found {found}.")
        if not (np.isfinite(weights) & (weights >= 0)).all():
            raise LandmarkError("Weights of landmarks must be finite and not below 0, found others.")
        weights = np.broadcast_to(weights, len(points))
        visible = weights > 0
        fields = {
            "points": points.astype(np.float64),
            "indices": indices.astype(np.int64),
            "weights": weights.astype(float),
        }
        for name, array in fields.items():
            kept = array[visible]
            kept.setflags(write=False)
            object.__setattr__(self, name, kept)
        if not np.isfinite(self.points).all():
            raise LandmarkError(
                "Landmarks must be finite numbers, found NaN or infinity; give such points the weight 0."
            )
        values, counts = np.unique(self.indices, return_counts=True)
        if (counts > 1).any():
            raise LandmarkError(f"Each landmark may be seen once, found index {values[counts > 1][0]} more than once.")

    @property
    def count(self) -> int:
        """How many were seen."""
        return len(self.points)
