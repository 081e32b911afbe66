"""Which of a head's vertices can be seen from outside: not those in the nostrils, the mouth or behind the lids."""

from __future__ import annotations

import numpy as np

from ..geometry.rotations import matrix_from_axis_angle
from ..geometry.triangles import dot
from ..textures.rasterise import rasterised
from .skin import vertex_normals

PIXELS = 300  # along the longer side of a head
YAWS, PITCHES = np.deg2rad([-140, -110, -80, -60, -40, -20, 0, 20, 40, 60, 80, 110, 140, 180]), np.deg2rad([-30, 0, 30])
LEAST_VIEWS = 6  # of the 42: fewer see into the nostrils
BEHIND = 2.5e-3  # metres: how far behind what a pixel shows a vertex may lie and still be seen there
TOWARDS = 0.3  # cosine of the angle to the viewer, at least


def seen_from_outside(vertices: np.ndarray, faces: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """(V,) bool: whether some of the views from all around show a vertex.

    ``vertices`` (V, 3), metres, Y up; ``faces`` (F, 3) are all that may hide something, eyeballs and teeth too, and
    ``skin`` (S, 3) those whose normals count.
    """
    normals, seen = vertex_normals(vertices, skin), np.zeros(len(vertices), int)
    for yaw in YAWS:
        for pitch in PITCHES:
            turn = matrix_from_axis_angle(np.array([pitch, 0, 0])) @ matrix_from_axis_angle(np.array([0, yaw, 0]))
            seen += _seen(vertices @ turn.T, faces) & ((normals @ turn.T)[:, 2] > TOWARDS)
    return seen >= LEAST_VIEWS


def _seen(turned: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Whether a viewer far out on +Z sees each vertex."""
    low = turned[:, :2].min(0)
    at = (turned[:, :2] - low) * ((PIXELS - 1) / np.ptp(turned[:, :2], axis=0).max())
    nearest = np.full(PIXELS * PIXELS, -np.inf)
    for triangle, pixel, weights in rasterised(at[faces], PIXELS, PIXELS):
        np.maximum.at(nearest, pixel, dot(turned[faces[triangle], 2], weights))
    row, column = np.minimum(at[:, 1], PIXELS - 1).astype(int), np.minimum(at[:, 0], PIXELS - 1).astype(int)
    return turned[:, 2] >= nearest[row * PIXELS + column] - BEHIND
