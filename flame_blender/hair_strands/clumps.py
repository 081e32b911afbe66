"""What strands do together: they lie in clumps, swing in waves, and stray."""

from __future__ import annotations

import numpy as np

FROM, SHAPE = 0.12, 1.3  # of a strand's length from where on it is drawn to its clump; how that rises
LOOSE = 0.12  # share of strands that lie in none
APART = 0.025  # metres between strands, from where on they hardly draw each other
NEAR = 512  # strands for which the nearest clump is looked for at once


def nearest_of(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(N,) the row of the nearest of centres (M, 3) to each of points (N, 3)."""
    found = np.empty(len(points), np.int64)
    points, centres = points.astype(np.float32), centres.astype(np.float32)
    squares = (centres**2).sum(1)
    for begin in range(0, len(points), NEAR):
        part = points[begin : begin + NEAR]
        found[begin : begin + NEAR] = (squares - 2 * part @ centres.T).argmin(1)
    return found


def clumped(
    points: np.ndarray, roots: np.ndarray, count: int, strength: float, generator: np.random.Generator
) -> np.ndarray:
    """Strands (N, K, 3), rooted at (N, 3), drawn to ``count`` of them; ``strength`` 0 to 1 at their tips."""
    if not strength or len(points) <= count:
        return points
    leaders = generator.choice(len(points), count, replace=False)
    own = leaders[nearest_of(roots, roots[leaders])]
    part = np.linspace(0, 1, points.shape[1])
    share = strength * np.clip((part - FROM) / (1 - FROM), 0, 1) ** SHAPE
    amount = generator.uniform(0.6, 1.0, len(points)) * (generator.random(len(points)) > LOOSE)
    apart = np.linalg.norm(points[own] - points, axis=2).max(1)  # across a parting strands go different ways
    amount *= np.exp(-((apart / APART) ** 2))
    return points + (amount[:, None] * share)[..., None] * (points[own] - points)


def waved(
    points: np.ndarray, lengths: np.ndarray, far: float, long: float, count: int, generator: np.random.Generator
) -> np.ndarray:
    """Strands (N, K, 3) of lengths (N,) swung by ``far`` metres, a wave every ``long``, neighbours alike."""
    if not far:
        return points
    roots = points[:, 0]
    centres = roots[generator.choice(len(roots), min(count, len(roots)), replace=False)]
    clump = nearest_of(roots, centres)
    begin = generator.random(len(centres))[clump] * 2 * np.pi + generator.normal(0, 0.25, len(points))
    often = (generator.uniform(0.85, 1.15, len(centres)))[clump] * 2 * np.pi * lengths / long
    ways = np.gradient(points, axis=1)
    ways /= np.maximum(np.linalg.norm(ways, axis=2, keepdims=True), 1e-12)
    across = np.cross(ways, np.broadcast_to(np.array([0.0, 0.0, 1.0]), ways.shape))
    across /= np.maximum(np.linalg.norm(across, axis=2, keepdims=True), 1e-3)
    other = np.cross(ways, across)
    part = np.linspace(0, 1, points.shape[1])
    turn = begin[:, None] + often[:, None] * part
    rise = far * np.clip(part / 0.3, 0, 1) ** 1.5
    return points + (rise * np.sin(turn))[..., None] * across + (0.6 * rise * np.cos(turn))[..., None] * other


def strayed(points: np.ndarray, far: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Strands (N, K, 3), each bent its own way by about its ``far`` (N,) metres at the tip."""
    count = len(points)
    part = np.linspace(0, 1, points.shape[1])
    bend = generator.normal(size=(count, 3)) * far[:, None]
    kink = generator.normal(size=(count, 3)) * far[:, None] * 0.4
    shape = part[None, :, None] ** 1.5 * bend[:, None]
    phase = generator.uniform(0, 2 * np.pi, (count, 1))
    ripple = np.sin(phase + 7 * part[None]) * part
    return np.asarray(points + shape + ripple[..., None] * kink[:, None])
