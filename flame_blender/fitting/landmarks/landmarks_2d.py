"""From landmarks in one photo, or in several of calibrated cameras, to parameters and the camera."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import LandmarkError, ParameterError
from ...flame.evaluator import FlameEvaluator
from ...flame.landmarks import YAW_SIGN_SILHOUETTE, LandmarkEmbedding
from ...flame.params import FlameParams
from ...geometry.camera import Camera
from ...landmark_files.observed import ObservedLandmarks
from ...long_work import result_of
from ..reports.doubts import coefficient_sizes, doubtful, settled_fractions
from ..reports.focal import FoundFocal, LikelyFocal
from ..reports.outcome import PIXELS, UNSETTLED, Fit, FitReport
from ..solver.graduated import LAST_SLIDES, RIGID, SAME_NOISE, solving, solving_with_noise
from ..solver.layer import HeadPart
from ..solver.least_squares import Prior, Solved
from ..solver.noise import deviation_of
from ..solver.preview import Preview, no_preview
from ..solver.unknowns import LOG_FOCAL, VARIED, Unknowns, free_entries
from .contour_search import searching_row
from .definitions import DefinitionSpread
from .embedded import EmbeddedLandmarks
from .views import UPRIGHT, ObservedView, ObservedViews, placed_by_views

TURNS = {"global_rotation", "neck"}  # what the contour slides with
ANNOTATORS_SHARE = 0.01  # of the points' spread, beside what definitions differ by: a pixel on a face of 300 pixels
SEARCHES = 3  # of the contour's row: a better one tells of less noise, and that of a better row
MOST_NAMED = 6
STRAYS = "landmarks far from where a head with the others has them, {}: {}. Look whether they are placed right."
DOUBTFUL_NOISE = 2.0  # times an annotator's
FAR_OFF = (
    "the landmarks lie {:.2g} times as far off as an annotator's would: check their order, the landmark set, and that "
    "they are of this photo."
)


@dataclass(frozen=True, eq=False)
class View:
    """One photo and what is known of its camera, whose principal point is the picture's middle unless it is calibrated.

    Attributes
    ----------
    observed : ObservedLandmarks
        (L, 2) pixels, x right and y down.
    width : int, pixels
        Of the picture.
    height : int, pixels
        Of the picture.
    focal : float or None, pixels
        The focal length; None has it estimated.
    camera : Camera or None
        A calibrated camera, in FLAME's axes.
    likely_focal : LikelyFocal or None
        What is likely of a focal length that is estimated; None is what is usual.
    """

    observed: ObservedLandmarks
    width: int
    height: int
    focal: float | None = None
    camera: Camera | None = None
    likely_focal: LikelyFocal | None = None


def fit_landmarks_2d(
    evaluator: FlameEvaluator, embedding: LandmarkEmbedding, views: Sequence[View], **options: object
) -> Fit:
    """Fit a head to landmarks in photos; :func:`fitting_landmarks_2d` does it in steps, and tells more of the options.

    Parameters
    ----------
    evaluator : FlameEvaluator
        Of the model.
    embedding : LandmarkEmbedding
        The set that the landmarks are of.
    views : sequence of View
        One photo, or several with calibrated cameras.
    **options
        ``noise`` (float or None, pixels, default None): standard deviation of a landmark of weight 1; None has it told
        by what is left over; ``vary`` (iterable of str, default VARIED): the fields of FlameParams that may change;
        VARIED is shape, expression, all rotations and translation; ``start`` (FlameParams or None, default None): where
        the fit begins, what is most likely of the coefficients, and what the other fields keep; ``preview`` (callable):
        called with the FlameParams of the head so far.

    Returns
    -------
    Fit
        The head, the distance of each landmark in pixels, and of one photo the camera that was found.

    Raises
    ------
    LandmarkError
        There is no view, or landmarks are not (L, 2), not of the embedding, or not those of a face.
    ParameterError
        Several views without cameras, or an option is wrong.
    """
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

    The most likely head, as in :func:`.landmarks_3d.fitting_landmarks_3d`; ``noise`` is in pixels, None to have it told
    by what is left over, of points that follow another definition than the head's. One photo whose camera is not known:
    the head is placed by scaled orthography, then all is found in perspective, the contour's row by
    :mod:`.contour_search`; the head then stays at its place, turned as in the photo, and the fit's ``camera`` sees it
    so. Calibrated cameras: the head is placed among them. ``start`` gives the coefficients that are most likely and the
    values of fields not in ``vary``. Raises LandmarkError, ParameterError.
    """
    _check(views, noise)
    given = start or FlameParams()
    problem = _Problem(evaluator, views[0], noise, tuple(vary), given, preview)
    observed = ObservedViews(tuple(problem.observed(view, embedding, len(views)) for view in views))
    for each in observed.views if start is None else ():
        each.landmarks.check()
    outcome = yield from problem.solved(*problem.placed(observed))
    yield 1.0
    unknowns, camera = outcome.solved.unknowns, None
    if views[0].camera is None:
        unknowns, camera = _brought_home(unknowns, outcome.observed.views[0].camera_at(unknowns))
    return Fit(unknowns.params(given.offsets), problem.report(outcome), camera=camera)


@dataclass(frozen=True, eq=False)
class _Outcome:
    """A head that was solved for, the views with their contours as it has them, at ``factor`` times their noise."""

    solved: Solved
    observed: ObservedViews
    factor: float


