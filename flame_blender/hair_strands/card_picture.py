"""The picture of hair cards: strands side by side, in some columns, drawn in NumPy."""

from __future__ import annotations

import numpy as np

from .cards import COLUMNS
from .melanin import colour_of

WIDTH, HEIGHT = 512, 512  # pixels
STRANDS = 26  # of a column
THICK = (1.6, 3.4)  # pixels, a strand's breadth at its root
WANDER = 5.0  # pixels by which a strand goes aside
TIPS = (0.62, 1.0)  # of the height, where strands end
LIGHTER = 0.22  # deviation by which strands differ in colour
GREY_MELANIN = 0.02
MARGIN = 5  # pixels of a column's edge that stay free


def card_picture(melanin: float, redness: float, greyness: float, seed: int = 0) -> np.ndarray:
    """(HEIGHT, WIDTH, 4) float32, rows up: linear colours, and alpha, of strands from root (below) to tip.

    Beside strands lies the colour of the nearest, so that no border shows where pictures are made smaller.
    """
    generator = np.random.default_rng([seed, 17])
    colours = np.array([colour_of(melanin, redness), colour_of(GREY_MELANIN * melanin, redness)])
    each = WIDTH // COLUMNS
    columns = [_column(each, colours, greyness, generator) for _ in range(COLUMNS)]
    return np.concatenate(columns, 1)


def _column(width: int, colours: np.ndarray, greyness: float, generator: np.random.Generator) -> np.ndarray:
    """(HEIGHT, width, 4) one bundle of strands."""
    x, part = np.arange(width) + 0.5, np.linspace(0, 1, HEIGHT)
    places = np.linspace(MARGIN, width - MARGIN, STRANDS) + generator.normal(0, 2.0, STRANDS)
    ends = generator.uniform(*TIPS, STRANDS)
    thick = generator.uniform(*THICK, STRANDS)
    phases, often = generator.uniform(0, 2 * np.pi, STRANDS), generator.uniform(1.5, 4.5, STRANDS)
    grey = generator.random(STRANDS) < greyness
    light = np.exp(LIGHTER * generator.standard_normal(STRANDS))
    alpha, nearest = np.zeros((HEIGHT, width)), np.full((HEIGHT, width), np.inf)
    colour = np.empty((HEIGHT, width, 3))
    for number in generator.permutation(STRANDS):
        middle = places[number] + WANDER * part**1.3 * np.sin(phases[number] + often[number] * part)
        middle = np.clip(middle, MARGIN, width - MARGIN)
        half = thick[number] / 2 * np.clip((ends[number] - part) / 0.25, 0, 1) ** 0.5
        away = np.abs(x - middle[:, None])
        alpha = np.maximum(alpha, np.clip(half[:, None] + 0.5 - away, 0, 1) * (part < ends[number])[:, None])
        closer = away < nearest
        nearest = np.where(closer, away, nearest)
        own = np.clip(colours[int(grey[number])] * light[number], 0, 1)
        colour[closer] = own
    return np.concatenate([colour, alpha[..., None]], 2).astype(np.float32)
