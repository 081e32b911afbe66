"""The skin's colour in layers: how much blood and how much melanin each place has, and what these absorb.

Linear. What blood and melanin absorb of red, green and blue follows their spectra (haemoglobin most about 540 and 415
nm; melanin as wavelength to the power -3.3, Jacques 1998, "Skin optics"), in natural logarithms, scaled so that 1 is a
flushed cheek, or a freckle.
"""

from __future__ import annotations

import numpy as np

from flame_blender.looks.complexion import MELANIN, REFERENCE_TONE, tone_colour

from .anchors import near
from .noise import layered, noise
from .places import Places

BLOOD = np.array([0.05, 0.52, 0.40])
VEIN = np.array([0.34, 0.17, 0.03])  # blood without oxygen, deep below: bluish
# place, reach (mm), blood, melanin
REGIONS = (
    ("cheek", 19.0, 0.50, 0.00), ("cheek bone", 13.0, 0.22, 0.03), ("nose tip", 11.0, 0.52, 0.03),
    ("wing", 7.5, 0.55, 0.00), ("bridge", 9.0, 0.16, 0.05), ("chin front", 13.0, 0.26, 0.00), ("ear", 34.0, 0.52, 0.00),
    ("forehead", 30.0, -0.10, 0.07), ("forehead side", 22.0, -0.04, 0.05), ("glabella", 11.0, 0.14, 0.02),
    ("temple", 16.0, -0.14, 0.00), ("under eye", 8.0, 0.24, 0.12), ("upper lid", 8.0, 0.26, 0.10),
    ("lower lid", 7.0, 0.32, 0.04),
    ("inner canthus", 5.0, 0.42, 0.06), ("outer canthus", 6.0, 0.24, 0.02), ("moustache", 8.0, 0.10, 0.00),
    ("hollow", 18.0, -0.10, 0.00), ("mouth corner", 6.0, 0.30, 0.06), ("throat", 30.0, -0.14, -0.05),
    ("neck side", 34.0, 0.10, 0.02), ("neck front", 26.0, 0.20, 0.02),
)  # fmt: skip
VEINS = (("under eye", 9.0, 0.16), ("upper lid", 8.0, 0.18), ("temple", 17.0, 0.16), ("inner canthus", 6.0, 0.16))
LIP_BLOOD, LIP_MELANIN, LIP_VEIN, LIP_PALE = 1.0, 0.16, 0.42, 0.10
SEED = 71


def albedo(places: Places, at: dict[str, np.ndarray]) -> np.ndarray:
    """(N, 3) linear colours at the reference tone; brows, freckles and stubble are marks of their own."""
    points = places.points
    shares = np.array([near(places.vertices_left, at[name], reach) for name, reach, _blood, _melanin in REGIONS])
    amounts = np.array([more for _name, _reach, *more in REGIONS])
    blood, melanin = (places.spread(amount @ shares) for amount in amounts.T)
    blotches, specks = layered(points, (15.0, 6.0, 3.0), SEED), layered(points, (1.9, 0.9), SEED + 10)
    blood *= 1 + 0.35 * noise(points, 5.0, SEED + 20)
    blood += 0.060 * blotches + 0.055 * specks + 0.05
    melanin += 0.040 * noise(points, 11.0, SEED + 30) + 0.030 * layered(points, (2.4, 1.1), SEED + 40)
    lip = lip_share(places)
    blood, melanin = blood * (1 - lip), melanin * (1 - lip)
    blood += lip * (LIP_BLOOD + 0.13 * lip_lines(places) + 0.12 * blotches)
    melanin += lip * (LIP_MELANIN + 0.05 * blotches) - LIP_PALE * lip_rim(places)
    veins = _veins(places, at) * (1 - lip) + LIP_VEIN * lip
    absorbed = blood[:, None] * BLOOD + melanin[:, None] * MELANIN + veins[:, None] * VEIN
    colours: np.ndarray = tone_colour(REFERENCE_TONE) * np.exp(-absorbed)
    return colours


def lip_share(places: Places) -> np.ndarray:
    """(N,) 0 to 1: the red of the lips, with a border that is soft and not quite even."""
    edge = places.lips.copy()
    border = np.flatnonzero((edge > 0) & (edge < 1))
    edge[border] += 0.10 * noise(places.points[border], 2.6, SEED + 50)
    share = np.clip((edge - 0.12) / 0.6, 0, 1)
    soft: np.ndarray = share * share * (3 - 2 * share)
    return soft


def lip_rim(places: Places) -> np.ndarray:
    """(N,) 0 to 1: the pale roll just outside the red."""
    rim: np.ndarray = np.exp(-(((places.lips - 0.10) / 0.09) ** 2)) * (places.lips > 0.004)
    return rim


def lip_lines(places: Places) -> np.ndarray:
    """(N,) -1 to 1: furrows across the lips, about a millimetre apart, each as long as the lip is high."""
    lines, there = np.zeros(len(places.lips)), np.flatnonzero(places.lips > 0)
    lines[there] = noise(places.points[there], 0.85, SEED + 60, (1.0, 7.0, 7.0))
    return lines


def _veins(places: Places, at: dict[str, np.ndarray]) -> np.ndarray:
    """(N,) 0 to 1: a blue bloom where the skin is thinnest, and in it vessels: where noise passes through zero."""
    seen = sum((strength * near(places.vertices_left, at[name], reach) for name, reach, strength in VEINS), np.zeros(1))
    bloom = places.spread(seen)
    there = np.flatnonzero(bloom > 0.01)
    lines = np.maximum(1 - np.abs(layered(places.points[there], (11.0, 6.0), SEED + 70)) / 0.13, 0.0)
    bloom[there] *= 0.7 + 0.55 * lines
    return bloom
