"""Where a head has what its board goes by: joints, chin, how wide it is; all in units of the board."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..flame.evaluator import FlameEvaluator
from ..flame.params import FlameParams
from ..geometry.axes import to_blender
from ..head import parameters
from ..head.mesh import mesh_of
from ..head.properties import layout_of, read_own_values
from ..head.sculpt import read_offsets

NECK, JAW, LEFT_EYE, RIGHT_EYE = 1, 2, 3, 4  # joints
UNITS_BETWEEN_EYES = 5.0
MARGIN = 1.5  # units between head and board
TO_TARGETS = 40.0  # units: eight times the distance between the eyes, half a metre on most heads
RINGS_WIDER = 1.15
SLICE = 1.0  # units: half the height of what a ring goes around


@dataclass(frozen=True, eq=False)
class Measures:
    """Of a head at rest, in Blender's usual axes and units of the board; ``unit`` is metres of FLAME's.

    ``joints`` (5, 3); ``chin`` (3,); ``board`` (3,) the middle of the board; rings as (middle (3,), radii x and y).
    """

    unit: float
    joints: np.ndarray
    chin: np.ndarray
    board: np.ndarray
    neck_ring: tuple[np.ndarray, np.ndarray]
    root_ring: tuple[np.ndarray, np.ndarray]

    @property
    def eyes(self) -> np.ndarray:
        """(2, 3) the joints of the left and the right eye."""
        return self.joints[[LEFT_EYE, RIGHT_EYE]]


def measured(obj: bpy.types.Object, evaluator: FlameEvaluator, frame: tuple[float, float, float, float]) -> Measures:
    """Of the head as it was made and sculpted; ``frame`` is left, right, top and bottom of the board."""
    head = parameters.require_head(obj)
    shape = read_own_values(head)[layout_of(head).identity]
    offsets = read_offsets(mesh_of(obj))
    joints = evaluator.prepare(shape, offsets).joints.astype(np.float64)
    vertices = evaluator.vertices(FlameParams(shape=shape, offsets=offsets)).astype(np.float64)
    unit = float(np.linalg.norm(joints[LEFT_EYE] - joints[RIGHT_EYE])) / UNITS_BETWEEN_EYES
    joints, vertices = to_blender(joints) / unit, to_blender(vertices) / unit
    eyes = joints[[LEFT_EYE, RIGHT_EYE]].mean(0)
    of_jaw = vertices[evaluator.model.weights[:, JAW] > 0.5]
    jaw = of_jaw if len(of_jaw) else vertices
    chin = jaw[(-jaw[:, 1] - jaw[:, 2]).argmax()]
    top = vertices[:, 2].max()
    left, _right, above, below = frame
    beside = vertices[:, 0].max() + MARGIN - left
    board = np.array([beside, eyes[1], (eyes[2] + chin[2]) / 2 - (above + below) / 2])
    crown = _ring(vertices, eyes[2] + 0.6 * (top - eyes[2]))
    return Measures(unit, joints, chin, board, crown, _ring(vertices, max(joints[0, 2], vertices[:, 2].min() + SLICE)))


def _ring(vertices: np.ndarray, height: float) -> tuple[np.ndarray, np.ndarray]:
    """Middle and radii of what lies around the head at a height."""
    near = vertices[np.abs(vertices[:, 2] - height) < SLICE]
    near = near if len(near) else vertices
    low, high = near[:, :2].min(0), near[:, :2].max(0)
    return np.array([*(low + high) / 2, height]), RINGS_WIDER * (high - low) / 2
