"""From a raw scan, a mesh or a cloud of points, to parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterable
from dataclasses import dataclass

import numpy as np

from ...errors import ParameterError
from ...flame.evaluator import FlameEvaluator
from ...flame.landmarks import LandmarkEmbedding, landmark_points
from ...flame.params import FlameParams
from ...geometry.rigid import similarity_alignment
from ...landmark_files.observed import ObservedLandmarks
from ...landmark_files.plausible import LARGEST_FACTOR
from ...long_work import part_of, result_of
from ..landmarks.embedded import EmbeddedLandmarks
from ..landmarks.landmarks_3d import fitting_landmarks_3d
from ..reports.doubts import CoefficientSizes, coefficient_sizes, doubtful
from ..reports.outcome import MILLIMETRES, Fit, FitReport
from ..solver.preview import Preview, no_preview
from ..solver.unknowns import VARIED, Unknowns
from .fitter import ROUNDS, WITHOUT_NORMALS, Placed, ScanFitter
from .likeness import Likeness, front_of, likeness
from .matching import NearestSurface, Scan
from .mouth import fitted_with_mouth
from .nature import agreeing, is_a_heads_size, turned, way_turned
from .start import Begun, searched

LEAST_POINTS = 100
SAMPLES = 3000  # points of the scan that the fit looks at
REPORTED = 40_000  # points whose distance is told
LANDMARK_NOISE = 2e-3  # metres
SIZE_SPREAD = 0.15  # standard deviation of the logarithm of a scan's size that its points alone have told
LANDMARKS_SIZE_SPREAD = 0.047  # of one that landmarks have: as the faces of 2,000 people of FLAME 2023 Open spread
FAR_FACE = 3e-3  # metres: faces that the model was not made from lie 1 to 2 mm off, half of their points
ELSEWHERE = 5e-3  # metres: farther than that the scan shows something that the head has not, such as hair
MUCH = 0.2  # share of the scan


def fit_scan(evaluator: FlameEvaluator, scan: Scan, surface: NearestSurface, **options: object) -> Fit:
    """Fit a head to a scan; :func:`fitting_scan` does it in steps, and tells more of the options.

    Parameters
    ----------
    evaluator : FlameEvaluator
        Of the model.
    scan : matching.Scan
        At least 100 points, metres, FLAME's axes, with normals where they are known.
    surface : callable
        What finds nearest points on the head's triangles, see ``matching.NearestSurface``.
    **options
        ``embedding`` (LandmarkEmbedding or None, default None): the set of the landmarks, where there are any;
        ``landmarks`` (ObservedLandmarks or None, default None): (L, 3) points, metres, FLAME's axes: where the fit
        begins; ``landmark_noise`` (float, metres, default 2e-3): how far off they are at least; ``fit_scale`` (bool,
        default False): the head may be scaled as a whole; ``with_offsets`` (bool, default False): add what no
        coefficient tells as offsets; ``vary`` (iterable of str, default VARIED): the fields of FlameParams that may
        change; VARIED is shape, expression, all rotations and translation; ``start`` (FlameParams or None, default
        None): where the fit begins, what is most likely of the coefficients, and what the other fields keep; ``seed``
        (int, default 0): of the random numbers that choose the scan's points; ``preview`` (callable): called with the
        FlameParams of the head so far.

    Returns
    -------
    Fit
        The head, and the distances of the scan's points in mm.

    Raises
    ------
    LandmarkError
        The landmarks are not those of a face.
    ParameterError
        The scan has too few points, no finite ones or no face, or an option is wrong.
    """
    return result_of(fitting_scan(evaluator, scan, surface, **options))  # type: ignore[arg-type]


def fitting_scan(  # noqa: PLR0913  (each a choice of its own, by name)
    evaluator: FlameEvaluator,
    scan: Scan,
    surface: NearestSurface,
    *,
    embedding: LandmarkEmbedding | None = None,
    landmarks: ObservedLandmarks | None = None,
    landmark_noise: float = LANDMARK_NOISE,
    fit_scale: bool = False,
    with_offsets: bool = False,
    vary: Iterable[str] = VARIED,
    start: FlameParams | None = None,
    seed: int = 0,
    preview: Preview = no_preview,
) -> Generator[float, None, Fit]:
    """Fit a head to ``scan``; yields the share that is done.

    Points are matched with the nearest point of the head, again and again, and the head brought nearer along its
    normals. How much they count follows from what is left over: see :mod:`.shared_noise`, and :mod:`.covered` for hair,
    ears and necks. It begins at ``start``, or where ``landmarks`` (L, 3) of ``embedding`` put it (off by
    ``landmark_noise`` at least), or else at the best of many turns up to 75 degrees from upright. With ``fit_scale``
    the scan may have any size; so it is done, and said, with one that is no head's size. Normals may point inwards.
    ``with_offsets`` adds what no coefficient tells as the head's offsets.

    The report says what is doubtful. Raises LandmarkError, and ParameterError for what is no scan or has no face.
    """
    _check(scan)
    fitting = _Fitting(evaluator, surface, set(vary), start, seed, preview)
    if landmarks is not None and embedding is not None:
        begin = fitting.from_landmarks(scan, embedding, landmarks, landmark_noise, fit_scale)
        outcome = yield from part_of(begin, 0.0, 0.9)
    elif start is not None:
        outcome = yield from part_of(fitting.from_start(scan, start, fit_scale), 0.0, 0.9)
    else:
        fit_any_size = fit_scale or not is_a_heads_size(scan.points)
        outcome = yield from part_of(fitting.from_anywhere(scan, fit_any_size), 0.0, 0.9)
    _check_face(outcome.like.why_no_face)
    fit = yield from part_of(_reported(outcome, with_offsets, asked_to_scale=fit_scale), 0.9, 1.0)
    return fit


def _check(scan: Scan) -> None:
    if len(scan.points) < LEAST_POINTS:
        raise ParameterError(f"A scan must have at least {LEAST_POINTS} points, found {len(scan.points)}.")
    if not np.isfinite(scan.points).all():
        raise ParameterError("A scan must have finite coordinates, found NaN or infinity.")
    if not np.ptp(scan.points, axis=0).max() > 0:
        raise ParameterError("A scan must reach somewhere, found all its points in one place.")


def _check_face(why_not: str) -> None:
    if why_not:
        raise ParameterError(
            f"The scan has no face: {why_not}; check its unit and axes, turn Any Size on, crop it to the head, or "
            "place landmarks."
        )


@dataclass(frozen=True, eq=False)
class _Outcome:
    """A head on a ``scan`` that was divided by ``size`` and its normals multiplied by ``way``."""

    fitter: ScanFitter
    placed: Placed
    size: float
    scan: Scan
    way: float
    like: Likeness
    sizes: CoefficientSizes


@dataclass(frozen=True, eq=False)
class _Fitting:
    """The ways to begin a fit, each to its end."""

    evaluator: FlameEvaluator
    surface: NearestSurface
    vary: set[str]
    start: FlameParams | None
    seed: int
    preview: Preview

    def fitter(self, scale_spread: float) -> ScanFitter:
        given = self.start or FlameParams()
        return ScanFitter.of(self.evaluator, self.surface, self.vary, scale_spread, given, self.preview)

    def from_landmarks(
        self, scan: Scan, embedding: LandmarkEmbedding, landmarks: ObservedLandmarks, noise: float, fit_scale: bool
    ) -> Generator[float, None, _Outcome]:
        """Where the landmarks put the head, and at the size that they tell where it is not a head's."""
        model, size, size_spread = self.evaluator.model, 1.0, np.inf
        if landmarks.points.shape[1] == 3 and landmarks.count > 3 and landmarks.indices.max() < embedding.count:
            mean = landmark_points(model.v_template, model.faces, embedding)[landmarks.indices]
            size = similarity_alignment(mean, landmarks.points, landmarks.weights)[0]
            size_spread = LANDMARKS_SIZE_SPREAD
        fit_scale = fit_scale or not 1 / LARGEST_FACTOR <= size <= LARGEST_FACTOR
        size, size_spread = (size, size_spread) if fit_scale and size > 0 else (1.0, np.inf)
        sized = dataclasses.replace(landmarks, points=landmarks.points / size)
        options = {"fit_scale": fit_scale, "noise": noise, "vary": self.vary, "start": self.start}
        placing = fitting_landmarks_3d(self.evaluator, embedding, sized, **options)  # type: ignore[arg-type]
        placed = yield from part_of(placing, 0.0, 0.1)
        fitter = self.fitter(size_spread if fit_scale else 0.0)
        fitter = fitter.beside(EmbeddedLandmarks.of(self.evaluator, fitter.whole, embedding, sized, 1), noise)
        begun = Begun(self._sample(scan, size), fitter.placed(placed.params, placed.scale), size)
        return (yield from part_of(self._to_the_end(fitter, scan, begun), 0.1, 1.0))

    def from_start(self, scan: Scan, start: FlameParams, fit_scale: bool) -> Generator[float, None, _Outcome]:
        """Where the parameters have it."""
        fitter = self.fitter(np.inf if fit_scale else 0.0)
        begun = Begun(self._sample(scan, 1.0), fitter.placed(start, 1.0), 1.0)
        return (yield from self._to_the_end(fitter, scan, begun))

    def from_anywhere(self, scan: Scan, fit_scale: bool) -> Generator[float, None, _Outcome]:
        """The likeliest of many turns, and of sizes."""
        fitter, rng = self.fitter(SIZE_SPREAD if fit_scale else 0.0), np.random.default_rng(self.seed)
        begun = yield from part_of(searched(fitter, self._sample(scan, 1.0), rng), 0.0, 0.5)
        _check_face(self._like(fitter, begun.scan, begun.placed.unknowns).why_never_a_face)
        return (yield from part_of(self._to_the_end(fitter, scan, begun, mouth_known=False), 0.5, 1.0))

    def _sample(self, scan: Scan, size: float) -> Scan:
        some = scan[_some(np.random.default_rng(self.seed), len(scan.points), SAMPLES)]
        return Scan(some.points / size, some.normals)

    def _to_the_end(
        self, fitter: ScanFitter, scan: Scan, begun: Begun, *, mouth_known: bool = True
    ) -> Generator[float, None, _Outcome]:
        before = self._sample(scan, begun.size)
        sample = agreeing(begun.scan, fitter.matches(begun.scan, begun.placed.unknowns))
        running = fitter.fitted(sample, begun.placed, ROUNDS if sample.normals is not None else WITHOUT_NORMALS)
        placed = yield from (running if mouth_known else fitted_with_mouth(fitter, sample, begun.placed))
        unknowns, way = placed.unknowns, way_turned(before, sample)
        reported = scan[_some(np.random.default_rng(self.seed + 1), len(scan.points), REPORTED)]
        reported = turned(Scan(reported.points / begun.size, reported.normals), way)
        coefficients, settled = unknowns.coefficients, fitter.settled(sample, unknowns)
        sizes = coefficient_sizes(self.evaluator.model, coefficients, settled)
        like = self._like(fitter, reported, unknowns)
        return _Outcome(fitter, placed, begun.size, reported, way, like, sizes)

    def _like(self, fitter: ScanFitter, scan: Scan, unknowns: Unknowns) -> Likeness:
        face, turn = front_of(self.evaluator.model, fitter.cover), unknowns.pose.rotations[0, :2]
        matches = fitter.matches(scan, unknowns)
        return likeness(scan, matches, face, fitter.patches, turn[0] @ turn[1], unknowns.scale)


