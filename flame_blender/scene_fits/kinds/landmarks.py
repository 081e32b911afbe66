"""A head fitted to landmarks in space."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from numpy.typing import ArrayLike

from ... import fitting
from ...fitting.solver.preview import Preview
from ...fitting.solver.unknowns import VARIED
from ...head.properties import YAW_SIGNS, flame_of
from ...observations.landmark_sources import in_space
from .. import guess, panel_settings
from ..head_to_fit import HeadToFit
from ..options import FileFitOptions, FitOptions, Landmarks, placed
from ..prepared import Prepared

if TYPE_CHECKING:
    from ..properties import FLAME_PG_fit

KEY = "LANDMARKS"
LABEL = "Landmarks"
DESCRIPTION = "Landmarks in space: picked on a scan, empties, or a file"
BUTTON = "Fit to Landmarks"
TOOLTIP = "Fit a head to landmarks in space: those picked on the scan, empties, or a file"
FIELDS = ("scan", "units", "axes", "guess", "fit_scale", ("landmarks", "Landmarks: none (needed)"))


@dataclass(frozen=True, kw_only=True, eq=False)
class LandmarkFitOptions(FitOptions):
    """What :func:`fit_landmarks` takes, for :func:`fitting_head`.

    Attributes
    ----------
    landmarks : str, Path, collection, list of objects, or (L, 3) numbers
        A file (MeshLab, iBUG, MediaPipe ...), empties named by landmark numbers, or points in Blender's world.
    indices : (L,) whole numbers or None, default None
        Which rows of the set the points are; None: all of it, in its order.
    landmark_set : str or None, default None
        "ibug" or "mediapipe"; None is the first of the model's sets that takes them.
    scan : bpy.types.Object or None, default None
        The scan that a file belongs to, whose coordinates are those of the scan's own vertices.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    units : str, default "AUTO"
        Of one unit of the landmarks: "M", "CM", "MM" or "INCH"; "AUTO" has it told by them.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    fit_scale : bool, default False
        The head may have any size.
    noise_mm : float or None, millimetres, default None
        How well the landmarks were placed; None has it told by what is left over.
    vary : iterable of str, default VARIED
        The fields of FlameParams that may change; VARIED is shape, expression, all rotations and translation.
    """

    landmarks: Landmarks
    indices: ArrayLike | None = None
    landmark_set: str | None = None
    scan: bpy.types.Object | None = None
    model: str | Path | None = None
    units: str = "AUTO"
    axes: str = "AUTO"
    fit_scale: bool = False
    noise_mm: float | None = None
    vary: Iterable[str] = VARIED


OPTIONS = LandmarkFitOptions


def missing(settings: FLAME_PG_fit) -> str | None:
    """Landmarks, from wherever."""
    if panel_settings.landmarks_of(settings):
        return None
    return "Pick landmarks on a scan, or choose empties or a landmark file, first"


def from_settings(settings: FLAME_PG_fit) -> LandmarkFitOptions:
    """A file beside a scan is in the scan's own coordinates."""
    landmarks: Any = panel_settings.landmarks_of(settings)  # never None: `missing` asks for them
    return LandmarkFitOptions(landmarks=landmarks, scan=settings.scan, **placed(settings))


def from_file(path: Path, options: FileFitOptions) -> LandmarkFitOptions:
    """The file is the landmarks."""
    return LandmarkFitOptions(landmarks=path, model=options.model, **placed(options))


def prepare(options: LandmarkFitOptions, to: HeadToFit, preview: Preview) -> Prepared:
    """In the world, off by the noise, which by default they tell themselves."""
    evaluator = to.evaluator
    found = in_space(options.landmarks, evaluator.model, options.indices, options.landmark_set, options.scan)
    placement = guess.of_landmarks(found, evaluator.model, options.units, options.axes)
    steps = fitting.fitting_landmarks_3d(
        evaluator,
        found.embedding,
        found.in_flame(placement),
        fit_scale=options.fit_scale,
        noise=None if options.noise_mm is None else options.noise_mm / 1000,
        vary=tuple(options.vary),
        yaw_sign=YAW_SIGNS[flame_of(to.head).yaw_sign if to.head is not None else "SILHOUETTE"],
        preview=preview,
    )
    return Prepared(steps=steps, entry=to.entry, placement=placement, scan=options.scan, notes=found.notes)
