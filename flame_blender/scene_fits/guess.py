"""Units and axes of what was observed: chosen by the user, or told by its size and by which way up a head fits best."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import bpy
import numpy as np

from ..blender_pointers import there
from ..errors import FlameError, LandmarkError, ParameterError
from ..fitting.scans.matching import Scan
from ..flame.landmarks import landmark_points
from ..flame.model import FlameModel
from ..geometry.rigid import similarity_alignment
from ..geometry.units_axes import CONVENTIONS, METRES_OF_UNIT, UNKNOWN_UNIT, guess_units, nearest_axes, snap_units
from ..head import models
from ..landmark_files.plausible import what_looks_wrong
from ..observations import scans
from ..observations.landmark_sources import FoundLandmarks, in_space
from ..observations.placement import Placement
from .axes_trial import nearest_convention

AUTO = "AUTO"
UNITS = {"M": "m", "CM": "cm", "MM": "mm", "INCH": "inches"}
UNIT_ITEMS = (
    (AUTO, "Auto", "Told by the landmarks, or by the size of what is there"),
    ("MM", "Millimetres", "A head is about 250 high"),
    ("CM", "Centimetres", "A head is about 25 high"),
    ("M", "Metres", "A head is about 0.25 high, as in Blender"),
    ("INCH", "Inches", "A head is about 10 high"),
)
AXES = {each.key: each for each in CONVENTIONS}
AXES_ITEMS = (
    (AUTO, "Auto", "Told by the landmarks, or by which way a head lies closest"),
    *((key, each.name, "Which way is up in the world, and where the face looks") for key, each in AXES.items()),
)
USUAL = list(AXES)[:9]  # what scans without landmarks are tried for
METRES = {name: METRES_OF_UNIT[name] for name in ("m", "cm", "mm")}  # what is guessed where the size tells nothing
_AXES_TOLD: WeakKeyDictionary[scans.WorldScan, dict[tuple[float, FlameModel], str]] = WeakKeyDictionary()
LOOKED_AT = 20_000  # points of a scan tell its size and place
TYPICAL = 0.25  # metres: the longest side of a head, where none of the units makes it one


def of_landmarks(found: FoundLandmarks, model: FlameModel, units: str, axes: str) -> Placement:
    """Units and axes that make the neutral head's landmarks most like those that were found.

    Raises LandmarkError where they are not those of a face.
    """
    observed = found.observed
    mean_points = landmark_points(model.v_template, model.faces, found.embedding).astype(np.float64)
    looks_wrong = what_looks_wrong(observed, mean_points)
    if looks_wrong:
        raise LandmarkError(" ".join(looks_wrong))
    template = mean_points[observed.indices]
    scale, rotation, _ = similarity_alignment(observed.points, template, observed.weights)
    return _told_by(observed.points, scale, rotation, units, axes)


def of_vertices(points: np.ndarray, template: np.ndarray, units: str, axes: str) -> Placement:
    """Units and axes of points (P, 3) that correspond to ``template`` (P, 3), metres, FLAME's axes."""
    scale, rotation, _ = similarity_alignment(points, template)
    return _told_by(points, scale, rotation, units, axes)


def of_scan(
    scan: scans.WorldScan, model: FlameModel, units: str, axes: str, landmarks: FoundLandmarks | None = None
) -> Placement:
    """Units and axes of a scan: by its landmarks where there are any, else by its size and shape."""
    scan = scan.some(LOOKED_AT)
    points = scan.points
    if landmarks is not None and AUTO in (units, axes):
        told = of_landmarks(landmarks, model, units, axes)
        return Placement(told.metres, told.rotation, centre_of(points), told.told)
    metres, unit = _unit_of(points) if units == AUTO else _unit_named(units)
    if axes == AUTO:
        axes = _axes_of(scan, metres, model)
    return _placement(points, metres, unit, axes)


