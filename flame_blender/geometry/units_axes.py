"""Units and axes of meshes and points that came without them: guesses, and the turns into FLAME's metres, Y up.

A convention is told by which axis points up and which way the face looks; the subject's left follows from the two,
since all are right-handed. FLAME's own is "Y up, face to +Z".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import LandmarkError

METRES_OF_UNIT = {"m": 1.0, "cm": 0.01, "mm": 0.001, "inches": 0.0254}
UNKNOWN_UNIT = "unknown"
# From a face without its ears to a head with its shoulders' beginning.
SMALLEST_HEAD, LARGEST_HEAD = 0.12, 0.45
STRAY_SHARE = 0.5  # per cent of a cloud's points at each end of an axis that may be noise
SNAP = 0.25

_AXES = {"X": (1, 0, 0), "Y": (0, 1, 0), "Z": (0, 0, 1), "-X": (-1, 0, 0), "-Y": (0, -1, 0), "-Z": (0, 0, -1)}
_UPWARDS = {"X": "X up", "Y": "Y up", "Z": "Z up", "-X": "X down", "-Y": "Y down", "-Z": "Z down"}
# What programs write, the usual ones first: FLAME and most, Blender, OpenCV's cameras.
_USUAL = (
    ("Y", "Z"),
    ("Z", "-Y"),
    ("-Y", "-Z"),
    ("Y", "-Z"),
    ("Z", "Y"),
    ("Z", "X"),
    ("Y", "X"),
    ("Z", "-X"),
    ("Y", "-X"),
)


@dataclass(frozen=True)
class Guess:
    """``scale_to_metres`` to multiply with, the unit's name ("mm", or "unknown" and 1), and whether no other fits."""

    scale_to_metres: float
    name: str
    sure: bool


@dataclass(frozen=True, eq=False)
class Convention:
    """Axes of a file: ``rotation`` (3, 3) takes its points into FLAME's axes.

    ``name`` is for people; ``key`` ("Z_UP_FACE_TO_MINUS_Y") is what files and scripts keep, and never changes.
    """

    name: str
    key: str
    rotation: np.ndarray

    def to_flame(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) in the file's axes -> (..., 3) float64 in FLAME's."""
        return np.asarray(points, np.float64) @ self.rotation.T


def guess_units(points: np.ndarray) -> Guess:
    """The unit in which the points' (P, 3) longest side is that of a head or a face.

    Strays at the ends of each axis are left out of account. A unit of the metric system is preferred to inches, and
    then the guess is not sure. Raises LandmarkError for no points or NaN.
    """
    points = np.asarray(points, np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or not len(points) or not np.isfinite(points).all():
        raise LandmarkError("To guess units takes finite points of three numbers each, found others.")
    low, high = np.percentile(points, (STRAY_SHARE, 100 - STRAY_SHARE), axis=0)
    side = float((high - low).max())
    fitting = [name for name, metres in METRES_OF_UNIT.items() if SMALLEST_HEAD <= side * metres <= LARGEST_HEAD]
    if not fitting:
        return Guess(1.0, UNKNOWN_UNIT, sure=False)
    return Guess(METRES_OF_UNIT[fitting[0]], fitting[0], sure=len(fitting) == 1)


def snap_units(scale_to_metres: float) -> Guess:
    """The unit that a fitted scale is within 25 % of, sure; else the scale itself, of an unknown unit."""
    for name, metres in METRES_OF_UNIT.items():
        if abs(scale_to_metres / metres - 1) <= SNAP:
            return Guess(metres, name, sure=True)
    return Guess(scale_to_metres, UNKNOWN_UNIT, sure=False)


def nearest_axes(rotation: np.ndarray, conventions: Sequence[Convention] | None = None) -> Convention:
    """The convention nearest to a rotation (3, 3) that brings a file's points onto a model in FLAME's axes.

    It leaves the smallest rotation of the head's root: the largest trace of its rotation's transpose times this one.
    """
    offered = CONVENTIONS if conventions is None else conventions
    return max(offered, key=lambda each: float(np.sum(each.rotation * rotation)))


def _convention(up: str, face: str) -> Convention:
    rows = np.array([np.cross(_AXES[up], _AXES[face]), _AXES[up], _AXES[face]], np.float64)
    rows.setflags(write=False)
    key = f"{up[-1]}_{'DOWN' if up[0] == '-' else 'UP'}_FACE_TO_{face.replace('-', 'MINUS_')}"
    return Convention(f"{_UPWARDS[up]}, face to {face if face[0] == '-' else '+' + face}", key, rows)


def _conventions() -> tuple[Convention, ...]:
    every = [(up, face) for up in _AXES for face in _AXES if up[-1] != face[-1]]
    return tuple(_convention(*pair) for pair in (*_USUAL, *(pair for pair in every if pair not in _USUAL)))


CONVENTIONS = _conventions()
FLAME_AXES, BLENDER_AXES, CAMERA_AXES = CONVENTIONS[:3]
