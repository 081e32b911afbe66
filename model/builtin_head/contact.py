"""What the mouth's parts owe each other: lips that touch keep touching, the lining goes with the teeth (mm)."""

from __future__ import annotations

import numpy as np

from .lips import BORDER_RING, CONTACT_RING, LINE_RING, spoke_parameter
from .mesh import HeadMesh
from .topology import MOUTH

TOUCHING = (LINE_RING, CONTACT_RING)
FACING = tuple(range(BORDER_RING + 1, CONTACT_RING + 1))
ROOM = 0.5  # of the gap between facing parts of the lips at rest that a movement may close
LINING_SHARES = {10: 0.75, 11: 1.0, 12: 1.0, 13: 1.0}  # mouth ring, see ``lips.place_lips``: 1 goes with the teeth
# The ring that follows the skin more at the mouth's corner, where movements are widest: its share there, and how soon.
LOOSE_RING, AT_CORNER, TO_CORNER = 10, 0.5, 2.0


def lining_share(mesh: HeadMesh, moving: bool = False) -> np.ndarray:
    """(V,) how far the mouth's lining goes with the teeth behind it (1) rather than with the skin before it (0).

    ``moving``: in an expression rather than in a face of another shape.
    """
    share = np.zeros(len(mesh))
    for ring, part in LINING_SHARES.items():
        left = mesh.ring(MOUTH, ring)
        loose = spoke_parameter()[0] ** TO_CORNER if moving and ring == LOOSE_RING else 0.0
        share[left] = share[mesh.mirror[left]] = part + (AT_CORNER - part) * loose
    return share


def lip_pairs(mesh: HeadMesh, rings: tuple[int, ...] = TOUCHING) -> tuple[np.ndarray, np.ndarray]:
    """Vertices of the upper lip and those of the lower lip opposite them, on both sides."""
    upper, lower = [], []
    for ring in rings:
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
    upper, lower = lip_pairs(mesh, FACING)
    moved = displacement.copy()
    room = np.maximum(mesh.vertices[upper, 1] - mesh.vertices[lower, 1], 0) * np.where(
        np.isin(upper, lip_pairs(mesh)[0]), 0.0, ROOM
    )
    overlap = np.maximum(displacement[lower, 1] - displacement[upper, 1] - room, 0)
    moved[upper, 1] += 0.5 * overlap
    moved[lower, 1] -= 0.5 * overlap
    return moved
