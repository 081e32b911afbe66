"""A head held at the yaw that a row of the contour stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...flame.landmarks import LAST_POSITIVE_ROW, yaw_of
from ...flame.params import POSE_FIELDS
from ..solver.equations import Equations
from ..solver.unknowns import Unknowns

ROOT, NECK = POSE_FIELDS.index("global_rotation"), POSE_FIELDS.index("neck")
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

    def linearise(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""
        layout, rotations = unknowns.layout, unknowns.pose.rotations[0]
        turned = self.seen_by @ rotations[ROOT] @ rotations[NECK]
        off = np.deg2rad(self.degrees) - self.yaw_sign * float(yaw_of(turned))
        if abs(self.degrees) >= LAST_POSITIVE_ROW and off * self.degrees < 0:
            return Equations.nothing(layout)
        # The sine of the yaw is -R20, which a turn omega before the camera changes by omega_y R00 - omega_x R10.
        cosine = max(float(np.hypot(turned[0, 0], turned[1, 0])), 1e-6)
        by_turn = self.yaw_sign * np.array([-turned[1, 0], turned[0, 0], 0.0]) / cosine @ self.seen_by
        jacobian = np.zeros(layout.size)
        jacobian[layout.turn(ROOT)] = jacobian[layout.turn(NECK)] = by_turn / WITHIN_A_DEGREE
        off /= WITHIN_A_DEGREE
        return Equations(off * off, None, off * jacobian, rows=jacobian[None])
