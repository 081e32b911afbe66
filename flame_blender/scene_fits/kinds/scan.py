"""A head fitted to a scan: a mesh or a point cloud, with landmarks or without. The scan is only read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from ... import fitting
from ...blender_pointers import there
from ...fitting.solver.preview import Preview
from ...fitting.solver.unknowns import VARIED
from ...observations.landmark_sources import in_space
from ...observations.mesh_sources import Source, object_of, scan_of
from ...observations.surfaces import surface
from .. import guess, panel_settings
from ..head_to_fit import HeadToFit
from ..options import FileFitOptions, FitOptions, Landmarks, landmarks_beside, placed
from ..prepared import Prepared

if TYPE_CHECKING:
    from ..properties import FLAME_PG_fit

KEY = "SCAN"
LABEL = "Scan"
DESCRIPTION = "A scan of a face or a head: a mesh or a point cloud in any units"
BUTTON = "Fit to Scan"
TOOLTIP = "Fit a head to the scan: identity, expression, pose and place. The scan stays as it is"
FIELDS = ("scan", "units", "axes", "guess", "fit_scale", "with_offsets", "landmarks")


@dataclass(frozen=True, kw_only=True, eq=False)
class ScanFitOptions(FitOptions):
    """What :func:`fit_scan` takes, for :func:`fitting_head`.

    Attributes
    ----------
    scan : bpy.types.Object, str, Path or (P, 3) numbers
        A mesh or point cloud, an .obj or .ply, or points; points and those of a file are the world's.
    landmarks : as for fit_landmarks, or None, default None
        Where they are known; a file has the coordinates of the scan's own vertices.
    indices : (L,) whole numbers or None, default None
        Which rows of the set the landmarks are; None: all of it, in its order.
    landmark_set : str or None, default None
        "ibug" or "mediapipe"; None is the first of the model's sets that takes them.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    units : str, default "AUTO"
        Of one unit of the scan: "M", "CM", "MM" or "INCH"; "AUTO" has it told by landmarks or size.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    fit_scale : bool, default False
        The head may have any size.
    with_offsets : bool, default False
        Keep what the model cannot show as offsets.
    landmark_noise_mm : float, millimetres, default 2.0
        How far off the landmarks are at least.
    vary : iterable of str, default VARIED
        The fields of FlameParams that may change; VARIED is shape, expression, all rotations and translation.
    seed : int, default 0
        Of the random numbers that choose the scan's points.
    """

    scan: Source
    landmarks: Landmarks | None = None
    indices: ArrayLike | None = None
    landmark_set: str | None = None
    model: str | Path | None = None
    units: str = "AUTO"
    axes: str = "AUTO"
    fit_scale: bool = False
    with_offsets: bool = False
    landmark_noise_mm: float = 2.0
    vary: Iterable[str] = VARIED
    seed: int = 0


OPTIONS = ScanFitOptions


def missing(settings: FLAME_PG_fit) -> str | None:
    """Without an object there is nothing to fit to."""
    return "Choose a scan first" if settings.scan is None else None


def from_settings(settings: FLAME_PG_fit) -> ScanFitOptions:
    """With the landmarks of the file, or those that were picked."""
    return ScanFitOptions(
        scan=there(settings.scan, "a scan"),
        landmarks=panel_settings.landmarks_of(settings),
        with_offsets=settings.with_offsets,
        **placed(settings),
    )


def from_file(path: Path, options: FileFitOptions) -> ScanFitOptions:
    """With the landmark file of its name, where there is one."""
    return ScanFitOptions(
        scan=path,
        landmarks=landmarks_beside(path, options),
        model=options.model,
        with_offsets=options.with_offsets,
        **placed(options),
    )


def prepare(options: ScanFitOptions, to: HeadToFit, preview: Preview) -> Prepared:
    """Without points that no face uses, where there are faces."""
    evaluator, obj, notes = to.evaluator, object_of(options.scan), tuple[str, ...]()
    found, given = None, dict[str, Any]()
    if options.landmarks is not None:
        found = in_space(options.landmarks, evaluator.model, options.indices, options.landmark_set, obj)
    seen = scan_of(options.scan)
    placement = guess.of_scan(seen, evaluator.model, options.units, options.axes, found)
    if found is not None:
        noise = options.landmark_noise_mm / 1000
        given = {"embedding": found.embedding, "landmarks": found.in_flame(placement), "landmark_noise": noise}
        notes = found.notes
    used = seen.on_faces
    normals = None if seen.normals is None else placement.turned_to_flame(seen.normals[used])
    steps = fitting.fitting_scan(
        evaluator,
        fitting.Scan(placement.to_flame(seen.points[used]), normals),
        surface,
        fit_scale=options.fit_scale,
        with_offsets=options.with_offsets,
        vary=tuple(options.vary),
        seed=options.seed,
        preview=preview,
        **given,
    )
    return Prepared(steps=steps, entry=to.entry, placement=placement, scan=obj, notes=notes)