def _told_by(points: np.ndarray, scale: float, rotation: np.ndarray, units: str, axes: str) -> Placement:
    """From the similarity that brings the points onto the head; a scale that is no unit's is taken as it is."""
    metres, unit = _unit_of_scale(scale) if units == AUTO else _unit_named(units)
    if axes == AUTO:
        nearest = nearest_axes(rotation)
        axes = next(key for key, each in AXES.items() if each is nearest)
    return _placement(points, metres, unit, axes)


def _unit_of_scale(scale: float) -> tuple[float, str]:
    found = snap_units(max(scale, 1e-12))
    if found.name != UNKNOWN_UNIT:
        return found.scale_to_metres, found.name
    name = min(METRES, key=lambda unit: abs(np.log(max(scale, 1e-12) / METRES[unit])))
    return METRES[name], name


def _placement(points: np.ndarray, metres: float, unit: str, axes: str) -> Placement:
    convention = AXES.get(axes) or next((each for each in AXES.values() if each.name == axes), None)
    if convention is None:
        known = ", ".join(repr(each) for each in (AUTO, *AXES))
        raise ParameterError(f"axes: expected one of {known}, found {axes!r}.")
    return Placement(metres, convention.rotation, centre_of(points), f"{unit}, {convention.name}")


def _unit_named(units: str) -> tuple[float, str]:
    name = UNITS.get(units, units)
    if name not in METRES_OF_UNIT:
        raise ParameterError(f"units: expected one of {', '.join(map(repr, (AUTO, *UNITS)))}, found {units!r}.")
    return METRES_OF_UNIT[name], name


def centre_of(points: np.ndarray) -> np.ndarray:
    """(3,) the middle of most points: strays do not count."""
    low, high = np.percentile(points, (2, 98), axis=0)
    return (low + high) / 2


def _unit_of(points: np.ndarray) -> tuple[float, str]:
    """The unit in which the points are as large as a head, or nearest to it."""
    found = guess_units(points)
    if found.name != UNKNOWN_UNIT:
        return found.scale_to_metres, found.name
    low, high = np.percentile(points, (2, 98), axis=0)
    side = max(float((high - low).max()), 1e-12)
    name = min(METRES, key=lambda unit: abs(np.log(side * METRES[unit] / TYPICAL)))
    return METRES[name], f"{name} (the size is unusual for a head)"


def _axes_of(scan: scans.WorldScan, metres: float, model: FlameModel) -> str:
    """Found once for a scan that is asked for again, as the panel's choices do."""
    told = _AXES_TOLD.setdefault(scan, {})
    if (metres, model) not in told:
        told[metres, model] = _likeliest_axes(scan, metres, model)
    return told[metres, model]


def _likeliest_axes(scan: scans.WorldScan, metres: float, model: FlameModel) -> str:
    points = Scan(metres * (scan.points - centre_of(scan.points)), scan.normals)
    found = nearest_convention(points, model, [AXES[key] for key in USUAL])
    return next(key for key in USUAL if AXES[key] is found)


def told(scan: bpy.types.Object | None, landmarks: Any, units: str, axes: str) -> str:
    """What a fit would start from, for the panel: "mm, Y up, face to +Z", or why it cannot.

    ``landmarks`` are a file or empties, or nothing.
    """
    try:
        model = _model_at_hand()
        found = in_space(landmarks, model, scan=scan) if landmarks else None
        if scan is not None:
            return of_scan(scans.sample_of(scan, LOOKED_AT), model, units, axes, found).told
        return of_landmarks(found, model, units, axes).told if found is not None else ""
    except (FlameError, OSError) as error:
        return str(error)


def _model_at_hand() -> FlameModel:
    """The model of new heads, or where it has no landmarks the built-in head's: any head tells units and axes."""
    evaluator = models.evaluator(models.for_new_heads().fingerprint)
    if evaluator is not None and evaluator.model.landmarks:
        return evaluator.model
    return there(models.evaluator(models.built_in().fingerprint), "the built-in head").model
