"""Movements that belong to an open jaw: lips that stay closed over it, and the tongue (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .fields import smoothstep
from .lips import HALF_WIDTH, LINE_HEIGHT
from .mesh import HeadMesh
from .skinning import JAW, JOINTS

OPEN = np.radians(20.0)  # the jaw's turn at which closed lips meet; ARKit's jawOpen at 1
MEETING = 0.45  # where they meet: part of the lower lip's way down
REACH = (16.0, 11.0, 14.0)  # mm over which the movement fades sideways, above the upper lip, below the lower lip
TONGUE_REACH = 30.0


def close_lips(mesh: HeadMesh, jaw: np.ndarray) -> np.ndarray:
    """(V, 3) displacement that closes the lips when the jaw stands open by OPEN; ``jaw`` (V,) is its share."""
    local = mesh.vertices - JOINTS[JAW]
    beside = np.maximum(np.abs(mesh.vertices[:, 0]) - HALF_WIDTH, 0) / REACH[0]
    height = mesh.vertices[:, 1] - LINE_HEIGHT
    above, below = np.maximum(height - 7, 0) / REACH[1], np.maximum(-height - 8, 0) / REACH[2]
    fade = np.exp(-(beside**2) - above**2 - below**2) * smoothstep(40, 78, mesh.vertices[:, 2])
    turn = fade * (MEETING - jaw) * OPEN
    cos, sin = np.cos(turn), np.sin(turn)
    moved = np.column_stack([local[:, 0], cos * local[:, 1] - sin * local[:, 2], sin * local[:, 1] + cos * local[:, 2]])
    skin = np.arange(len(mesh)) < mesh.parts["skin"].stop
    return np.where(skin[:, None], moved - local, 0.0)


def tongue_out(mesh: HeadMesh) -> np.ndarray:
    """(V, 3) displacement that pushes the tongue out between open lips, over the lower one."""
    tongue = mesh.part("tongue")
    depth = mesh.vertices[tongue, 2]
    share = smoothstep(36, 84, depth)
    moved = np.zeros_like(mesh.vertices)
    rise = 9.5 * smoothstep(0.0, 0.55, share) - 3.5 * share**6
    moved[tongue] = np.column_stack([np.zeros_like(share), rise, TONGUE_REACH * share])
    return moved
