"""Movements that belong to an open jaw: lips that stay closed over it, and the tongue (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .contact import lining_share
from .fields import smoothstep
from .lips import HALF_WIDTH, LINE_HEIGHT
from .mesh import HeadMesh
from .skinning import JAW, JOINTS
from .tongue import middle_height

OPEN = np.radians(20.0)  # the jaw's turn at which closed lips meet; ARKit's jawOpen at 1
CLOSING = 0.98  # of the gap: a longer jaw swings further than the field, fixed in mm, takes back
MEETING = 0.45  # where they meet: part of the lower lip's way down
REACH = (16.0, 11.0, 14.0)  # mm over which the movement fades sideways, above the upper lip, below the lower lip
TONGUE_REACH = 44.0
TONGUE_FLATTENING = 0.4


def close_lips(mesh: HeadMesh, jaw: np.ndarray, opened: np.ndarray) -> np.ndarray:
    """(V, 3) displacement that closes the lips when the jaw stands open by OPEN.

    ``jaw`` (V,) is its share, ``opened`` (V, 3) the pose corrective at OPEN, which closed lips do without.
    """
    local = mesh.vertices - JOINTS[JAW]
    beside = np.maximum(np.abs(mesh.vertices[:, 0]) - HALF_WIDTH, 0) / REACH[0]
    height = mesh.vertices[:, 1] - LINE_HEIGHT
    above, below = np.maximum(height - 7, 0) / REACH[1], np.maximum(-height - 8, 0) / REACH[2]
    fade = np.exp(-(beside**2) - above**2 - below**2) * smoothstep(40, 78, mesh.vertices[:, 2])
    turn = fade * (MEETING - jaw) * OPEN
    cos, sin = np.cos(turn), np.sin(turn)
    moved = np.column_stack([local[:, 0], cos * local[:, 1] - sin * local[:, 2], sin * local[:, 1] + cos * local[:, 2]])
    skin = np.arange(len(mesh)) < mesh.parts["skin"].stop
    return (
        CLOSING
        * np.where(skin[:, None], moved - local - fade[:, None] * opened, 0.0)
        * (1 - lining_share(mesh))[:, None]
    )


def tongue_out(mesh: HeadMesh) -> np.ndarray:
    """(V, 3) displacement that pushes the tongue out between open lips: up over the lower teeth, forward, thinner."""
    tongue = mesh.part("tongue")
    _, y, z = mesh.vertices[tongue].T
    share = smoothstep(30, 78, z)
    rise = 20.0 * smoothstep(0.0, 0.5, share) - 5.0 * share**6
    moved = np.zeros_like(mesh.vertices)
    moved[tongue] = np.column_stack(
        [np.zeros_like(share), rise - TONGUE_FLATTENING * share * (y - middle_height(z)), TONGUE_REACH * share]
    )
    return moved
