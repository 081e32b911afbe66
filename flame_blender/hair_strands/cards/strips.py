"""Hair as cards: flat strips, each for a lock of strands, for files and programs that have no strands.

A card lies along one strand, facing away from the skin, as broad as the lock around it. Its vertices are bound to the
head as the strand's points are, so that cards follow whatever strands follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..binding import Binding, frames
from ..clumps import nearest_of
from ..styles import BEARD, BROWS, LASHES, MOUSTACHE, SCALP

MOST = {SCALP: 2400, BROWS: 200, LASHES: 120, BEARD: 1300, MOUSTACHE: 240}  # cards of a piece
LEAST_OF_SCALP, SCALP_CARDS = 1100, 54.0  # cards of long hair; of any, for each metre's inverse of its length
SHORTEST = 0.003  # metres: what is shorter is stubble, and no card
ROWS, ROW = (4, 10), 0.022  # of a card's places along it at least and at most; metres between two
HALF, SLIM = (0.0004, 0.007), 0.11  # metres, half a card's breadth at least and at most; at most of its length
SPREAD = 1.3  # of a lock's deviation across, half a card's breadth
TAPER = ((0.0, 1.0), (0.25, 1.0), (0.7, 0.9), (1.0, 0.45))  # of a card's breadth, from root to tip
ROLL = 0.3  # radians, deviation by which cards do not lie flat: seen from the side there is hair too
COLUMNS = 4  # of the picture, side by side: each card shows one of them


@dataclass(frozen=True, eq=False)
class Cards:
    """Strips of a piece of hair, or skin below it: ``binding`` of V vertices; ``triangles`` (T, 3) int32.

    ``uvs`` (V, 2) float32: of strips v is 0 at the root and 1 at the tip.
    """

    binding: Binding
    triangles: np.ndarray
    uvs: np.ndarray


NO_CARDS = Cards(
    Binding(np.zeros((0, 3), np.int32), np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32)),
    np.zeros((0, 3), np.int32),
    np.zeros((0, 2), np.float32),
)


def cards_of(
    piece: str,
    binding: Binding,
    long: int,
    vertices: np.ndarray,
    seed: int = 0,
    *,
    denser: float = 1.0,
    widest: float = HALF[1],
) -> Cards:
    """Cards of strands of ``long`` points each, bound to a head at rest with ``vertices`` (V, 3), metres.

    Empty for stubble. The same strands and seed give the same cards. ``denser``: times as many, half as broad as
    ``widest``, metres, at most: for cards that nothing is seen through.
    """
    generator = np.random.default_rng([seed, 5])
    points = binding.points(vertices).reshape(-1, long, 3)
    lengths = np.linalg.norm(np.diff(points, axis=1), axis=2).sum(1)
    usual = float(np.median(lengths)) if len(lengths) else 0.0
    if usual < SHORTEST:
        return NO_CARDS
    count = MOST[piece]
    if piece == SCALP:
        count = int(np.clip(SCALP_CARDS / usual, LEAST_OF_SCALP, count))
    count = int(denser * count)
    chosen = np.flatnonzero(lengths > max(0.3 * usual, SHORTEST))
    leaders = generator.choice(chosen, min(count, len(chosen)), replace=False)
    rows = int(np.clip(round(usual / ROW), *ROWS))
    kept = np.unique(np.linspace(0, long - 1, min(rows, long)).round().astype(int))
    halves = np.minimum(_half_breadths(points, leaders), widest)
    of_points = (leaders[:, None] * long + kept).ravel()
    along = np.gradient(points[leaders][:, kept], axis=1)
    places = Binding(*(getattr(binding, name)[of_points] for name in ("corners", "weights", "offsets")))
    bound = _widened(places, along, halves, vertices, generator)
    return Cards(bound, _strips(len(leaders), len(kept)), _uvs(len(leaders), len(kept), generator))


def all_of(parts: Sequence[Cards]) -> Cards:
    """Cards of some pieces, one behind the other; at least of one."""
    begins = np.cumsum([0, *(len(each.uvs) for each in parts[:-1])])
    binding = Binding(
        *(np.concatenate([getattr(each.binding, name) for each in parts]) for name in ("corners", "weights", "offsets"))
    )
    triangles = np.concatenate([each.triangles + begin for each, begin in zip(parts, begins, strict=True)])
    return Cards(binding, triangles.astype(np.int32), np.concatenate([each.uvs for each in parts]))


def _half_breadths(points: np.ndarray, leaders: np.ndarray) -> np.ndarray:
    """(C,) metres: how far the strands around each leader lie from it, in the mean of their middles."""
    middle = points.shape[1] // 2
    features = np.concatenate([points[:, 0], 0.7 * points[:, middle], 0.4 * points[:, -1]], 1)
    own = nearest_of(features, features[leaders])
    off = np.linalg.norm(points[:, middle] - points[leaders[own], middle], axis=1)
    sums, counts = np.bincount(own, off, len(leaders)), np.bincount(own, minlength=len(leaders))
    means = sums / np.maximum(counts, 1)
    length = np.linalg.norm(np.diff(points[leaders], axis=1), axis=2).sum(1)
    return np.asarray(np.clip(SPREAD * means, HALF[0], np.clip(SLIM * length, *HALF)))


def _widened(
    places: Binding, along: np.ndarray, halves: np.ndarray, vertices: np.ndarray, generator: np.random.Generator
) -> Binding:
    """Two vertices for each place of C cards, across ``along`` (C, R, 3) and the skin's normal: left, right."""
    count, rows = along.shape[:2]
    _, axes = frames(vertices, places.corners, places.weights)
    out = axes[:, 2].reshape(count, rows, 3)
    side = np.cross(_unit(along), out)
    for row in range(1, rows):  # where a strand stands upright on the skin, its card goes on as it was
        weak = np.linalg.norm(side[:, row], axis=1) < 0.2
        side[weak, row] = side[weak, row - 1]
        turned = (side[:, row] * side[:, row - 1]).sum(1) < 0
        side[turned, row] *= -1
    side = _unit(side - (side * _unit(along)).sum(2, keepdims=True) * _unit(along))
    roll = np.clip(generator.normal(0, ROLL, (count, 1, 1)), -1.0, 1.0)
    side = np.cos(roll) * side + np.sin(roll) * np.cross(_unit(along), side)
    part = np.linspace(0, 1, rows)
    half = halves[:, None] * np.interp(part, *np.array(TAPER).T)
    shift = np.einsum("pc,pac->pa", (half[..., None] * side).reshape(-1, 3), axes)
    offsets = np.stack([places.offsets - shift, places.offsets + shift], 1).reshape(-1, 3)
    return Binding(np.repeat(places.corners, 2, 0), np.repeat(places.weights, 2, 0), offsets.astype(np.float32))


def _strips(count: int, rows: int) -> np.ndarray:
    """(2 C (R - 1), 3) corners of the triangles of C cards with R rows of two vertices."""
    first = (np.arange(count)[:, None] * rows + np.arange(rows - 1)).ravel() * 2
    triangles = np.stack([first, first + 1, first + 3, first, first + 3, first + 2], 1)
    return triangles.reshape(-1, 3).astype(np.int32)


def _uvs(count: int, rows: int, generator: np.random.Generator) -> np.ndarray:
    column = generator.integers(0, COLUMNS, count)
    mirrored = generator.random(count) < 0.5
    left, right = column + mirrored, column + ~mirrored
    across = np.stack([left, right], 1)[:, None].repeat(rows, 1) / COLUMNS
    along = np.broadcast_to(np.linspace(0, 1, rows)[None, :, None], across.shape)
    return np.stack([across, along], -1).reshape(-1, 2).astype(np.float32)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))
