"""From landmarks in space to parameters."""

from __future__ import annotations

from collections.abc import Generator, Iterable

import numpy as np

from ...errors import LandmarkError, ParameterError
from ...flame.evaluator import FlameEvaluator
from ...flame.landmarks import YAW_SIGN_SILHOUETTE, LandmarkEmbedding
from ...flame.params import FlameParams
from ...landmark_files.observed import ObservedLandmarks
from ...long_work import result_of
from ..reports.doubts import coefficient_sizes, doubtful, settled_fractions
from ..reports.outcome import MILLIMETRES, UNSETTLED, Fit, FitReport
from ..solver.graduated import RIGID, solving, solving_with_noise
from ..solver.layer import HeadPart
from ..solver.least_squares import Prior
from ..solver.preview import Preview, no_preview
from ..solver.unknowns import LOG_SCALE, VARIED, Unknowns, free_entries
from .definitions import DefinitionSpread
from .embedded import EmbeddedLandmarks
from .targets import Targets

ALIGNING_ROUNDS = 3  # the contour's points depend on the turn that they help to find
PICKED = 1e-3  # metres: what a careful hand picks, beside what definitions differ by
DOUBTFUL_NOISE = 2.0  # times an annotator's
FAR_OFF = (
    "the landmarks lie {:.2g} times as far off as a careful hand's would: check their order, the landmark set, and the "
    "units."
)


def fit_landmarks_3d(
    evaluator: FlameEvaluator, embedding: LandmarkEmbedding, observed: ObservedLandmarks, **options: object
) -> Fit:
    """Fit a head to landmarks in space; :func:`fitting_landmarks_3d` does it in steps, and tells more of the options.

    Parameters
    ----------
    evaluator : FlameEvaluator
        Of the model.
    embedding : LandmarkEmbedding
        The set that the landmarks are of.
    observed : ObservedLandmarks
        (L, 3) points, metres, FLAME's axes.
    **options
        ``fit_scale`` (bool, default False): the head may be scaled as a whole; ``noise`` (float or None, metres,
        default None): standard deviation of a point of weight 1; None has it told by what is left over; ``vary``
        (iterable of str, default VARIED): the fields of FlameParams that may change; VARIED is shape, expression, all
        rotations and translation; ``start`` (FlameParams or None, default None): where the fit begins, what is most
        likely of the coefficients, and what the other fields keep; ``yaw_sign`` (int): the contour's side, as for
        :func:`landmark_points`; ``preview`` (callable): called with the FlameParams of the head so far.

    Returns
    -------
    Fit
        The head, and the distance of each landmark in mm.

    Raises
    ------
    LandmarkError
        The points are not (L, 3), not of the embedding, or not those of a face.
    ParameterError
        An option is wrong.
    """
    return result_of(fitting_landmarks_3d(evaluator, embedding, observed, **options))  # type: ignore[arg-type]


def fitting_landmarks_3d(
    evaluator: FlameEvaluator,
    embedding: LandmarkEmbedding,
    observed: ObservedLandmarks,
    *,
    fit_scale: bool = False,
    noise: float | None = None,
    vary: Iterable[str] = VARIED,
    start: FlameParams | None = None,
    yaw_sign: int = YAW_SIGN_SILHOUETTE,
    preview: Preview = no_preview,
) -> Generator[float, None, Fit]:
    """Fit a head to ``observed`` points (L, 3) of ``embedding``; yields the share that is done.

    The most likely head: coefficients from N(0, 1), joints turned little, points off by ``noise`` (metres, the standard
    deviation of a point of weight 1; far outliers count less). None has the noise told by what is left over, of points
    that follow another definition than the head's (:mod:`.definitions`), down to that of exact points. With
    ``fit_scale`` the head may be scaled as a whole. The values of ``start`` are where the fit begins, what is most
    likely of the coefficients, and what fields not in ``vary`` keep; without it the head is first aligned. Raises
    LandmarkError, ParameterError.
    """
    if observed.points.shape[1] != 3:
        raise LandmarkError("Landmarks in space must have three coordinates, found points with two.")
    if noise is not None and not noise > 0:
        raise ParameterError(f"noise must be above 0 metres, found {noise:g}.")
    vary, given = tuple(vary), start or FlameParams()
    whole = HeadPart.whole(evaluator, given.offsets)
    landmarks = EmbeddedLandmarks.of(evaluator, whole, embedding, observed, yaw_sign)
    if start is None:
        landmarks.check(in_metres=not fit_scale)
    targets = Targets(
        landmarks, observed.points, observed.weights, noise or PICKED,
        spread=None if noise else DefinitionSpread.of(embedding, observed.indices),
    )  # fmt: skip
    unknowns = Unknowns.of(evaluator, given, {LOG_SCALE: 0.0} if fit_scale else {})
    prior = Prior.of(evaluator, given, {LOG_SCALE: (0.0, np.inf)} if fit_scale else {})
    targets = targets.slid(unknowns)
    if start is None and set(vary) >= set(RIGID):
        for _ in range(ALIGNING_ROUNDS):
            unknowns = targets.aligned(unknowns, whole.joints_at(unknowns.coefficients)[0])
            targets = targets.slid(unknowns)
    solved, targets = yield from solving(evaluator, targets, unknowns, prior, vary, preview, given.offsets)
    factor = 1.0
    if noise is None:
        solved, targets, factor = yield from solving_with_noise(
            evaluator, targets, solved, factor, prior, vary, preview, given.offsets
        )
    yield 1.0
    observed_there = targets.weighed(solved.unknowns, factor).linearise(solved.unknowns)
    free = free_entries(unknowns.layout, vary)
    settled = settled_fractions(observed_there, prior, solved.unknowns, evaluator.parents, free)
    sizes = coefficient_sizes(evaluator.model, solved.unknowns.coefficients, settled)
    errors = 1000 * targets.errors(solved.unknowns)
    notes = (*sizes.notes(), *_doubts(solved.settled, factor))
    return Fit(
        solved.unknowns.params(given.offsets),
        FitReport("3D landmarks", MILLIMETRES, errors, solved.iterations, notes, sizes),
        solved.unknowns.scale,
    )


def _doubts(settled: bool, factor: float) -> tuple[str, ...]:
    """Of a fit whose noise turned out to be ``factor`` times a careful hand's."""
    reasons = [] if settled else [UNSETTLED]
    if factor > DOUBTFUL_NOISE:
        reasons.append(FAR_OFF.format(factor))
    return doubtful(reasons)
