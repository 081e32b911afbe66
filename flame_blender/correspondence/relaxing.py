"""Values on a skin that are held where they are sure, and follow their neighbours where they are not."""

from __future__ import annotations

import numpy as np

STIFFNESS, LENGTH = 0.2, 0.003  # of the skin between its vertices, and the edge (metres) at which it is that
STIFFEST = 25.0  # times as stiff, at the shortest edges
SETTLED = 1e-8  # metres
MOST_STEPS = 200


def stiffness(vertices: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(E,) of the skin along ``edges`` (E, 2) of ``vertices`` (V, 3): short ones are the stiffer."""
    lengths = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    return STIFFNESS * np.minimum((LENGTH / np.maximum(lengths, 1e-9)) ** 2, STIFFEST)


def relaxed_values(edges: np.ndarray, stiff: np.ndarray, trust: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The x (S, D) with (trust + stiffness Laplacian) x = trust wanted."""
    n = len(trust)
    diagonal = trust + np.bincount(edges[:, 0], stiff, n) + np.bincount(edges[:, 1], stiff, n)
    scale = 1 / np.maximum(diagonal, 1e-30)[:, None]

    def times(x: np.ndarray) -> np.ndarray:
        pulls = stiff[:, None] * (x[edges[:, 0]] - x[edges[:, 1]])
        pulled = [np.bincount(edges[:, 0], pull, n) - np.bincount(edges[:, 1], pull, n) for pull in pulls.T]
        return trust[:, None] * x + np.stack(pulled, 1)

    x = wanted.copy()
    residual = trust[:, None] * wanted - times(x)
    direction = scale * residual
    product = (residual * direction).sum(0)
    for _ in range(MOST_STEPS):
        along = times(direction)
        step = product / np.maximum((direction * along).sum(0), 1e-300)
        x += step * direction
        residual -= step * along
        if np.abs(residual).max() < SETTLED:
            break
        steepest = scale * residual
        following = (residual * steepest).sum(0)
        direction = steepest + following / np.maximum(product, 1e-300) * direction
        product = following
    return x
