"""The rings of the ear block (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .anatomy import HEAD
from .topology import EAR, HalfMesh

CENTRE = np.array([0.0, -17.0, -6.0])  # y, z of the middle of the ear
TILT = 12.0  # degrees, top backward
# Outline seen from the side: mm backward and upward of the centre, from the tragus over the top. Length 62, breadth 34.
OUTLINE = np.array([
    (-10.5, -3), (-10.5, 6), (-11.5, 14), (-10, 22), (-5.5, 28.5), (1.5, 31), (8.5, 29.5), (14, 24.5), (17, 17),
    (17.8, 8), (16.8, -1), (14.2, -9.5), (10.5, -17), (6.8, -23.5), (2.5, -29), (-2.5, -31), (-7, -29),
    (-9.5, -24), (-10.5, -17), (-11, -9.5),
])  # fmt: skip
CONCHA = np.array([-1.0, -5.0])
# degrees about the concha (0 backward, 90 up): mm by which the rim stands out from the head
RIM_HEIGHTS = (
    (-180, -150, -120, -90, -60, -30, 0, 30, 50, 70, 90, 110, 130, 150, 180),
    (2.5, 3.2, 4.2, 6.2, 9.5, 13.5, 16.5, 17, 15.5, 12, 8.2, 5.4, 3.8, 2.8, 2.5),
)
EDGE_RING = 4
CLEARANCE = 1.24  # scale of the outline about the concha at which the grid round the ear wants to lie
# ring: (scale of the outline about the concha, height as a part of the rim's, depth of carving)
PROFILE = {
    1: (1.06, 0.0, 0.0), 2: (0.80, 0.12, 0.0), 3: (0.92, 0.66, 0.0), 4: (1.0, 1.0, 0.0), 5: (0.955, 1.06, 0.0),
    6: (0.88, 1.00, 0.4), 7: (0.80, 0.92, 2.9), 8: (0.66, 0.86, 0.4), 9: (0.50, 0.72, 2.0), 10: (0.34, 0.45, 6.0),
    11: (0.18, 0.30, 8.0),
}  # fmt: skip


def place_ears(mesh: HalfMesh) -> tuple[np.ndarray, np.ndarray]:
    """Vertex numbers and fixed places of rings 1 to 11 and the centre."""
    outline = _outline()
    rear = _rear(outline)
    rim = np.interp(_angles(outline), *RIM_HEIGHTS)
    vertices, places = [], []
    for ring, (scale, part, depth) in PROFILE.items():
        behind = ring < EDGE_RING and ring > 1
        scales = 1 + (scale - 1) * (rear if behind else np.ones_like(rear))
        skin = _to_head(CONCHA + scales[:, None] * (outline - CONCHA))
        skin[:, 0] += part * rim - depth * np.clip(rear, 0.25, 1)
        vertices.append(mesh.ring(EAR, ring))
        places.append(skin)
    centre = _to_head(CONCHA[None])
    centre[:, 0] += 0.5
    vertices.append(mesh.of((EAR.name, EAR.rings + 1, 0)))
    places.append(centre)
    return np.concatenate(vertices), np.concatenate(places)


def surroundings(mesh: HalfMesh) -> tuple[np.ndarray, np.ndarray]:
    """Vertex numbers of the grid round the ear, and places that keep it clear of the ear's root."""
    outline = _outline()
    return mesh.ring(EAR, 0), _to_head(CONCHA + CLEARANCE * (outline - CONCHA))


def _outline() -> np.ndarray:
    """(spokes, 2) the outline resampled evenly, spoke 0 at the tragus."""
    closed = np.vstack([OUTLINE, OUTLINE[:1]])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = np.arange(EAR.spokes) * length[-1] / EAR.spokes
    return np.stack([np.interp(at, length, closed[:, axis]) for axis in range(2)], 1)


def _rear(outline: np.ndarray) -> np.ndarray:
    """(spokes,) 0 where the ear grows out of the cheek, 1 where its rim stands free."""
    stations = [-180, -130, -95, -60, 0, 45, 80, 100, 125, 150, 180]
    return np.interp(_angles(outline), stations, [0.05, 0.25, 0.5, 0.75, 1.0, 0.95, 0.75, 0.6, 0.38, 0.15, 0.05])


def _angles(outline: np.ndarray) -> np.ndarray:
    """Degrees of outline points about the concha, -180 to 180."""
    return np.degrees(np.arctan2(outline[:, 1] - CONCHA[1], outline[:, 0] - CONCHA[0]))


def _to_head(flat: np.ndarray) -> np.ndarray:
    """(N, 3) places on the head's side under (N, 2) backward and upward offsets."""
    turn = np.radians(TILT)
    back = np.cos(turn) * flat[:, 0] + np.sin(turn) * flat[:, 1]
    up = -np.sin(turn) * flat[:, 0] + np.cos(turn) * flat[:, 1]
    origins = np.stack([np.full(len(flat), 130.0), CENTRE[1] + up, CENTRE[2] - back], 1)
    return HEAD.cast(origins, np.tile([-1.0, 0.0, 0.0], (len(flat), 1)))
