"""The rings of the eye block: an open pair of lids with thickness, lying on the eyeball (mm, sculpting frame)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .anatomy import EYE_CENTRE, EYE_RADIUS, HEAD
from .topology import EYE, HalfMesh

CENTRE = np.array(EYE_CENTRE)


@dataclass(frozen=True)
class Almond:
    """A closed curve seen from the front about the eye centre: extents to the nose, ear, brow and cheek."""

    inner: float
    outer: float
    upper: float
    lower: float
    sharpness: float  # 1 an ellipse, 2 two parabolas
    tilt: float = 1.2  # mm by which the outer canthus lies above the inner one

    def points(self) -> np.ndarray:
        """(spokes, 2) x and y about the eye centre, inner canthus first, over the upper lid."""
        half = EYE.opposite
        part = np.arange(EYE.spokes) / half
        middle, width = (self.outer - self.inner) / 2, (self.outer + self.inner) / 2
        # Cosine spacing follows an ellipse evenly, but crowds the points of a canthus: half of it is spread evenly.
        there = np.where(part <= 1, 1 - 2 * part, 2 * part - 3)
        x = middle - width * (0.5 * np.cos(np.pi * part) + 0.5 * there)
        upper = np.arange(EYE.spokes) <= half
        # The upper lid is highest a little towards the nose, the lower lid lowest a little towards the ear.
        across = np.clip((x + self.inner) / (2 * width), 0, 1)
        skew = np.where(upper, across**0.94, across**1.05)
        arch = np.sin(np.pi * skew) ** self.sharpness
        y = np.where(upper, self.upper, -self.lower) * arch + self.tilt * (across - 0.5)
        return np.stack([x, y], 1)


# ring: curve; the inner three lie on the ball, the others are cast onto the sculpture
OUTER_RINGS = {
    3: Almond(19.0, 20.4, 13.6, 14.4, 0.8, 0.6),
    4: Almond(18.0, 18.2, 10.9, 11.4, 0.8, 0.9),
    5: Almond(17.0, 16.5, 8.8, 9.0, 0.8, 1.1),
    6: Almond(15.8, 15.1, 6.8, 7.3, 0.85),
}
MARGIN = Almond(14.4, 13.7, 5.2, 6.2, 0.9)
WATERLINE = Almond(13.5, 12.5, 4.6, 5.6, 0.9)
TUCK = Almond(10.9, 10.7, 9.0, 9.2, 0.72)
MARGIN_RING, WATERLINE_RING, TUCK_RING = 7, 8, 9
MARGIN_LIFT, WATERLINE_LIFT, TUCK_LIFT = 1.8, 0.6, 1.0  # mm outside the eyeball
CANTHUS_LIFT = 0.12  # mm: at the canthi one would see into the gap between tuck and ball
UPPER_OFFSETS = {6: 0.0, 5: -0.3, 4: -0.8, 3: 0.3}  # along the normal: the crease and the fold above it


def on_ball(points: np.ndarray, lift: float | np.ndarray) -> np.ndarray:
    """(N, 3) places over the eyeball seen from the front at (N, 2), ``lift`` mm (one or N) outside it."""
    radius = EYE_RADIUS + lift
    depth = np.sqrt(np.maximum(radius**2 - (points**2).sum(1), 0))
    return CENTRE + np.column_stack([points, depth])


def place_lids(mesh: HalfMesh) -> tuple[np.ndarray, np.ndarray]:
    """Vertex numbers and fixed places of rings 3 to 9."""
    vertices, places = [], []
    for ring, almond in OUTER_RINGS.items():
        vertices.append(mesh.ring(EYE, ring))
        places.append(_on_skin(almond, UPPER_OFFSETS[ring]))
    margin = MARGIN.points()
    skin = HEAD.front(*(margin + CENTRE[:2]).T)[:, 2]
    outer_margin = on_ball(margin, MARGIN_LIFT)
    outer_margin[:, 2] = _at_canthi(outer_margin[:, 2], skin - 0.3)
    inner = WATERLINE.points()
    waterline = on_ball(inner, WATERLINE_LIFT)
    waterline[:, 2] = _at_canthi(waterline[:, 2], HEAD.front(*(inner + CENTRE[:2]).T)[:, 2] - 1.9)
    behind = TUCK.points()
    sideways = np.abs(behind[:, 0] / TUCK.outer) ** 3
    tuck = on_ball(behind, TUCK_LIFT + (CANTHUS_LIFT - TUCK_LIFT) * np.minimum(sideways, 1))
    vertices += [mesh.ring(EYE, ring) for ring in (MARGIN_RING, WATERLINE_RING, TUCK_RING)]
    return np.concatenate(vertices), np.concatenate([*places, outer_margin, waterline, tuck])


def _at_canthi(ball: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Depth of a lid margin: over the ball, or near the canthi, where the ball falls away, close under the skin."""
    return np.maximum(ball, skin)


def _on_skin(almond: Almond, upper_offset: float) -> np.ndarray:
    points = almond.points()
    places = HEAD.front(*(points + CENTRE[:2]).T)
    rise = np.clip((points[:, 1] - 0.3 * almond.upper) / (0.5 * almond.upper), 0, 1)
    return places + (upper_offset * rise)[:, None] * HEAD.normals(places)