class _Problem:
    """What stays the same while a head is looked for."""

    def __init__(
        self,
        evaluator: FlameEvaluator,
        first: View,
        noise: float | None,
        vary: tuple[str, ...],
        given: FlameParams,
        preview: Preview,
    ) -> None:
        self.evaluator, self.vary, self.preview, self.noise = evaluator, vary, preview, noise
        self.given, self.focal, self.longer = given, _focal_of(first), max(first.width, first.height)
        self.whole = HeadPart.whole(evaluator, given.offsets)
        self.prior = Prior.of(evaluator, given, {LOG_FOCAL: (0.0, self.focal.spread)} if self.focal else {})
        self.free = free_entries(self.prior.layout, vary)

    def observed(self, view: View, embedding: LandmarkEmbedding, n_views: int) -> ObservedView:
        """A view of ``n_views`` as a fit begins."""
        landmarks = EmbeddedLandmarks.of(self.evaluator, self.whole, embedding, view.observed, YAW_SIGN_SILHOUETTE)
        if self.noise is not None:
            return ObservedView(landmarks, _camera_of(view), self.noise)
        # By how much definitions differ is the same in each photo, so that many tell no more of it than one.
        spread = DefinitionSpread.of(embedding, view.observed.indices).times(n_views**0.5)
        return ObservedView(landmarks, _camera_of(view), ANNOTATORS_SHARE * _spread(view.observed.points), spread)

    def placed(self, observed: ObservedViews) -> tuple[Unknowns, ObservedViews]:
        """The mean head where the views see it."""
        unknowns = Unknowns.of(self.evaluator, self.given, {LOG_FOCAL: 0.0} if self.focal else {})
        observed = observed.slid(unknowns)
        if set(self.vary) >= set(RIGID):
            return placed_by_views(observed, unknowns, self.whole)
        return unknowns, observed

    def solved(self, begun: Unknowns, observed: ObservedViews) -> Generator[float, None, _Outcome]:
        """From ``begun`` to the likeliest head; yields a share that nears 1."""
        first = observed.views[0].landmarks
        turns = len(observed.views) == 1 and first.slides and not TURNS.isdisjoint(self.vary)
        solved, observed = yield from solving(
            self.evaluator, observed, begun, self.prior, self.vary, self.preview, self.given.offsets,
            1 if turns else LAST_SLIDES,
        )  # fmt: skip
        factor = 1.0  # of the noise
        for number in range(SEARCHES):
            before = factor
            if self.noise is None:
                solved, observed, factor = yield from solving_with_noise(
                    self.evaluator, observed, solved, before, self.prior, self.vary, self.preview, self.given.offsets
                )
            if not turns or (number and abs(np.log(factor / before)) < SAME_NOISE):
                break
            weighed = observed.weighed(solved.unknowns, factor).views[0]
            solved, contour = yield from searching_row(
                self.evaluator, weighed, solved, self.prior, self.free, self.preview, self.given.offsets
            )
            observed = observed.with_contour(contour)
            if self.noise is not None:
                break
        return _Outcome(solved, observed, factor)

    def report(self, outcome: _Outcome) -> FitReport:
        """How well it fits, how large the coefficients are, how sure the focal length is, and what is doubtful."""
        unknowns = outcome.solved.unknowns
        weighed = outcome.observed.weighed(unknowns, outcome.factor)
        equations = weighed.linearise(unknowns)
        settled = settled_fractions(equations, self.prior, unknowns, self.evaluator.parents, self.free)
        sizes = coefficient_sizes(self.evaluator.model, unknowns.coefficients, settled)
        notes, focal = [*sizes.notes()], None
        if self.focal is not None:
            both = equations + self.prior.linearise(unknowns, self.evaluator.parents)
            deviation = deviation_of(self.prior.layout.entry_of(LOG_FOCAL), both, unknowns, self.prior, self.free)
            pixels = float(weighed.views[0].camera_at(unknowns).intrinsics[0])
            focal = FoundFocal.of(pixels, deviation, self.longer, self.focal.source)
            notes.append(focal.summary())
        if self.noise is None:
            notes += _doubts(weighed, unknowns, outcome.factor)
        if not outcome.solved.settled:
            notes += doubtful([UNSETTLED])
        errors = outcome.observed.errors(unknowns)
        return FitReport("2D landmarks", PIXELS, errors, outcome.solved.iterations, tuple(notes), sizes, focal)


def _doubts(weighed: ObservedViews, unknowns: Unknowns, factor: float) -> tuple[str, ...]:
    """Of the landmarks: all too far off, or some far from where any head has them."""
    reasons = [FAR_OFF.format(factor)] if factor > DOUBTFUL_NOISE else []
    strays = sorted({name for each in weighed.views for name in each.strays(unknowns)})
    if strays:
        named = ", ".join(strays[:MOST_NAMED]) + (" ..." if len(strays) > MOST_NAMED else "")
        reasons.append(STRAYS.format(len(strays), named))
    return doubtful(reasons)


def _focal_of(view: View) -> LikelyFocal | None:
    """What is likely of a focal length that has to be found."""
    if view.camera is not None or view.focal is not None:
        return None
    return view.likely_focal or LikelyFocal.usual(view.width, view.height)


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
    likely = _focal_of(view)
    focal = view.focal if likely is None else likely.pixels
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
