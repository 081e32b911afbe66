"""From a raw scan, a mesh or a cloud of points, to parameters."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass

import numpy as np

from ..flame.errors import ParameterError
from ..flame.evaluator import FlameEvaluator
from ..flame.landmarks import LandmarkEmbedding
from ..flame.offsets import offsets_from_vertices
from ..flame.params import FlameParams
from ..flame.steps import part_of, result_of
from .embedded import EmbeddedLandmarks
from .graduated import RIGID
from .landmarks_3d import fitting_landmarks_3d
from .least_squares import Equations, Prior, damped_step, equations, surprise
from .matching import CUT, Matches, NearestSurface, Scan, matched
from .observed import ObservedLandmarks
from .outcome import MILLIMETRES, Fit, FitReport, Preview, no_preview
from .part import HeadPart
from .rigid_start import rigid_start
from .scan_offsets import edges_of, smooth_movement
from .surface_points import SurfacePoints
from .targets import Targets, scale_of
from .unknowns import VARIED, Unknowns, free_steps

Rounds = tuple[tuple[tuple[str, ...], int], ...]

LEAST_POINTS = 100
SAMPLES = 3000  # points of the scan that the fit looks at
REPORTED = 40_000  # points whose distance is told
LANDMARK_NOISE = 2e-3  # metres
ROUNDS = ((RIGID, 5), ((*RIGID, "shape"), 8), (VARIED, 40))  # of matching at most, and what then varies
# The noise, in metres, that points are taken to have at least until all varies, and what becomes of it from then on in
# each round. A mouth that is open in the scan must not be cut off as an outlier before the head's opens.
ROUGHEST, FINER = 2.5e-3, 0.82
STILL = 2e-5  # metres: a head that moves less on average from round to round has settled
STARTS = 3  # of those that the search for a start finds, how many are fitted before one is chosen
OFFSET_ROUNDS = 5
TRIED = ((RIGID, 4), ((*RIGID, "shape"), 5))
FAR_OFF = 5e-3  # metres: a scan half of whose points are farther from the head than that is none
# Of what least_squares.surprise tells: heads of the model give 0.7 to 1.3, a sphere or a box 12 and more where the
# model's directions are those of heads.
UNUSUAL, IMPOSSIBLE = 2.5, 6.0


def fit_scan(evaluator: FlameEvaluator, scan: Scan, surface: NearestSurface, **options: object) -> Fit:
    """:func:`fitting_scan`, to the end."""
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
    normals; points too far off, or turned away, count for nothing, so hair, shoulders and holes do no harm. It begins
    at ``start``, or where ``landmarks`` (L, 3) of ``embedding`` put it, or else at the best of many turns up to 75
    degrees from upright. ``with_offsets`` adds what no coefficient tells as the head's offsets. Raises LandmarkError,
    ParameterError.
    """
    if len(scan.points) < LEAST_POINTS:
        raise ParameterError(f"A scan must have at least {LEAST_POINTS} points, found {len(scan.points)}.")
    if not np.isfinite(scan.points).all():
        raise ParameterError("A scan must have finite coordinates, found NaN or infinity.")
    rng = np.random.default_rng(seed)
    fitter = _ScanFitter(evaluator, surface, set(vary), fit_scale, start or FlameParams(), preview)
    sample = scan[_some(rng, len(scan.points), SAMPLES)]
    if landmarks is not None and embedding is not None:
        begun = yield from part_of(
            fitting_landmarks_3d(
                evaluator, embedding, landmarks, fit_scale=fit_scale, noise=landmark_noise, vary=vary, start=start
            ),
            0.0,
            0.1,
        )
        unknowns = fitter.unknowns(begun.params, begun.scale)
        fitter.hold_landmarks(EmbeddedLandmarks(evaluator, fitter.whole, embedding, landmarks, 1), landmark_noise)
    elif start is not None:
        unknowns = fitter.unknowns(start, 1.0)
    else:
        unknowns = yield from part_of(fitter.started(sample, rng), 0.0, 0.4)
    unknowns = yield from part_of(fitter.fitted(sample, unknowns, ROUNDS), 0.4, 0.9)
    surprising = fitter.surprise(sample, unknowns)
    told = scan[_some(rng, len(scan.points), REPORTED)]
    if with_offsets:
        yield from part_of(fitter.adding_offsets(told, unknowns), 0.9, 0.98)
    errors = fitter.matches(told, unknowns).distances
    notes = _doubts(errors, surprising)
    yield 1.0
    report = FitReport("raw scan", MILLIMETRES, 1000 * errors, fitter.steps, notes)
    return Fit(unknowns.params(evaluator, fitter.offsets), report, scale_of(unknowns, fit_scale))


