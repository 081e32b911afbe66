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
IBUG = 51  # landmarks, without the contour
LEFT_ROWS, RIGHT_ROWS = (
    ((7,), (26, 27), (37,)),
    ((2,), (20, 21), (31,)),
)  # of them: brow, upper lid, corner of the mouth
BEFORE = np.array([0.0, -0.4, 0.0])  # units from the face to a handle
SLICE = 1.0  # units: half the height of what a ring goes around


@dataclass(frozen=True, eq=False)
class Measures:
    """Of a head at rest, in Blender's usual axes and units of the board; ``unit`` is metres of FLAME's.

    ``joints`` (5, 3); ``chin`` (3,); ``handles`` (3,) each, by the bones on the face; ``board`` (3,) the middle of the
    board; rings as (middle (3,), radii x and y).
    """

    unit: float
    joints: np.ndarray
    chin: np.ndarray
    handles: dict[str, np.ndarray]
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
    handles = _handles(evaluator, vertices, joints[[LEFT_EYE, RIGHT_EYE]], chin)
    return Measures(
        unit, joints, chin, handles, board, crown, _ring(vertices, max(joints[0, 2], vertices[:, 2].min() + SLICE))
    )


def _handles(
    evaluator: FlameEvaluator, vertices: np.ndarray, eyes: np.ndarray, chin: np.ndarray
) -> dict[str, np.ndarray]:
    """Places before brows, upper lids, mouth corners and chin: at the landmarks, or about where those would be."""
    embedding = evaluator.model.landmarks.get("ibug")
    on_face: np.ndarray | None = None
    if embedding is not None and len(embedding.static_faces) == IBUG:
        corners = vertices[evaluator.model.faces[embedding.static_faces]]
        on_face = (corners * embedding.static_barycentric[..., None]).sum(1)
    found = {"on_chin": chin}
    for side, eye, rows in (("L", eyes[0], LEFT_ROWS), ("R", eyes[1], RIGHT_ROWS)):
        brow, lid = np.array([0, -1.5, 1.8]), np.array([0, -1.2, 0.5])
        about = eye + brow, eye + lid, eye * np.array([0.8, 0, 0.3]) + chin * np.array([0, 1, 0.7])
        for number, name in enumerate(("brow", "lid", "corner")):
            place = about[number] if on_face is None else on_face[list(rows[number])].mean(0)
            found[f"on_{name}.{side}"] = place
    return {name: place + BEFORE for name, place in found.items()}


def _ring(vertices: np.ndarray, height: float) -> tuple[np.ndarray, np.ndarray]:
    """Middle and radii of what lies around the head at a height."""
    near = vertices[np.abs(vertices[:, 2] - height) < SLICE]
    near = near if len(near) else vertices
    low, high = near[:, :2].min(0), near[:, :2].max(0)
    return np.array([*(low + high) / 2, height]), RINGS_WIDER * (high - low) / 2
