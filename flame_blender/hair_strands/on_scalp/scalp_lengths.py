"""How long the hair of a scalp is: by place, finer and shorter at its line, uneven in tufts, and cut."""

from __future__ import annotations

import numpy as np

from ..clumps import nearest_of
from ..ground import Face
from ..scalp_region import around, smooth
from ..strands import Roots
from .scalp_styles import ScalpStyle

EDGE = 0.018  # metres within the hairline, over which short hair comes to its length
SHORTEST, SHORT = 0.28, 0.7  # of its length, hair at the very line: by chance between the two
LONG = 0.1  # metres: hair that is longer on top has some baby hair at its line, which stays short
BABY, BABY_EDGE, BABY_LENGTHS = 0.8, 0.008, (0.010, 0.026)  # share at the line, over metres; metres
TUFTS = 160  # that differ in length
CUT_STRAYS = 0.006  # metres by which ends lie above and below a cut
LEFT = 0.5  # of the way to its second point, what a strand keeps that grows below the cut


def lengths_of(
    face: Face, style: ScalpStyle, roots: Roots, inside: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """(N,) metres, of strands that are rooted ``inside`` (N,) metres within the hairline."""
    angle, _ = around(face, roots.points)
    height, count = roots.points[:, 1], len(roots)
    on_top = smooth(height, face.ear_top + 0.25 * face.third, face.ear_top + 0.95 * face.third)
    low = smooth(-height, -face.ear_top - 0.35 * face.third, -face.ear_bottom)
    behind = smooth(angle, 100, 135) * low
    lengths = style.sides + (style.top - style.sides) * on_top
    lengths += (style.nape - lengths) * behind
    lengths *= 1 - style.uneven * generator.random(count)
    if style.tufts and count:
        centres = roots.points[generator.choice(count, min(TUFTS, count), replace=False)]
        lengths *= (1 - style.tufts * generator.random(len(centres)))[nearest_of(roots.points, centres)]
    depth = np.minimum(smooth(inside, 0.0, EDGE), roots.fullness)
    if style.top < LONG:
        least = generator.uniform(SHORTEST, SHORT, count)
        return np.asarray(lengths * (least + (1 - least) * depth))
    is_baby = generator.random(count) < BABY * (1 - smooth(inside, 0.0, BABY_EDGE))
    return np.where(is_baby, np.minimum(generator.uniform(*BABY_LENGTHS, count), lengths), lengths)


def cut(points: np.ndarray, face: Face, style: ScalpStyle, generator: np.random.Generator) -> np.ndarray:
    """Strands (N, K, 3) cut off where they first go below the style's line, with as many points as before."""
    if style.cut is None:
        return points
    front, back = style.cut
    count, long = points.shape[:2]
    share = smooth(points[..., 2], face.back, face.ear_front + 0.03)
    line = face.ear_bottom - (back + (front - back) * share) * face.third
    line += CUT_STRAYS * generator.standard_normal((count, 1)).clip(-2, 2) / 2
    below = points[..., 1] < line
    below[:, 0] = False
    first = np.where(below.any(1), below.argmax(1), long - 1)
    rows = np.arange(count)
    above = points[..., 1] - line
    before, after = above[rows, first - 1], -above[rows, first]
    met = np.where(below.any(1), before / np.maximum(before + after, 1e-9), 1.0)
    end = np.maximum(first - 1 + np.clip(met, 0.0, 1.0), LEFT)
    places = np.linspace(0, 1, long)[None] * end[:, None]
    corner = np.minimum(places.astype(np.int64), long - 2)
    share = (places - corner)[..., None]
    return np.asarray(points[rows[:, None], corner] * (1 - share) + points[rows[:, None], corner + 1] * share)
