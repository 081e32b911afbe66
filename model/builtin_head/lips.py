"""The rings of the mouth block: skin round the mouth, lips, their contact and the pocket behind (mm)."""

from __future__ import annotations

import numpy as np

from .anatomy import HEAD
from .dental_arch import arch_depth
from .topology import MOUTH, HalfMesh

HALF_WIDTH = 25.0  # cheilion to the midline; mouth width 50 mm (Farkas 1994, North American adults: 50-54)
LINE_HEIGHT = -69.8
SKIN_OFFSETS = {2: 6.0, 3: 3.0, 4: 0.9}  # ring: mm outside the vermilion border
WHITE_ROLL = {4: 0.35}  # ring: mm by which the skin swells along the border
# ring: part of the way from the lip line (0) to the vermilion border (1), and forward bulge of upper and lower lip
VERMILION = {5: (1.0, 0.25, 0.2), 6: (0.62, 1.5, 2.1), 7: (0.27, 2.1, 2.9), 8: (0.01, 0.4, 1.0)}
LINE_RING, BORDER_RING, CONTACT_RING = 8, 5, 9
# mm: at the corner the rings lie one inside the other and deeper and deeper
CORNER_RECESS = {2: 0.3, 3: 1.3, 4: 2.6, 5: 3.6, 6: 4.3, 7: 5.0, 8: 5.7}
CORNER_INSET = {5: -0.5, 6: 0.2, 7: 0.9, 8: 1.6}
TUCK = 5.0  # power of the place along the lip by which the recess sets in


def spoke_parameter() -> tuple[np.ndarray, np.ndarray]:
    """(spokes,) place along the lip, 0 at the midline and 1 at the corner; and which spokes are upper lip."""
    spokes = np.arange(MOUTH.spokes)
    return 1 - np.abs(spokes - MOUTH.opposite) / MOUTH.opposite, spokes <= MOUTH.opposite


def line_height(t: np.ndarray) -> np.ndarray:
    """Height of the lip line at ``t`` (0 midline, 1 corner): a tubercle in the middle, corners level."""
    return LINE_HEIGHT - 0.7 * np.exp(-((t / 0.22) ** 2)) + 0.5 * np.sin(np.pi * t) - 0.2 * t**3


def border_height(t: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Height of the vermilion border, with Cupid's bow in the upper lip."""
    bow = 1.7 * np.exp(-((t / 0.12) ** 2)) - 0.5 * np.exp(-(((t - 0.25) / 0.1) ** 2))
    high = LINE_HEIGHT - 0.4 + 7.9 * (1 - t**1.5) - bow
    low = LINE_HEIGHT - 1.0 - 8.8 * (1 - t**2.0)
    closed = LINE_HEIGHT - 0.3
    return np.where(upper, np.maximum(high, closed), np.minimum(low, closed - 0.2))


def place_lips(mesh: HalfMesh) -> tuple[np.ndarray, np.ndarray]:
    """Vertex numbers and fixed places of rings 2 to 13."""
    along, upper = spoke_parameter()
    x = HALF_WIDTH * along**0.96
    vertices, places = [], []
    for ring, offset in SKIN_OFFSETS.items():
        turn = np.pi / 2 * along**2.2
        outward = np.stack([np.sin(turn), np.where(upper, 1, -1) * np.cos(turn)], 1)
        edge = x - CORNER_INSET[BORDER_RING] * along**8
        flat = np.stack([edge, border_height(along, upper)], 1) + offset * outward
        skin = HEAD.front(*flat.T)
        skin[:, 2] += WHITE_ROLL.get(ring, 0.0) * (1 - along**4) - CORNER_RECESS[ring] * along**TUCK
        vertices.append(mesh.ring(MOUTH, ring))
        places.append(skin)
    for ring, (part, up, low) in VERMILION.items():
        line, border = line_height(along), border_height(along, upper)
        skin = HEAD.front(x - CORNER_INSET[ring] * along**8, line + part * (border - line))
        pads = np.where(upper, 1 + 0.15 * np.exp(-((along / 0.14) ** 2)), 1 - 0.12 * np.exp(-((along / 0.14) ** 2)))
        skin[:, 2] += np.where(upper, up, low) * pads * (1 - along**2.2) - CORNER_RECESS[ring] * along**TUCK
        vertices.append(mesh.ring(MOUTH, ring))
        places.append(skin)
    for ring, inside in _pocket(places[-1], along, upper):
        vertices.append(mesh.ring(MOUTH, ring))
        places.append(inside)
    return np.concatenate(vertices), np.concatenate(places)


def _pocket(line: np.ndarray, along: np.ndarray, upper: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Rings 9 to 13: the lips' contact, behind them the vestibule round the teeth, and the back of the mouth."""
    sign = np.where(upper, 1.0, -1.0)
    sweep = np.pi / 2 * along
    height = sign * np.cos(sweep)
    contact = line - np.array([0, 0, 1.0]) * (3.5 - 1.0 * along[:, None])
    contact[:, 0] *= 0.985
    contact[:, 1] += 0.12 * sign * (along < 1)
    x = np.sin(sweep)
    boxy = sign * np.abs(np.cos(sweep)) ** 0.45
    behind_lips = arch_depth(24.0 * x) + np.where(upper, 2.4, 0.8)
    behind = np.stack([np.where(upper, 24.0, 23.0) * x, LINE_HEIGHT + 4.0 * height, behind_lips], 1)
    vestibule, front = np.where(upper, 16.5, 18.5), np.where(upper, 0.8, -2.2)
    side, reach = np.where(upper, 35.5 * x, 34.0 * x**1.35), np.where(upper, 32.0, 30.0)
    sulcus = np.stack([side, LINE_HEIGHT + vestibule * boxy, arch_depth(reach * x) + front], 1)
    roof = np.where(upper, 26.0, 23.0)
    palate = np.stack([37.5 * x, LINE_HEIGHT + roof * boxy, np.full_like(x, 33.0)], 1)
    throat = np.stack([22.0 * x, LINE_HEIGHT + 15.0 * boxy, np.full_like(x, 16.0)], 1)
    return [(9, contact), (10, behind), (11, sulcus), (12, palate), (13, throat)]
