"""How far landmarks may lie from the head's own of the same numbers, because somebody else says where they are.

Landmarks of photos and scans are an annotator's or a detector's, those of a head its maker's: "the end of the brow" is
one place on the skin for either. The numbers here are standard deviations in metres to the side, up and ahead, as two
definitions differ that were made apart, RingNet's on FLAME's template and the built-in head's, between the mean heads
laid on each other by a similarity: what all points of a region have in common, and what each has for itself. The
outline, whose points glide, differs most, most of all in depth, then the brows; so do people who annotate the same
photo (Sagonas et al., "300 faces in-the-wild challenge", Image and Vision Computing 47 (2016) 3-18).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...flame.landmarks import LandmarkEmbedding

IBUG_COUNTS = (51, 68)
# Numbers of iBUG's 68 points; what they have in common; what each has for itself.
REGIONS = (
    (range(17), (0, 0, 0), (5e-3, 5e-3, 18e-3)),  # outline
    (range(17, 22), (6e-3, 2e-3, 3e-3), (4e-3, 5e-3, 8e-3)),  # brows
    (range(22, 27), (6e-3, 2e-3, 3e-3), (4e-3, 5e-3, 8e-3)),
    (range(27, 31), (1e-3, 3e-3, 3e-3), (1e-3, 2e-3, 2e-3)),  # bridge and tip of the nose
    (range(31, 36), (1e-3, 3e-3, 3e-3), (2e-3, 2e-3, 1e-3)),  # under the nose
    (range(36, 42), (1e-3, 3e-3, 4e-3), (2e-3, 1e-3, 1e-3)),  # eyes
    (range(42, 48), (1e-3, 3e-3, 4e-3), (2e-3, 1e-3, 1e-3)),
    (range(48, 68), (1e-3, 1e-3, 2e-3), (2e-3, 2e-3, 3e-3)),  # mouth
)
TOGETHER, ALONE = (2e-3, 3e-3, 4e-3), (2e-3, 2e-3, 3e-3)  # in any region of other sets, by the points' names


@dataclass(frozen=True, eq=False)
class DefinitionSpread:
    """Of L points: their ``regions`` (L,), and ``common`` and ``own`` standard deviations (L, 3), metres."""

    regions: np.ndarray
    common: np.ndarray
    own: np.ndarray

    @classmethod
    def of(cls, embedding: LandmarkEmbedding, indices: np.ndarray) -> DefinitionSpread:
        """Of some of an embedding's points."""
        count = embedding.count
        named = [name.partition(" ")[2] for name in embedding.names]
        regions = np.unique(named, return_inverse=True)[1].reshape(count)
        common, own = np.tile(TOGETHER, (count, 1)), np.tile(ALONE, (count, 1))
        for number, (points, together, alone) in enumerate(REGIONS if count in IBUG_COUNTS else ()):
            rows = np.array(points) - (68 - count)
            rows = rows[rows >= 0]
            regions[rows], common[rows], own[rows] = number, together, alone
        return cls(regions[indices], common[indices], own[indices])

    def times(self, factor: float) -> DefinitionSpread:
        """The same, larger."""
        return DefinitionSpread(self.regions, self.common * factor, self.own * factor)

    def whitening(self, along: np.ndarray, noise: float) -> np.ndarray:
        """(L R, L R): what turns differences from the points into standard deviations that are independent.

        ``along`` (L, R, 3): how the R coordinates of each point answer to moves along the head's axes; to each comes
        ``noise`` of its own. The symmetric square root keeps what is left of a point with that point (Kessy et al.,
        "Optimal whitening and decorrelation", The American Statistician 72 (2018) 309-314).
        """
        count, n_rows = along.shape[:2]
        together, alone = along * self.common[:, None], along * self.own[:, None]
        same = (self.regions[:, None] == self.regions).astype(float)
        covariance = np.einsum("lri,msi,lm->lrms", together, together, same, optimize=True)
        each = np.arange(count)
        covariance[each, :, each] += alone @ np.swapaxes(alone, 1, 2) + noise**2 * np.eye(n_rows)
        values, vectors = np.linalg.eigh(covariance.reshape(count * n_rows, -1))
        return vectors / np.sqrt(values) @ vectors.T


def whitened(whitening: np.ndarray | float, values: np.ndarray) -> np.ndarray:
    """``values`` (L, R, ...) in standard deviations, by a matrix (L R, L R) or one factor for all."""
    if np.ndim(whitening) == 0:
        return values * whitening
    flat = values.reshape(values.shape[0] * values.shape[1], -1)
    return (np.asarray(whitening, values.dtype) @ flat).reshape(values.shape)
