"""Where beards and moustaches grow: how full they are at points of a face's skin."""

from __future__ import annotations

import numpy as np

from .distance_field import DistanceField
from .ground import LEFT_OF_NOSE, LOWER_LIP, MOUTH_CORNERS, RIGHT_OF_NOSE, SUBNASALE, UPPER_LIP, Face, Ground
from .scalp_region import around, smooth

# degrees from the front and heights of a beard's upper edge: of an ear above its lobe, or of a third above the mouth
OF_EAR = np.array([(64, 0.06), (70, 0.25), (77, 0.48)])
OF_MOUTH = np.array([(0, -0.10), (13, -0.05), (17, 0.06), (24, 0.10), (34, 0.17), (46, 0.27), (56, 0.30)])
EDGE = 0.006  # metres over which a beard thins out
REACHES = np.array([0.005, 0.010, 0.018, 0.026])  # metres from the skin, at which it is asked for what lies before it
OPEN = 0.3  # of these, that must be free
LIP_ROOM = 0.0022  # metres between lips and hair
OUTER_LIP = slice(31, 38)  # the upper lip's outer edge, from corner to corner


def in_open_air(field: DistanceField, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """(N,) bool: whether nothing of the head lies before points (N, 3) of the skin, as it does in the mouth."""
    free = np.ones(len(points), bool)
    for reach in REACHES:
        free &= field.at(points + reach * normals)[0] > OPEN * reach
    return free


def beard_fullness(ground: Ground, points: np.ndarray, *, chin_only: bool = False) -> np.ndarray:
    """(N,) 0 to 1 at points (N, 3): from whiskers over cheeks and jaw to the chin, and under it."""
    face, marks = ground.face, ground.points
    angle, _ = around(face, points)
    ear = face.ear_top - face.ear_bottom
    heights = np.concatenate([face.mouth + OF_MOUTH[:, 1] * face.third, face.ear_bottom + OF_EAR[:, 1] * ear])
    upper = np.interp(angle, np.concatenate([OF_MOUTH[:, 0], OF_EAR[:, 0]]), heights)
    full = smooth(upper - points[:, 1], 0.0, EDGE)
    chin_z = marks[LOWER_LIP, 2]
    share = (points[:, 2] - face.ear_front) / (chin_z - face.ear_front)
    lower = (
        face.ear_bottom
        - 0.30 * face.third
        + share * (face.chin - 0.36 * face.third - face.ear_bottom + 0.30 * face.third)
    )
    full *= smooth(points[:, 1] - lower, 0.0, EDGE)
    full *= smooth(points[:, 2] - face.ear_front, -0.004, 0.002)
    full *= _off_lips(ground, points)
    x = np.abs(points[:, 0] - face.middle)
    under = smooth(marks[LOWER_LIP, 1] - points[:, 1], 0.001, 0.012)
    full *= np.where(x < 0.016 * face.scale, np.maximum(under, smooth(-x, -0.006, -0.003)), 1.0)
    if chin_only:
        below = marks[LOWER_LIP, 1] - points[:, 1]
        wide = _mouth_half(ground) * (0.5 + 0.5 * smooth(below, 0.0, 0.02 * face.scale))  # round, not a box
        full *= smooth(-x / wide, -1.0, -0.55) * smooth(below, -0.004, 0.002)
        full *= smooth(points[:, 2], chin_z - 0.045 * face.scale, chin_z - 0.03 * face.scale)
    return np.asarray(full)


def moustache_fullness(ground: Ground, points: np.ndarray) -> np.ndarray:
    """(N,) 0 to 1 at points (N, 3): between nose and upper lip, to a little beyond the corners of the mouth."""
    face, marks = ground.face, ground.points
    x = points[:, 0]
    lip = marks[OUTER_LIP]
    order = lip[:, 0].argsort()
    edge = np.interp(x, lip[order, 0], lip[order, 1])
    half = _mouth_half(ground)
    off = np.abs(x - face.middle)
    beyond = np.maximum(off - half, 0)
    low = edge + LIP_ROOM - 0.9 * beyond
    wing = np.abs(marks[[RIGHT_OF_NOSE, LEFT_OF_NOSE], 0] - face.middle).mean()
    corner = marks[[*MOUTH_CORNERS], 1].mean()
    high = np.interp(
        off,
        (0, wing, wing + 0.004, 1.15 * half),
        (
            marks[SUBNASALE, 1] - 0.0015,
            marks[RIGHT_OF_NOSE, 1] - 0.001,
            marks[RIGHT_OF_NOSE, 1] - 0.002,
            corner + 0.003,
        ),
    )
    full = smooth(points[:, 1] - low, 0.0, 0.0015) * smooth(high - points[:, 1], 0.0, 0.004)
    full *= smooth(-off, -1.15 * half, -0.92 * half) * (0.55 + 0.45 * smooth(off, 0.001, 0.004))
    front = marks[[*MOUTH_CORNERS], 2].min()
    return np.asarray(full * smooth(points[:, 2], front - 0.012, front - 0.006))


def _off_lips(ground: Ground, points: np.ndarray) -> np.ndarray:
    marks, face = ground.points, ground.face
    top, bottom = marks[UPPER_LIP, 1], marks[LOWER_LIP, 1]
    half, tall = 1.10 * _mouth_half(ground), (top - bottom) / 2 + LIP_ROOM
    x, y = (points[:, 0] - face.middle) / half, (points[:, 1] - (top + bottom) / 2) / tall
    front = points[:, 2] > marks[[*MOUTH_CORNERS], 2].min() - 0.02
    return np.where(front, smooth(np.hypot(x, y), 1.0, 1.18), 1.0)


def _mouth_half(ground: Ground) -> float:
    corners = ground.points[[*MOUTH_CORNERS], 0]
    return float(np.abs(corners[1] - corners[0]) / 2)


def beard_way(face: Face, points: np.ndarray) -> np.ndarray:
    """(N, 3) where a beard's hair points at (N, 3): down, forward at the jaw, to the middle under the chin."""
    side = np.tanh((points[:, 0] - face.middle) / 0.01)
    count = len(points)
    return np.stack([-0.10 * side, np.full(count, -1.0), np.full(count, 0.28)], 1)


def moustache_way(face: Face, points: np.ndarray, outwards: float) -> np.ndarray:
    """(N, 3) where a moustache's hair points at (N, 3): down and to the sides."""
    side = np.tanh((points[:, 0] - face.middle) / 0.004)
    x = np.abs(points[:, 0] - face.middle) / (0.02 * face.scale)
    aside = side * (0.35 + 0.55 * np.minimum(x, 1.2)) * outwards
    return np.stack([aside, np.full(len(points), -1.0), np.full(len(points), 0.05)], 1)
