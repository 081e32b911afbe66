"""Random values of one clip, in the shapes that tools write them in."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

FRAMES = 7
Expected = dict[str, np.ndarray]


class Tool:
    """Random values of one clip, and the shapes that tools write them in."""

    def __init__(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)

    def rows(self, width: int, frames: int = FRAMES, deviation: float = 0.3) -> np.ndarray:
        return self.generator.normal(0, deviation, (frames, width)).astype(np.float32)

    def sixd(self, frames: int = FRAMES) -> tuple[np.ndarray, np.ndarray]:
        """(N, 6) first two rows of matrices, and the axis-angle vectors of them."""
        turns = Rotation.from_rotvec(self.rows(3, frames))
        return turns.as_matrix()[:, :2].reshape(-1, 6).astype(np.float32), turns.as_rotvec()