def _reported(outcome: _Outcome, with_offsets: bool, asked_to_scale: bool) -> Generator[float, None, Fit]:
    """With offsets where they are wanted, errors and notes."""
    fitter, unknowns, size = outcome.fitter, outcome.placed.unknowns, outcome.size
    offsets, scale = fitter.given.offsets, unknowns.scale
    if with_offsets:
        offsets = yield from part_of(fitter.finding_offsets(outcome.scan, unknowns), 0.0, 0.8)
    errors = size * fitter.matches(outcome.scan, unknowns, offsets).distances
    yield 1.0
    notes = (*outcome.sizes.notes(), *_notes(outcome, errors / (size * scale), size * scale, asked_to_scale))
    report = FitReport("raw scan", MILLIMETRES, 1000 * errors, outcome.placed.iterations, notes, outcome.sizes)
    return Fit(unknowns.params(offsets), report, size * scale)


def _notes(outcome: _Outcome, off: np.ndarray, scale: float, asked_to_scale: bool) -> tuple[str, ...]:
    """What was assumed and what is doubtful; ``off`` are the distances, metres of the head."""
    like, notes, doubts = outcome.like, [], []
    if outcome.way < 0:
        notes.append("The scan's faces are wound inwards: its normals were turned round.")
    if outcome.way == 0:
        notes.append("The scan's normals agree with no head: its points were taken without them.")
    elsewhere = float((off > ELSEWHERE).mean())
    if elsewhere > MUCH:
        notes.append(
            f"The bare face is {1000 * like.median:.2g} mm off (median); {100 * elsewhere:.0f} % of the scan is "
            f"farther than {1000 * ELSEWHERE:g} mm from the head, as hair and shoulders are."
        )
    if outcome.fitter.scaled and not asked_to_scale:
        doubts.append(f"the scan is {scale:.3g} times as large as a head, and is fitted at that size: check its unit.")
    if like.median > FAR_FACE:
        doubts.append(f"the bare face is {1000 * like.median:.2g} mm off (median): look whether the head is right.")
    return (*notes, *doubtful(doubts))


def _some(rng: np.random.Generator, total: int, count: int) -> np.ndarray:
    return np.arange(total) if total <= count else rng.choice(total, count, replace=False)
