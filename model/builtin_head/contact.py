"""Lips that touch keep touching: corrections of displacement fields where upper and lower lip meet (mm)."""

from __future__ import annotations

import numpy as np

from .lips import CONTACT_RING, LINE_RING
from .mesh import HeadMesh
from .topology import MOUTH


def lip_pairs(mesh: HeadMesh) -> tuple[np.ndarray, np.ndarray]:
    """Vertices of the upper lip's contact and those of the lower lip opposite them, on both sides."""
    upper, lower = [], []
    for ring in (LINE_RING, CONTACT_RING):
        left = mesh.ring(MOUTH, ring)
        for vertices in (left, mesh.mirror[left]):
            upper.append(vertices[: MOUTH.opposite])
            lower.append(vertices[: MOUTH.opposite : -1])
    return np.concatenate(upper), np.concatenate(lower)


def keep_together(mesh: HeadMesh, displacement: np.ndarray) -> np.ndarray:
    """The field with both lips moved alike where they touch: for identity, which must not open or cross them."""
    upper, lower = lip_pairs(mesh)
    moved = displacement.copy()
    moved[upper] = moved[lower] = 0.5 * (displacement[upper] + displacement[lower])
    return moved


def keep_apart(mesh: HeadMesh, displacement: np.ndarray) -> np.ndarray:
    """The field with the lips stopped where they would pass through each other; they may still part."""
    upper, lower = lip_pairs(mesh)
    moved = displacement.copy()
    overlap = np.maximum(displacement[lower, 1] - displacement[upper, 1], 0)
    moved[upper, 1] += 0.5 * overlap
    moved[lower, 1] -= 0.5 * overlap
    return moved
