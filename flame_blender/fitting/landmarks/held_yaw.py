"""A head held at the yaw that a row of the contour stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...flame.landmarks import LAST_POSITIVE_ROW, yaw_of
from ..solver.least_squares import Equations
from ..solver.unknowns import Unknowns

WITHIN_A_DEGREE = np.deg2rad(1 / np.sqrt(12))  # standard deviation of a yaw that rounds to a whole degree


@dataclass(frozen=True)
class HeldYaw:
    """That root and neck turn the head by ``degrees`` of yaw, which bring its row of the contour.

    ``seen_by`` (3, 3) turns FLAME's axes into those of an upright head before the camera; ``yaw_sign`` as in
    :func:`..flame.landmarks.contour_row`. The first and the last row serve all that is beyond them.
    """

    degrees: int
    seen_by: np.ndarray
    yaw_sign: int

    def look(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""
        n_coefficients, rotations = len(unknowns.coefficients), unknowns.pose.rotations[0]
        n_steps = unknowns.n_steps
        turned = self.seen_by @ rotations[0] @ rotations[1]
        off = np.deg2rad(self.degrees) - self.yaw_sign * float(yaw_of(turned))
        if abs(self.degrees) >= LAST_POSITIVE_ROW and off * self.degrees < 0:
            return Equations(0.0, np.zeros((n_steps, n_steps)), np.zeros(n_steps))
        # The sine of the yaw is -R20, which a turn omega before the camera changes by omega_y R00 - omega_x R10.
        cosine = max(float(np.hypot(turned[0, 0], turned[1, 0])), 1e-6)
        by_turn = self.yaw_sign * np.array([-turned[1, 0], turned[0, 0], 0.0]) / cosine @ self.seen_by
        row = np.zeros(n_steps)
        row[n_coefficients : n_coefficients + 6] = np.tile(by_turn, 2) / WITHIN_A_DEGREE  # root, neck
        off /= WITHIN_A_DEGREE
        return Equations(off * off, np.outer(row, row), off * row)
