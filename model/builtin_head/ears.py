"""The rings of the ear block (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .anatomy import HEAD
from .ear_table import CANAL, RINGS
from .topology import EAR, HalfMesh

CENTRE = np.array([0.0, -21.0, -8.0])  # y, z of the middle of the ear
TILT = 10.0  # degrees, top backward
CONCHA = np.array([-1.0, -5.0])
ON_HEAD = 2  # rings up to this one lie on the head itself
# The spoke of each station of the table and of the first one again: as many spokes in front as the grid has rows there.
STATIONS = (0, 2, 4, 6, 8, 10, 12, 14, 16, 17.6, 19.2, 20.8, 22.3, 24.6, 28)
# spoke: how far the ear there is the cheek's own relief (1) and not that of a leaf set on a plane (0)
CHEEK = ((0, 4, 6, 9, 19.5, 23.5, 28), (1.0, 1.0, 0.6, 0.0, 0.0, 1.0, 1.0))
OUTLINE_RING = 4
CLEARANCE = 1.3  # scale of the outline about the concha at which the grid round the ear wants to lie


def place_ears(mesh: HalfMesh) -> tuple[np.ndarray, np.ndarray]:
    """Vertex numbers and fixed places of every ring and the centre."""
    base = _base()
    cheek = np.interp(np.arange(EAR.spokes), *CHEEK)
    vertices, places = [], []
    for ring, controls in RINGS.items():
        flat, outward = _round_the_ear(controls)
        skin = _to_head(flat)
        if ring > ON_HEAD:
            plane = _on_plane(base, flat)
            skin[:, 0] += (1 - cheek) * (plane - skin[:, 0]) + outward
        vertices.append(mesh.ring(EAR, ring))
        places.append(skin)
    canal = _to_head(np.array([CANAL[:2]]))
    canal[:, 0] = _on_plane(base, np.array([CANAL[:2]])) + CANAL[2]
    vertices.append(mesh.of((EAR.name, EAR.rings + 1, 0)))
    places.append(canal)
    return np.concatenate(vertices), np.concatenate(places)


def surroundings(mesh: HalfMesh) -> tuple[np.ndarray, np.ndarray]:
    """Vertex numbers of the grid round the ear, and places that keep it clear of the ear's root."""
    outline = _round_the_ear(RINGS[OUTLINE_RING])[0]
    return mesh.ring(EAR, 0), _to_head(CONCHA + CLEARANCE * (outline - CONCHA))


def _round_the_ear(controls: tuple[tuple[float, float, float], ...]) -> tuple[np.ndarray, np.ndarray]:
    """(spokes, 2) offsets and (spokes,) heights of a ring: a closed Catmull-Rom curve through its stations."""
    points = np.array(controls, float)
    at = np.interp(np.arange(EAR.spokes), STATIONS, np.arange(len(STATIONS)))
    first = at.astype(int)
    t = (at - first)[:, None]
    before, start, end, after = (points[(first + step) % len(points)] for step in (-1, 0, 1, 2))
    curve = start + 0.5 * t * (
        (end - before) + t * (2 * before - 5 * start + 4 * end - after + t * (3 * (start - end) + after - before))
    )
    return curve[:, :2], curve[:, 2]


def _base() -> np.ndarray:
    """(3,) the plane x = a + b backward + c upward through the head's side where the ear grows out of it."""
    flat = _round_the_ear(RINGS[ON_HEAD])[0]
    x = _to_head(flat)[:, 0]
    return np.linalg.lstsq(np.column_stack([np.ones(len(flat)), flat]), x, rcond=None)[0]


def _on_plane(base: np.ndarray, flat: np.ndarray) -> np.ndarray:
    return base[0] + flat @ base[1:]


def _to_head(flat: np.ndarray) -> np.ndarray:
    """(N, 3) places on the head's side under (N, 2) backward and upward offsets."""
    turn = np.radians(TILT)
    back = np.cos(turn) * flat[:, 0] + np.sin(turn) * flat[:, 1]
    up = -np.sin(turn) * flat[:, 0] + np.cos(turn) * flat[:, 1]
    origins = np.stack([np.full(len(flat), 130.0), CENTRE[1] + up, CENTRE[2] - back], 1)
    return HEAD.cast(origins, np.tile([-1.0, 0.0, 0.0], (len(flat), 1)))
