"""Things before a face: where they stand, as the drawn values say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...geometry.camera import Camera
from ..distributions import Value
from ..views import turned
from .solids import Solid


@dataclass(frozen=True, eq=False)
class Thing:
    """A thing as its file has it, in Blender's axes, metres: seen along Y it shows its front, with Z up.

    ``vertices`` (n, 3) float32, ``faces`` (m, 3), ``classes`` and ``materials`` (m,) uint8.
    """

    vertices: np.ndarray
    faces: np.ndarray
    classes: np.ndarray
    materials: np.ndarray


def placed(thing: Thing, values: Mapping[str, Value], camera: Camera, focus: np.ndarray) -> Solid:
    """A thing before ``focus`` (3,), the middle of a face in FLAME's axes, facing the camera.

    ``distance`` metres nearer to the camera, ``x`` metres to the right and ``y`` down in the picture, turned
    anticlockwise by ``turn`` degrees, ``size`` times as large.
    """
    number = {key: float(value) for key, value in values.items() if isinstance(value, (int, float))}
    angle = np.radians(number["turn"])
    x, y, z = (thing.vertices.astype(np.float64) * number["size"]).T
    across, up = np.cos(angle) * x - np.sin(angle) * z, np.sin(angle) * x + np.cos(angle) * z
    in_camera = np.stack([across + number["x"], number["y"] - up, y - number["distance"]], 1)  # OpenCV's axes
    vertices = turned(camera.rotation.T, in_camera) + focus
    return Solid(vertices.astype(np.float32), thing.faces, thing.classes, thing.materials)
