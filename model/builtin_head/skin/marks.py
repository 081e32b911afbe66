"""What can be put on a skin or not, each as a share of 0 to 1: freckles, the shadow of a beard, painted brows."""

from __future__ import annotations

import numpy as np

from ..brows import SEED, WIDTH, Hairs, course, hairs
from .anchors import near
from .layers import lip_share
from .noise import noise
from .places import SIZE, Places

FRECKLES, WINDOW = 5200, 8  # tried; pixels round the middle of one
SPOTS = (("nose tip", 13.0, 0.8), ("bridge", 12.0, 1.0), ("cheek", 21.0, 0.9), ("cheek bone", 18.0, 1.0),
         ("under eye", 12.0, 0.7), ("forehead", 30.0, 0.22), ("forehead side", 24.0, 0.22), ("temple", 18.0, 0.3),
         ("chin front", 14.0, 0.25), ("neck side", 30.0, 0.04))  # fmt: skip
BEARD = (("chin", 15.0, 1.0), ("chin front", 11.0, 1.0), ("chin side", 17.0, 1.0), ("jaw", 19.0, 1.0),
         ("gonion", 18.0, 0.95), ("moustache", 8.5, 1.0), ("throat", 25.0, 0.85),
         ("before ear", 11.0, 0.7))  # fmt: skip
BROW_SHADE = 0.42


def marks(places: Places, at: dict[str, np.ndarray]) -> np.ndarray:
    """(N, 3): freckles, beard, hair of the brows."""
    return np.column_stack([_freckles(places, at), beard(places, at), _brows(places.left)])


def beard(places: Places, at: dict[str, np.ndarray]) -> np.ndarray:
    """(N,) how dense a beard would be."""
    bare = np.ones(len(places.vertices_left))
    for name, reach, density in BEARD:
        bare *= 1 - density * near(places.vertices_left, at[name], reach)
    dense = np.clip((1 - places.spread(bare) - 0.30 + 0.12 * noise(places.points, 5.0, 300)) / 0.45, 0, 1)
    dense *= 1 - places.spread(near(places.vertices_left, at["subnasale"], 4.5))
    found: np.ndarray = dense * dense * (3 - 2 * dense) * (1 - lip_share(places))
    return found


def _freckles(places: Places, at: dict[str, np.ndarray]) -> np.ndarray:
    """(N,) spots of 1 to 3 mm, most and darkest on the nose's bridge and the cheeks, none like another."""
    generator = np.random.default_rng(SEED + 2)
    likely = sum((weight * near(places.vertices_left, at[name], reach) for name, reach, weight in SPOTS), np.zeros(1))
    likely = places.spread(np.minimum(likely, 1.0)) * (1 - places.lips)
    row_of = np.full(SIZE * SIZE, -1)
    row_of[places.numbers] = np.arange(len(places.numbers))
    covered = np.zeros(len(places.points))
    tried = generator.integers(0, len(places.points), FRECKLES * 6)
    patchy = np.clip(1 + noise(places.points[tried], 14.0, 310), 0, 2)
    kept = tried[generator.random(len(tried)) < likely[tried] * patchy * 0.8]
    size, dark = 0.40 + 0.65 * generator.random(len(kept)) ** 2.5, 0.25 + 0.75 * generator.random(len(kept)) ** 1.6
    squeezed = 0.75 + 0.5 * generator.random((len(kept), 3))
    step = np.arange(-WINDOW, WINDOW + 1)
    window = (step[:, None] * SIZE + step[None]).ravel()
    for middle, radius, darkness, squeeze in zip(kept.tolist(), size, dark, squeezed, strict=True):
        rows = row_of[(places.numbers[middle] + window) % (SIZE * SIZE)]
        rows = rows[rows >= 0]
        off = ((places.points[rows] - places.points[middle]) * squeeze / radius) ** 2
        covered[rows] = np.maximum(covered[rows], darkness * np.exp(-(off.sum(1) ** 1.5)))
    return covered


def _brows(left: np.ndarray) -> np.ndarray:
    """(N,) how much hair covers each place, 0 to 1."""
    dark = np.zeros(len(left))
    near_them = np.flatnonzero(
        (left[:, 0] > 3) & (left[:, 0] < 58) & (left[:, 1] > 4) & (left[:, 1] < 32) & (left[:, 2] > 40)
    )
    flat = left[near_them, :2]
    middle, half = course(np.linspace(0, 1, 60))
    squared = ((flat[:, None] - middle) ** 2).sum(2) / (0.5 + half) ** 2
    shade = BROW_SHADE * np.exp(-0.9 * squared.min(1))
    dark[near_them] = 1 - (1 - shade) * _between_hairs(flat, hairs())
    return dark


def _between_hairs(flat: np.ndarray, brow: Hairs) -> np.ndarray:
    """(N,) how much skin is seen between the hairs at points (N, 2)."""
    seen = np.ones(len(flat))
    for root, tip, darkness in zip(brow.roots, brow.tips, brow.darkness, strict=True):
        low, high = np.minimum(root, tip) - 3 * WIDTH, np.maximum(root, tip) + 3 * WIDTH
        close = np.flatnonzero(((flat > low) & (flat < high)).all(1))
        along = tip - root
        part = np.clip((flat[close] - root) @ along / (along @ along), 0, 1)
        distance = np.linalg.norm(flat[close] - root - part[:, None] * along, axis=1)
        seen[close] *= 1 - darkness * np.exp(-((distance / (WIDTH * (1.15 - part))) ** 2))
    return seen
