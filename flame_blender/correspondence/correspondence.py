"""Where one head's skin lies on another's, once it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..flame.landmarks import LandmarkEmbedding
from ..geometry.thin_plate import ThinPlate


@dataclass(frozen=True, eq=False)
class Correspondence:
    """Where the skin of a head, the target, lies on another's, the source.

    Attributes
    ----------
    vertices : (S,) int64
        The target's vertices that are skin, by rising number.
    triangles : (S,) int64
        Triangles of the source's ``faces`` that they lie in.
    barycentric : (S, 3) float64
        Where in these.
    distances : (S,) float64, metres
        From there, once the source is warped, to the target; infinite where no triangle near faces the same way.
    trust : (S,) float64
        1 where the place is sure, 0 where it is not: far off, out of sight, in the corners of mouth and eyes.
    warp : ThinPlate
        From the source's space, at rest, to the target's.
    landmarks : mapping of str to LandmarkEmbedding
        The source's landmarks on the target.
    regions : mapping of str to (n,) int32
        The source's regions, as vertices of the target.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    barycentric: np.ndarray
    distances: np.ndarray
    trust: np.ndarray
    warp: ThinPlate
    landmarks: Mapping[str, LandmarkEmbedding]
    regions: Mapping[str, np.ndarray]
