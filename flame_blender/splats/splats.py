"""Splats: soft ellipsoids with colours that depend on the side that they are seen from."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from .harmonics import degree_of


@dataclass(frozen=True, eq=False)
class Splats:
    """N splats, read-only arrays.

    ``centres`` (N, 3) and ``scales`` (N, 3) float32 in metres, the deviations along the splat's own axes;
    ``rotations`` (N, 4) float32, unit quaternions (w, x, y, z) from those axes; ``opacities`` (N,) float32 from 0 to 1;
    ``harmonics`` (N, K, 3) float32, the colours' coefficients as :mod:`.harmonics` has them. Where ``triangles`` (N,)
    int32 are there, centres, scales and rotations are told in the frames of those triangles of a head (see
    :mod:`.triangle_frames`), whose size is the unit of length.
    """

    centres: np.ndarray
    scales: np.ndarray
    rotations: np.ndarray
    opacities: np.ndarray
    harmonics: np.ndarray
    triangles: np.ndarray | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            array = getattr(self, each.name)
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.centres)

    @property
    def degree(self) -> int:
        """Of the harmonics, 0 to 3."""
        return degree_of(self.harmonics.shape[1])

    def chosen(self, which: np.ndarray) -> Splats:
        """Some of them, by (N,) bool or by rows."""
        of = None if self.triangles is None else self.triangles[which]
        arrays = (self.centres, self.scales, self.rotations, self.opacities, self.harmonics)
        centres, scales, rotations, opacities, harmonics = (array[which] for array in arrays)
        return Splats(centres, scales, rotations, opacities, harmonics, of)
