"""Units and axes of what was observed: chosen by the user, or told by its size and by which way up a head fits best."""

from __future__ import annotations

import bpy
import numpy as np

from ..fitting.rigid import rigid_alignment, similarity_alignment
from ..flame.errors import FlameError
from ..flame.landmarks import landmark_points
from ..flame.model import FlameModel
from ..head import models
from . import scans
from .landmark_sources import FoundLandmarks
from .placement import TO_BLENDER, Placement
from .surfaces import surface

AUTO = "AUTO"
UNITS = {"M": (1.0, "m"), "CM": (0.01, "cm"), "MM": (0.001, "mm")}
UNIT_ITEMS = (
    (AUTO, "Auto", "Told by the size of what is there"),
    ("MM", "Millimetres", "A head is about 250 high"),
    ("CM", "Centimetres", "A head is about 25 high"),
    ("M", "Metres", "A head is about 0.25 high, as in Blender"),
)
# which way a head may stand in Blender's world: rotations from the world's axes to FLAME's
AXES = {
    "Z_UP": (TO_BLENDER.T, "Z up"),
    "Y_UP": (np.eye(3), "Y up"),
    "Z_UP_BACK": (TO_BLENDER.T @ np.diag([-1.0, -1.0, 1.0]), "Z up, facing +Y"),
    "Y_UP_BACK": (np.diag([-1.0, 1.0, -1.0]), "Y up, facing -Z"),
    "Y_DOWN": (np.diag([1.0, -1.0, -1.0]), "Y down"),
}
AXES_ITEMS = (
    (AUTO, "Auto", "Told by the landmarks, or by which way a head lies closest"),
    ("Z_UP", "Z up", "The head stands along Z and looks along -Y, as in Blender"),
    ("Y_UP", "Y up", "The head stands along Y and looks along +Z, as in many scan files"),
    ("Z_UP_BACK", "Z up, facing +Y", "The head stands along Z and looks along +Y"),
    ("Y_UP_BACK", "Y up, facing -Z", "The head stands along Y and looks along -Z"),
    ("Y_DOWN", "Y down", "The head stands on its crown and looks along -Z, as in OpenCV's cameras"),
)
LARGEST_IN_METRES, LARGEST_IN_CENTIMETRES = 2.0, 80.0  # extent of heads, shoulders and all
# A trial of axes brings points of the scan onto the neutral head, turned as they say, and looks at what is left.
SAMPLED, ROUNDS, KEPT = 600, 15, 0.8  # points, steps and share of the points that count


def of_landmarks(found: FoundLandmarks, model: FlameModel, units: str, axes: str) -> Placement:
    """Units and axes that make the neutral head's landmarks most like those that were found."""
    observed = found.observed
    template = landmark_points(model.v_template, model.faces, found.embedding)[observed.indices].astype(np.float64)
    scale, rotation, _ = similarity_alignment(observed.points, template, observed.weights)
    if units == AUTO:
        units = min(UNITS, key=lambda name: abs(np.log(max(scale, 1e-12) / UNITS[name][0])))
    if axes == AUTO:
        axes = max(AXES, key=lambda name: np.trace(AXES[name][0].T @ rotation))
    return placement(observed.points, units, axes)


def of_scan(
    scan: scans.WorldScan, model: FlameModel, units: str, axes: str, landmarks: FoundLandmarks | None = None
) -> Placement:
    """Units and axes of a scan: by its landmarks where there are any, else by its size and shape."""
    points = scan.points[scan.on_faces]
    if landmarks is not None and (units == AUTO or axes == AUTO):
        told = of_landmarks(landmarks, model, units, axes)
        return Placement(told.metres, told.rotation, centre_of(points), told.told)
    if units == AUTO:
        units = unit_of(points)
    if axes == AUTO:
        axes = _axes_of(scan, UNITS[units][0], model)
    return placement(points, units, axes)


def placement(points: np.ndarray, units: str, axes: str) -> Placement:
    """The named units and axes about the middle of the points."""
    metres, unit = UNITS[units]
    rotation, name = AXES[axes]
    return Placement(metres, rotation, centre_of(points), f"{unit}, {name}")


def centre_of(points: np.ndarray) -> np.ndarray:
    """(3,) the middle of most points: strays do not count."""
    low, high = np.percentile(points, (2, 98), axis=0)
    return (low + high) / 2


def unit_of(points: np.ndarray) -> str:
    """The unit in which the points are as large as a head, or a bust."""
    low, high = np.percentile(points, (2, 98), axis=0)
    extent = float((high - low).max())
    return "M" if extent <= LARGEST_IN_METRES else "CM" if extent <= LARGEST_IN_CENTIMETRES else "MM"


def _axes_of(scan: scans.WorldScan, metres: float, model: FlameModel) -> str:
    rows = np.flatnonzero(scan.on_faces)
    rng = np.random.default_rng(0)
    if len(rows) > SAMPLED:
        rows = rng.choice(rows, SAMPLED, replace=False)
    points = scan.points[rows]
    points = metres * (points - centre_of(points))
    normals = None if scan.normals is None else scan.normals[rows]
    nearest, outward = surface(model.v_template, model.faces), _face_normals(model)
    middle = (model.v_template.min(0) + model.v_template.max(0)) / 2

    def left_over(rotation: np.ndarray) -> float:
        """Mean distance of the better points after they were brought onto the head, metres."""
        moved = points @ rotation.T + middle
        turned = None if normals is None else normals @ rotation.T
        for _ in range(ROUNDS):
            triangles, closest = nearest(moved)
            away = np.linalg.norm(closest - moved, axis=1)
            good = away <= np.quantile(away, KEPT)
            if turned is not None:
                facing = (outward[triangles] * turned).sum(1)
                away = away + 0.02 * np.clip(-facing, 0, 1)  # a surface that looks the other way is another one
            turn, shift = rigid_alignment(moved[good], closest[good])
            moved = moved @ turn.T + shift
            turned = None if turned is None else turned @ turn.T
        return float(np.sort(away)[: max(1, int(KEPT * len(away)))].mean())

    return min(AXES, key=lambda name: left_over(AXES[name][0]))


def _face_normals(model: FlameModel) -> np.ndarray:
    corners = model.v_template[model.faces].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)


def told(obj: bpy.types.Object | None, units: str, axes: str) -> str:
    """What a fit to the object would start from, for the panel: "mm, Y up", or why it cannot."""
    if obj is None:
        return ""
    try:
        model = models.evaluator(models.built_in().fingerprint).model
        return of_scan(scans.read_scan(obj), model, units, axes).told
    except FlameError as error:
        return str(error)
