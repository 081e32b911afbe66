"""From landmarks in one photo, or in several of calibrated cameras, to parameters and the camera."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..flame.errors import LandmarkError, ParameterError
from ..flame.evaluator import FlameEvaluator
from ..flame.landmarks import YAW_SIGN_SILHOUETTE, LandmarkEmbedding
from ..flame.params import FlameParams
from ..flame.steps import result_of
from ..sequences.sequence import Camera
from .contour_search import searching_row
from .embedded import EmbeddedLandmarks
from .graduated import LAST_SLIDES, RIGID, solving
from .least_squares import Prior
from .observed import ObservedLandmarks
from .outcome import PIXELS, UNSETTLED, Fit, FitReport, Preview, no_preview
from .part import HeadPart
from .unknowns import VARIED, Unknowns, free_steps
from .views import UPRIGHT, SeenView, Views, placed_by_views

TURNS = {"global_rotation", "neck"}  # what the contour slides with
NOISE_SHARE = 0.01  # of the points' spread: a pixel or two on a face of 300 pixels
# What a photo's focal length is likely to be, in longer sides of the picture: 26 to 90 mm on full frame, mostly.
USUAL_FOCAL, FOCAL_SPREAD = 1.4, 0.35


@dataclass(frozen=True, eq=False)
class View:
    """One photo: ``observed`` (L, 2) pixels, its ``width`` and ``height``, and what is known of its camera.

    ``focal`` in pixels, None to have it estimated (the principal point is the picture's middle, pixels are square), or
    a calibrated ``camera`` in FLAME's axes.
    """

    observed: ObservedLandmarks
    width: int
    height: int
    focal: float | None = None
    camera: Camera | None = None


def fit_landmarks_2d(
    evaluator: FlameEvaluator, embedding: LandmarkEmbedding, views: Sequence[View], **options: object
) -> Fit:
    """:func:`fitting_landmarks_2d`, to the end."""
    return result_of(fitting_landmarks_2d(evaluator, embedding, views, **options))  # type: ignore[arg-type]


def fitting_landmarks_2d(
    evaluator: FlameEvaluator,
    embedding: LandmarkEmbedding,
    views: Sequence[View],
    *,
    noise: float | None = None,
    vary: Iterable[str] = VARIED,
    start: FlameParams | None = None,
    preview: Preview = no_preview,
) -> Generator[float, None, Fit]:
    """Fit a head to ``views`` of points of ``embedding``; yields the share that is done.

    The most likely head, as in :func:`.landmarks_3d.fitting_landmarks_3d`; ``noise`` is in pixels, by default a
    hundredth of the points' spread. One photo whose camera is not known: the head is placed by scaled orthography, then
    all is found in perspective, the contour's row by :mod:`.contour_search`; the head then stays at its place, turned
    as in the photo, and the fit's ``camera`` sees it so. Calibrated cameras: the head is placed among them. ``start``
    gives the coefficients that are most likely and the values of fields not in ``vary``. Raises LandmarkError,
    ParameterError.
    """
    _check(views, noise)
    vary, given = tuple(vary), start or FlameParams()
    whole = HeadPart.whole(evaluator, given.offsets)
    seen = [
        SeenView(
            EmbeddedLandmarks(evaluator, whole, embedding, view.observed, YAW_SIGN_SILHOUETTE),
            _camera_of(view),
            noise or NOISE_SHARE * _spread(view.observed.points),
        )
        for view in views
    ]
    for each in seen if start is None else ():
        each.landmarks.check()
    observation = Views(tuple(seen))
    finds_focal = views[0].camera is None and views[0].focal is None
    prior = Prior.of(evaluator, given, ((0.0, FOCAL_SPREAD),) if finds_focal else ())
    unknowns = Unknowns.of(evaluator, given, (0.0,) if finds_focal else ())
    observation.slide(unknowns)
    if set(vary) >= set(RIGID):
        unknowns = placed_by_views(seen, unknowns, whole)
    turns = len(seen) == 1 and seen[0].landmarks.slides and not TURNS.isdisjoint(vary)
    slides = 1 if turns else LAST_SLIDES
    solved = yield from solving(evaluator, observation, unknowns, prior, vary, preview, given.offsets, slides)
    if turns:
        free = free_steps(evaluator, vary, len(unknowns.further))
        solved = yield from searching_row(evaluator, seen[0], solved, prior, free, preview, given.offsets)
    yield 1.0
    unknowns, camera = solved.unknowns, None
    notes = [] if solved.settled else [UNSETTLED]
    errors = observation.errors(unknowns)
    if views[0].camera is None:
        unknowns, camera = _brought_home(unknowns, seen[0].camera_at(unknowns))
        if finds_focal:
            found = camera.intrinsics[0]
            notes.append(f"The focal length was estimated as {found:.0f} pixels; one photo tells it only roughly.")
    report = FitReport("2D landmarks", PIXELS, errors, solved.steps, tuple(notes))
    return Fit(unknowns.params(evaluator, given.offsets), report, camera=camera)


def _check(views: Sequence[View], noise: float | None) -> None:
    if not views:
        raise LandmarkError("At least one view is needed, found none.")
    for view in views:
        if view.observed.points.shape[1] != 2:
            raise LandmarkError("Landmarks in a picture must have two coordinates, found points with three.")
        if view.focal is not None and not view.focal > 0:
            raise ParameterError(f"The focal length must be above 0 pixels, found {view.focal:g}.")
    if len(views) > 1 and any(view.camera is None for view in views):
        raise ParameterError("Several views need the camera of each, found one without; give a calibrated camera.")
    if noise is not None and not noise > 0:
        raise ParameterError(f"noise must be above 0 pixels, found {noise:g}.")


def _camera_of(view: View) -> Camera:
    """The given one, or one at the origin that looks at an upright face, along -Z."""
    if view.camera is not None:
        return view.camera
    focal = view.focal or USUAL_FOCAL * max(view.width, view.height)
    intrinsics = np.array([focal, focal, view.width / 2, view.height / 2])
    return Camera(intrinsics, view.width, view.height, UPRIGHT, np.zeros(3))


def _spread(points: np.ndarray) -> float:
    return float(np.sqrt(((points - points.mean(0)) ** 2).sum(1).mean()))


def _brought_home(unknowns: Unknowns, camera: Camera) -> tuple[Unknowns, Camera]:
    """The head moved to no translation, and the camera along with it."""
    away = unknowns.pose.translation[0]
    home = dataclasses.replace(unknowns.pose, translation=np.zeros((1, 3)))
    moved = dataclasses.replace(camera, translation=camera.translation + camera.rotation @ away)
    return dataclasses.replace(unknowns, pose=home), moved