def _doubts(errors: np.ndarray, surprising: float) -> tuple[str, ...]:
    """What to tell of a doubtful fit. Raises ParameterError for one of something that is no head."""
    far = float((errors > FAR_OFF).mean())
    if far > 0.5:
        raise ParameterError(
            f"The scan looks like no head: {100 * far:.0f} % of it is more than {1000 * FAR_OFF:g} mm from the nearest "
            "head; check its unit and axes, crop it to the head, or place landmarks."
        )
    if surprising > IMPOSSIBLE:
        raise ParameterError(
            f"The scan looks like no head: its coefficients would be {surprising**0.5:.1f} times a head's; "
            "check its unit and axes, crop it to the head, or place landmarks."
        )
    if surprising > UNUSUAL:
        return (f"Coefficients are {surprising**0.5:.1f} times as large as is usual: look whether the head is right.",)
    return ()


@dataclass(eq=False)
class _ScanFitter:
    """What stays the same while a head is fitted to a scan."""

    evaluator: FlameEvaluator
    surface: NearestSurface
    vary: set[str]
    fit_scale: bool
    given: FlameParams
    preview: Preview
    steps: int = 0

    def __post_init__(self) -> None:
        self.offsets = self.given.offsets
        self.whole = HeadPart.whole(self.evaluator, self.offsets)
        self.prior = Prior.of(self.evaluator, self.given, ((0.0, np.inf),) if self.fit_scale else ())
        self.landmarks: Targets | None = None

    def unknowns(self, params: FlameParams, scale: float) -> Unknowns:
        """A place to begin."""
        return Unknowns.of(self.evaluator, params, (np.log(scale),) if self.fit_scale else ())

    def hold_landmarks(self, embedded: EmbeddedLandmarks, noise: float) -> None:
        """Let landmarks count beside the scan."""
        seen = embedded.observed
        self.landmarks = Targets(embedded.at, seen.points, seen.weights, noise, self.fit_scale, embedded.slide)

    def vertices(self, unknowns: Unknowns) -> np.ndarray:
        """(V, 3) float64 of the head, in the scan's scale."""
        vertices = self.evaluator.vertices(unknowns.params(self.evaluator, self.offsets))
        return scale_of(unknowns, self.fit_scale) * vertices.astype(np.float64)

    def matches(self, scan: Scan, unknowns: Unknowns) -> Matches:
        """Where the scan's points belong."""
        return self._matched(scan, self.vertices(unknowns))

    def _matched(self, scan: Scan, vertices: np.ndarray) -> Matches:
        faces = self.evaluator.model.faces
        return matched(scan, vertices, faces, self.surface(vertices, faces))

    def started(self, sample: Scan, rng: np.random.Generator) -> Generator[float, None, Unknowns]:
        """The likeliest place of the mean head."""
        mean = self.unknowns(self.given, 1.0)
        vertices = self.vertices(mean)
        faces = self.evaluator.model.faces
        front = np.array([0.0, np.median(vertices[:, 1]), vertices[:, 2].max() - 0.03])
        placings = yield from part_of(
            rigid_start(sample, vertices, faces, front, self.surface(vertices, faces), rng), 0.0, 0.7
        )
        root_joint = self.whole.joints_at(mean.coefficients)[0]
        best, least = mean, np.inf
        for number, placing in enumerate(placings[:STARTS]):
            tried = yield from part_of(
                self.fitted(sample, mean.moved(*placing, root_joint), TRIED), 0.7 + 0.1 * number, 0.8 + 0.1 * number
            )
            matches = self.matches(sample, tried)
            left = float(np.where(matches.agree, np.minimum(matches.distances, FAR_OFF), FAR_OFF).mean())
            if left < least:
                best, least = tried, left
        return best

    def fitted(self, sample: Scan, unknowns: Unknowns, rounds: Rounds) -> Generator[float, None, Unknowns]:
        """Match and solve in turn, each of the rounds until the head hardly moves or its count is up."""
        total, done, noise = sum(count for _, count in rounds), 0, np.inf
        for fields, count in rounds:
            free = free_steps(self.evaluator, self.vary & set(fields), len(unknowns.further))
            done, before = done + count, None
            for left in reversed(range(count)):
                vertices = self.vertices(unknowns)
                matches = self._matched(sample, vertices)
                finest = matches.noise()
                still = before is not None and np.linalg.norm(vertices - before, axis=1).mean() < STILL
                if still and (noise <= finest or fields != VARIED):
                    break
                before = vertices
                roughest = noise * FINER if fields == VARIED else ROUGHEST
                noise = min(noise, max(finest, roughest))
                seen = self._equations(sample, matches, noise, unknowns)
                here = seen + self.prior.look(unknowns, self.evaluator.parents)
                unknowns = unknowns.stepped(damped_step(here, unknowns, self.prior, free)[0], self.evaluator.parents)
                self.preview(unknowns.params(self.evaluator, self.offsets))
                self.steps += 1
                yield (done - left) / total
        return unknowns

    def surprise(self, sample: Scan, unknowns: Unknowns) -> float:
        """How unlikely the coefficients are for a head: :func:`.least_squares.surprise`."""
        matches = self.matches(sample, unknowns)
        seen = self._equations(sample, matches, matches.noise(), unknowns)
        free = free_steps(self.evaluator, self.vary, len(unknowns.further))
        return surprise(seen, self.prior, unknowns, self.evaluator.parents, free)

    def adding_offsets(self, scan: Scan, unknowns: Unknowns) -> Generator[float, None, None]:
        """Move the head's surface onto the scan, and keep that as offsets."""
        faces = self.evaluator.model.faces
        edges, moved = edges_of(faces), np.zeros((self.evaluator.model.n_vertices, 3))
        for number in range(OFFSET_ROUNDS):
            matches, scale = self.matches(scan, unknowns), scale_of(unknowns, self.fit_scale)
            noise = matches.noise()
            moved += smooth_movement(matches, matches.weights(CUT * noise), noise, faces, edges, moved)
            params = unknowns.params(self.evaluator, self.given.offsets)
            wanted = self.evaluator.vertices(params) + moved / scale
            self.offsets = offsets_from_vertices(self.evaluator, params, wanted)
            self.preview(unknowns.params(self.evaluator, self.offsets))
            yield (number + 1) / OFFSET_ROUNDS

    def _equations(self, sample: Scan, matches: Matches, noise: float, unknowns: Unknowns) -> Equations:
        """Of the solver: the head should meet the planes through its matches, and the landmarks where there are any."""
        weights = matches.weights(CUT * noise)
        used = np.flatnonzero(weights)
        corners = self.evaluator.model.faces[matches.triangles[used]]
        found = SurfacePoints(self.whole, corners, matches.barycentric[used]).at(unknowns)
        scale, along = scale_of(unknowns, self.fit_scale), matches.normals[used, None] / noise
        rows = found.rows(scale * along)
        if self.fit_scale:
            by_scale = (along @ (scale * found.places)[..., None]).astype(np.float32)
            rows = np.concatenate([rows, by_scale], -1)
        away = (along[:, 0] * (sample.points[used] - scale * found.places)).sum(1, keepdims=True)
        seen = equations(away, rows, weights[used])
        if self.landmarks is None:
            return seen
        self.landmarks.slide(unknowns)
        return seen + self.landmarks.look(unknowns)


def _some(rng: np.random.Generator, total: int, count: int) -> np.ndarray:
    return np.arange(total) if total <= count else rng.choice(total, count, replace=False)
