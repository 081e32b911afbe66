"""Pictures of hair cards, drawn in NumPy: strands side by side in some columns; the short hair of the skin below."""

from __future__ import annotations

import numpy as np

from ..melanin import colour_of
from .strips import COLUMNS

WIDTH, HEIGHT = 512, 512  # pixels
STRANDS = 26  # of a column
THICK = (1.6, 3.4)  # pixels, a strand's breadth at its root
WANDER = 5.0  # pixels by which a strand goes aside
ROOTS, TIPS = (0.0, 0.05), (0.55, 1.0)  # of the height, where strands begin and end
LIGHTER = 0.22  # deviation by which strands differ in colour
GREY_MELANIN = 0.02
MARGIN = 5  # pixels of a column's edge that stay free
BRIGHTER = 2.4  # against a mass of hair: light does not go on from card to card as it does through fibres
CAP_SIZE, CAP_HAIRS, CAP_LONG = 256, 2600, (8, 22)  # pixels; how many hairs, of how many pixels


def card_picture(melanin: float, redness: float, greyness: float, seed: int = 0) -> np.ndarray:
    """(HEIGHT, WIDTH, 4) float32, rows up: linear colours, and alpha, of strands from root (below) to tip.

    Beside strands lies the colour of the nearest, so that no border shows where pictures are made smaller.
    """
    generator = np.random.default_rng([seed, 17])
    colours = _colours(melanin, redness)
    each = WIDTH // COLUMNS
    columns = [_column(each, colours, greyness, generator) for _ in range(COLUMNS)]
    return np.concatenate(columns, 1)


def cap_picture(melanin: float, redness: float, greyness: float, seed: int = 0) -> np.ndarray:
    """(CAP_SIZE, CAP_SIZE, 4) float32 linear colours, and alpha, of short hair that repeats on all sides."""
    generator = np.random.default_rng([seed, 19])
    colours = _colours(melanin, redness)
    picture = np.zeros((CAP_SIZE, CAP_SIZE, 4), np.float32)
    picture[..., :3] = colours[0]
    begin = generator.uniform(0, CAP_SIZE, (CAP_HAIRS, 2))
    angle = generator.uniform(0, 2 * np.pi, CAP_HAIRS)
    light = np.exp(LIGHTER * generator.standard_normal(CAP_HAIRS))
    grey = generator.random(CAP_HAIRS) < greyness
    long = generator.integers(*CAP_LONG, CAP_HAIRS)
    for step in range(CAP_LONG[1]):
        drawn = np.flatnonzero(step < long)
        x, y = (begin[drawn, axis] + step * way(angle[drawn]) for axis, way in enumerate((np.cos, np.sin)))
        place = y.astype(int) % CAP_SIZE, x.astype(int) % CAP_SIZE
        picture[(*place, slice(0, 3))] = np.clip(colours[grey[drawn].astype(int)] * light[drawn, None], 0, 1)
        picture[(*place, 3)] = 1.0
    return picture


def _colours(melanin: float, redness: float) -> np.ndarray:
    """(2, 3) linear: of hair with its colour, and of grey hair."""
    both = np.array([colour_of(melanin, redness), colour_of(GREY_MELANIN * melanin, redness)])
    return np.asarray(np.clip(BRIGHTER * both, 0, 0.95))


def _column(width: int, colours: np.ndarray, greyness: float, generator: np.random.Generator) -> np.ndarray:
    """(HEIGHT, width, 4) one bundle of strands."""
    x, part = np.arange(width) + 0.5, np.linspace(0, 1, HEIGHT)
    places = np.linspace(MARGIN, width - MARGIN, STRANDS) + generator.normal(0, 2.0, STRANDS)
    begins, ends = generator.uniform(*ROOTS, STRANDS), generator.uniform(*TIPS, STRANDS)
    thick = generator.uniform(*THICK, STRANDS)
    phases, often = generator.uniform(0, 2 * np.pi, STRANDS), generator.uniform(1.5, 4.5, STRANDS)
    grey = generator.random(STRANDS) < greyness
    light = np.exp(LIGHTER * generator.standard_normal(STRANDS))
    alpha, nearest = np.zeros((HEIGHT, width)), np.full((HEIGHT, width), np.inf)
    colour = np.empty((HEIGHT, width, 3))
    for number in generator.permutation(STRANDS):
        middle = places[number] + WANDER * part**1.3 * np.sin(phases[number] + often[number] * part)
        middle = np.clip(middle, MARGIN, width - MARGIN)
        half = thick[number] / 2 * np.clip((ends[number] - part) / 0.3, 0, 1) ** 0.5
        half *= np.clip((part - begins[number]) / 0.02, 0, 1)
        away = np.abs(x - middle[:, None])
        alpha = np.maximum(alpha, np.clip(half[:, None] + 0.5 - away, 0, 1) * (half > 0)[:, None])
        closer = away < nearest
        nearest = np.where(closer, away, nearest)
        own = np.clip(colours[int(grey[number])] * light[number], 0, 1)
        colour[closer] = own
    return np.concatenate([colour, alpha[..., None]], 2).astype(np.float32)
