"""The camera of a sample, in OpenCV's axes: x right, y down, z forward; points are in FLAME's axes, metres."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..errors import DatasetError
from ..flame.landmarks import landmark_points
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..geometry.camera import Camera
from .distributions import Value
from .factors import HEAD

SENSOR = 36.0  # millimetres along the picture's longer side
FRAMING_SET = "ibug"


def framed_points(model: FlameModel, vertices: np.ndarray, params: FlameParams, framing: str) -> np.ndarray:
    """(n, 3) points of posed ``vertices`` that the picture is framed on. Raises DatasetError without landmarks."""
    if framing == HEAD:
        return vertices
    if FRAMING_SET not in model.landmarks:
        raise DatasetError(
            "camera.framing: expected a model with the landmarks 'ibug', found one without; install them, compute its "
            "named controls, or write framing = 'head'."
        )
    embedding = model.landmarks[FRAMING_SET]
    return landmark_points(vertices, model.faces, embedding, params.global_rotation, params.neck)


def view_of(values: Mapping[str, Value], points: np.ndarray, width: int, height: int) -> Camera:
    """The camera that looks at the middle of ``points`` (n, 3), FLAME's axes, by the drawn values of the camera.

    ``yaw`` carries it to the subject's left, ``pitch`` above, degrees; ``roll`` turns it, so that the face turns
    anticlockwise. Without ``distance`` (metres to the middle) it stands where all points are within the share ``fill``
    of the picture. ``shift_x`` and ``shift_y`` move the face right and down, in shares of the picture's width and
    height.
    """
    number = {key: float(value) for key, value in values.items() if isinstance(value, (int, float))}
    yaw, pitch, roll = np.radians([number["yaw"], number["pitch"], number["roll"]])
    outwards = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    right = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    upright = np.stack([right, np.cross(-outwards, right), -outwards])
    turn = np.array([[np.cos(roll), np.sin(roll), 0.0], [-np.sin(roll), np.cos(roll), 0.0], [0.0, 0.0, 1.0]])
    rotation = turned(turn, upright.T).T
    focal = number["focal"] / SENSOR * max(width, height)
    points = np.asarray(points, np.float64)
    middle = (points.min(0) + points.max(0)) / 2
    distance = number.get("distance")
    if distance is None:
        distance = _distance(turned(rotation, points - middle), focal, number["fill"], width, height)
    centre = [width * (0.5 + number["shift_x"]), height * (0.5 + number["shift_y"])]
    translation = np.array([0.0, 0.0, distance]) - turned(rotation, middle[None])[0]
    return Camera(np.array([focal, focal, *centre]), width, height, rotation, translation)


def intrinsic_matrix(camera: Camera) -> np.ndarray:
    """(3, 3) float64, pixels from the picture's top left corner, where a pixel's centre is at a half."""
    fx, fy, cx, cy = camera.intrinsics.tolist()
    return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])


def extrinsic_matrix(camera: Camera) -> np.ndarray:
    """(4, 4) float64 that takes points in FLAME's axes, metres, to the camera's."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = camera.rotation, camera.translation
    return matrix


def turned(rotation: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(n, 3) float64: rotation (3, 3) times each of points (n, 3), summed in one order whatever the threads."""
    x, y, z = np.asarray(points, np.float64).T
    return np.stack([a * x + b * y + c * z for a, b, c in rotation.tolist()], 1)


def camera_points(camera: Camera, points: np.ndarray) -> np.ndarray:
    """(n, 3) float64: points (n, 3) in FLAME's axes in the camera's, metres."""
    return turned(camera.rotation, points) + camera.translation


def pixels_of(camera: Camera, seen: np.ndarray) -> np.ndarray:
    """(n, 2) float64 pixels of points (n, 3) in the camera's axes, before it."""
    found: np.ndarray = camera.intrinsics[:2] * seen[:, :2] / seen[:, 2:] + camera.intrinsics[2:]
    return found


def _distance(seen: np.ndarray, focal: float, fill: float, width: int, height: int) -> float:
    """How far off points (n, 3), about their middle in the camera's axes, are all within the share of the picture."""
    room = np.array([width, height]) * (fill / 2)
    needed: np.ndarray = (np.abs(seen[:, :2]) * (focal / room)).max(1) - seen[:, 2]
    return float(needed.max())
