"""Lids that turn about the eyeball's centre: blink, squint, wide, and following the gaze (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .anatomy import EYE_CENTRE
from .eyelids import MARGIN_RING, WATERLINE_RING
from .lid_parts import ON_LIDS, at_spokes
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

# At the inner canthus the rings lie within 6 mm, where those shares would turn the skin over on some faces: there they
# grow evenly with the way from the innermost of these rings to the outermost, over so many spokes to either side.
EVEN_RINGS, EVEN_SPOKES = tuple(range(6, -1, -1)), 4.0


class LidMotion:
    """Turns of the lids, measured in the turn that closes them."""

    def __init__(self, mesh: HeadMesh) -> None:
        self.mesh = mesh
        self.centre = np.array(EYE_CENTRE)
        self.freedom = np.ones(len(mesh))
        for ring, share in RING_FREEDOM.items():
            self.freedom[mesh.both(mesh.ring(EYE, ring))] = share
        self._even_out_canthus()
        for part in ON_LIDS:
            self.freedom[mesh.part(part)] = 0
        self.to_waterline, self.to_margin = (self._closing(ring) for ring in (WATERLINE_RING, MARGIN_RING))

    def _even_out_canthus(self) -> None:
        rings = np.array([self.mesh.ring(EYE, ring) for ring in EVEN_RINGS])
        steps = np.linalg.norm(np.diff(self.mesh.vertices[rings], axis=0), axis=2)
        way = np.concatenate([np.zeros((1, EYE.spokes)), np.cumsum(steps, 0)])
        first = RING_FREEDOM[EVEN_RINGS[0]]
        even = first + (1 - first) * way / way[-1]
        spokes = np.arange(EYE.spokes)
        near = np.exp(-((np.minimum(spokes, EYE.spokes - spokes) / EVEN_SPOKES) ** 2))
        shares = self.freedom[rings] + near * (even - self.freedom[rings])
        self.freedom[rings] = self.freedom[self.mesh.mirror[rings]] = shares

    def _closing(self, ring: int) -> tuple[np.ndarray, np.ndarray]:
        """(2, spokes) radians by which a ring of the upper and of the lower lid must turn upward to meet the other's.

        And (2, spokes) mm by which they must leave the eyeball's axis: the upper lid's edge lies before the lower one's
        towards the ear, where the skin is before the ball.
        """
        vertices = self.mesh.ring(EYE, ring)
        x, *local = (self.mesh.vertices[vertices] - self.centre).T
        elevation, radius = np.arctan2(*local), np.hypot(*local)
        half, spokes = EYE.opposite, np.arange(EYE.spokes)
        upper, lower = spokes[: half + 1], np.r_[0, spokes[:half:-1], half]
        is_upper = spokes <= half
        found = []
        for values in (elevation, radius):
            at_upper, at_lower = (np.interp(x, x[lid], values[lid]) for lid in (upper, lower))
            way = at_lower + MEETING * (at_upper - at_lower) - values
            found.append(np.stack([np.where(is_upper, way, 0.0), np.where(is_upper, 0.0, way)]))
        return found[0], found[1]

    def close(self, upper: float, lower: float) -> np.ndarray:
        """(V, 3) displacement when the lids turn by these parts of the closing turn, on both sides."""
        moved = np.zeros_like(self.mesh.vertices)
        parts = np.array([upper, lower])
        for ring, follow in UPPER_FOLLOW.items():
            vertices = self.mesh.ring(EYE, ring)
            turn, out = self._ways(parts * (follow, LOWER_FOLLOW[ring]), ring)
            moved[vertices] = self._turned(vertices, turn, out)
        for part, (ring, spokes) in ON_LIDS.items():
            vertices = np.arange(len(moved))[self.mesh.parts[f"left_{part}"]]
            turn, out = (at_spokes(way, spokes) for way in self._ways(parts, ring))
            moved[vertices] = self._turned(vertices, turn, out)
        left = np.flatnonzero(moved.any(1))
        moved[self.mesh.mirror[left]] = moved[left] * (-1, 1, 1)
        return moved

    def _ways(self, shares: np.ndarray, ring: int) -> tuple[np.ndarray, np.ndarray]:
        """(spokes,) radians and mm for ``shares`` (2,) of the closing ways; behind the edge none leaves the ball."""
        turn, out = self.to_margin if ring <= MARGIN_RING else self.to_waterline
        return shares @ turn, shares @ out * (ring <= WATERLINE_RING)

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

    def _turned(self, vertices: np.ndarray, turn: np.ndarray, out: np.ndarray) -> np.ndarray:
        local = self.mesh.vertices[vertices] - self.centre
        cos, sin = np.cos(turn), np.sin(turn)
        growth = 1 + OUTWARD * np.abs(turn) / np.linalg.norm(local, axis=1) + out / np.hypot(local[:, 1], local[:, 2])
        y = growth * (cos * local[:, 1] + sin * local[:, 2])
        z = growth * (-sin * local[:, 1] + cos * local[:, 2])
        return np.column_stack([np.zeros(len(local)), y - local[:, 1], z - local[:, 2]])
