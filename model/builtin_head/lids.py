"""Lids that turn about the eyeball's centre: blink, squint, wide, and following the gaze (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .anatomy import EYE_CENTRE
from .eyelids import WATERLINE_RING
from .lashes import SPOKES
from .mesh import HeadMesh
from .topology import EYE

MEETING = 0.2  # where closed lids meet: part of the way from the lower margin to the upper one
OUTWARD = 0.7  # mm by which a lid leaves the ball for a turn of 1 radian: halfway the straight path cuts the corner
# ring: how much of the margin's turn it follows
UPPER_FOLLOW = {9: 1.0, 8: 1.0, 7: 1.0, 6: 0.84, 5: 0.55, 4: 0.24, 3: 0.07}
LOWER_FOLLOW = {9: 1.0, 8: 1.0, 7: 1.0, 6: 0.70, 5: 0.35, 4: 0.12, 3: 0.0}
RING_FREEDOM = {
    9: 0.0, 8: 0.0, 7: 0.0, 6: 0.15, 5: 0.35, 4: 0.58, 3: 0.78, 2: 0.92, 1: 0.98,
}  # share of other movements that rings take  # fmt: skip


class LidMotion:
    """Turns of the lids, measured in the turn that closes them."""

    def __init__(self, mesh: HeadMesh) -> None:
        self.mesh = mesh
        self.centre = np.array(EYE_CENTRE)
        self.freedom = np.ones(len(mesh))
        for ring, share in RING_FREEDOM.items():
            self.freedom[mesh.both(mesh.ring(EYE, ring))] = share
        self.freedom[mesh.part("lash")] = 0
        self.upper_turn, self.lower_turn = self._closing_turns()
        lash = np.arange(mesh.parts["left_lash"].start, mesh.parts["left_lash"].stop)
        self.lash_rows = lash.reshape(-1, len(SPOKES))

    def _elevation(self, vertices: np.ndarray) -> np.ndarray:
        local = self.mesh.vertices[vertices] - self.centre
        return np.arctan2(local[:, 1], local[:, 2])

    def _closing_turns(self) -> tuple[np.ndarray, np.ndarray]:
        """(spokes,) radians by which each spoke's margin must turn upward for the waterlines to meet."""
        ring = self.mesh.ring(EYE, WATERLINE_RING)
        x, elevation = self.mesh.vertices[ring][:, 0], self._elevation(ring)
        half = EYE.opposite
        upper = np.arange(0, half + 1)
        lower = np.r_[np.arange(EYE.spokes - 1, half, -1)]
        lower = np.r_[0, lower, half]
        at_upper = np.interp(x, x[upper], elevation[upper])
        at_lower = np.interp(x, x[lower], elevation[lower])
        meeting = at_lower + MEETING * (at_upper - at_lower)
        turn = meeting - elevation
        is_upper = np.arange(EYE.spokes) <= half
        return np.where(is_upper, turn, 0.0), np.where(is_upper, 0.0, turn)

    def close(self, upper: float, lower: float) -> np.ndarray:
        """(V, 3) displacement when the lids turn by these parts of the closing turn, on both sides."""
        moved = np.zeros_like(self.mesh.vertices)
        for ring, follow in UPPER_FOLLOW.items():
            vertices = self.mesh.ring(EYE, ring)
            turn = upper * self.upper_turn * follow + lower * self.lower_turn * LOWER_FOLLOW[ring]
            moved[vertices] = self._turned(vertices, turn)
        for row in self.lash_rows:
            moved[row] = self._turned(row, upper * self.upper_turn[list(SPOKES)])
        left = np.flatnonzero(moved.any(1))
        moved[self.mesh.mirror[left]] = moved[left] * (-1, 1, 1)
        return moved

    def lengthen(self, growth: float) -> np.ndarray:
        """(V, 3) displacement that makes both fissures longer by a part of their length, along the ball."""
        local = self.mesh.vertices - self.centre
        turn = growth * np.arctan2(local[:, 0], local[:, 2])
        return self._on_lids(np.column_stack([turn * local[:, 2], np.zeros(len(local)), -turn * local[:, 0]]))

    def tilt(self, angle: float) -> np.ndarray:
        """(V, 3) displacement that turns both pairs of lids about the gaze, outer canthus up."""
        local = self.mesh.vertices - self.centre
        return self._on_lids(angle * np.column_stack([-local[:, 1], local[:, 0], np.zeros(len(local))]))

    def _on_lids(self, motion: np.ndarray) -> np.ndarray:
        """A motion of the left side, faded out away from the lids, and its mirror image."""
        left = np.flatnonzero((self.freedom < 1) & (self.mesh.vertices[:, 0] > 0))
        moved = np.zeros_like(motion)
        moved[left] = motion[left] * (1 - self.freedom[left])[:, None]
        moved[self.mesh.mirror[left]] = moved[left] * (-1, 1, 1)
        return moved

    def _turned(self, vertices: np.ndarray, turn: np.ndarray) -> np.ndarray:
        local = self.mesh.vertices[vertices] - self.centre
        cos, sin = np.cos(turn), np.sin(turn)
        growth = 1 + OUTWARD * np.abs(turn) / np.linalg.norm(local, axis=1)
        y = growth * (cos * local[:, 1] + sin * local[:, 2])
        z = growth * (-sin * local[:, 1] + cos * local[:, 2])
        return np.column_stack([np.zeros(len(local)), y - local[:, 1], z - local[:, 2]])
