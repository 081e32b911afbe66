"""A head brought onto a scan: points matched with the nearest of the head's surface, and solved for, in turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from ...flame.evaluator import FlameEvaluator
from ...flame.offsets import offsets_from_vertices
from ...flame.params import FlameParams
from ..landmarks.embedded import EmbeddedLandmarks
from ..landmarks.targets import Targets
from ..reports.doubts import settled_fractions
from ..solver.equations import Equations, normal_equations
from ..solver.graduated import RIGID
from ..solver.layer import HeadPart
from ..solver.least_squares import Prior, damped_step
from ..solver.preview import Preview
from ..solver.surface_points import SurfacePoints
from ..solver.unknowns import LOG_SCALE, VARIED, Unknowns, free_entries
from .covered import LIDS, covered
from .matching import CUT, Matches, NearestSurface, Scan, matched
from .offsets import Skin
from .shared_noise import SharedNoise, estimated_noise, noise_of_neighbours, patches_of

Rounds = tuple[tuple[tuple[str, ...], int], ...]

ROUNDS = ((RIGID, 5), ((*RIGID, "shape"), 8), (VARIED, 40))  # of matching at most, and what then varies
# Without normals, points that lie beside the head are matched too: one in four such fits creeps along, 1 mm off, for up
# to 70 rounds before it comes to its end, 0.3 mm off.
WITHOUT_NORMALS = (*ROUNDS[:2], (VARIED, 100))
CLOSE = 3.5e-4  # metres: a head with as little left over has come to its end after the usual rounds
# The noise, in metres, that points are taken to have at least until all varies, and what becomes of it from then on in
# each round. A mouth that is open in the scan must not be cut off as an outlier before the head's opens.
ROUGHEST, FINER = 2.5e-3, 0.82
USUAL = ROUNDS[-1][1]
STILL = 2e-5  # metres: a head that moves less on average from round to round has settled
OFFSET_ROUNDS = 4
MEDIAN_LENGTH = 1.538  # of vectors of three numbers from N(0, 1)
# Annotators' landmarks and the model's do not lie on the same skin: what is left over beyond their noise, up to
# LANDMARKS_MOST metres, is shared by so many of a brow, a lid or a lip.
LANDMARKS_MOST, NEIGHBOURS = 0.010, 3.0


@dataclass(frozen=True, eq=False)
class Placed:
    """A head somewhere on a scan, and how many iterations of the solver brought it there."""

    unknowns: Unknowns
    iterations: int = 0


@dataclass(frozen=True, eq=False)
class ScanFitter:
    """What stays the same while a head is fitted to a scan of about a head's size.

    ``vary``: the fields of FlameParams that may change; ``given`` are the parameters of what does not vary;
    ``landmarks`` count beside the scan.
    """

    evaluator: FlameEvaluator
    surface: NearestSurface
    vary: set[str]
    given: FlameParams
    preview: Preview
    whole: HeadPart
    prior: Prior
    patches: np.ndarray
    cover: np.ndarray
    landmarks: Targets | None = None

    @classmethod
    def of(
        cls,
        evaluator: FlameEvaluator,
        surface: NearestSurface,
        vary: set[str],
        scale_spread: float,
        given: FlameParams,
        preview: Preview,
    ) -> ScanFitter:
        """``scale_spread``: the standard deviation of the logarithm of the head's scale, 0 where it is not scaled."""
        model = evaluator.model
        prior = Prior.of(evaluator, given, {LOG_SCALE: (0.0, scale_spread)} if scale_spread > 0 else {})
        patches, cover = patches_of(model.v_template, model.faces), covered(model)
        whole = HeadPart.whole(evaluator, given.offsets)
        return cls(evaluator, surface, vary, given, preview, whole, prior, patches, cover)

    @property
    def scaled(self) -> bool:
        """Whether the head is scaled."""
        return LOG_SCALE in self.prior.layout.extras

    def placed(self, params: FlameParams, scale: float) -> Placed:
        """Where a fit may begin."""
        return Placed(Unknowns.of(self.evaluator, params, {LOG_SCALE: np.log(scale)} if self.scaled else {}))

    def beside(self, landmarks: EmbeddedLandmarks, noise: float) -> ScanFitter:
        """The same with landmarks that count beside the scan, with a noise of ``noise`` metres at least."""
        observed = landmarks.observed
        return dataclasses.replace(self, landmarks=Targets(landmarks, observed.points, observed.weights, noise))

    def vertices(self, unknowns: Unknowns, offsets: np.ndarray | None = None) -> np.ndarray:
        """(V, 3) float64 of the head, in the scan's scale, with ``offsets`` or else the given ones."""
        params = unknowns.params(self.given.offsets if offsets is None else offsets)
        return unknowns.scale * self.evaluator.vertices(params).astype(np.float64)

    def matches(self, scan: Scan, unknowns: Unknowns, offsets: np.ndarray | None = None) -> Matches:
        """Where the scan's points belong, on a head with ``offsets`` or else the given ones."""
        return self._matched(scan, self.vertices(unknowns, offsets))

    def _matched(self, scan: Scan, vertices: np.ndarray) -> Matches:
        faces = self.evaluator.model.faces
        return matched(scan, vertices, faces, self.surface(vertices, faces))

    def noise(self, matches: Matches, settled: float) -> SharedNoise:
        """What is left on the bare face; ``settled`` coefficients were spent on it."""
        return estimated_noise(matches, self.patches, self.cover, settled)

    def fitted(
        self, sample: Scan, begun: Placed, rounds: Rounds, jaw: float | None = None
    ) -> Generator[float, None, Placed]:
        """Match and solve in turn, each of the rounds until the head hardly moves or its count is up.

        ``jaw`` is the standard deviation of how far the mouth is open, radians, where it is not that of any mouth.
        """
        unknowns, iterations = begun.unknowns, begun.iterations
        prior = self.prior if jaw is None else self.prior.with_jaw(jaw)
        total, done, noise, settled = sum(count for _, count in rounds), 0, np.inf, 0.0
        for fields, count in rounds:
            free = free_entries(unknowns.layout, self.vary & set(fields))
            done, before = done + count, None
            for left in reversed(range(count)):
                vertices = self.vertices(unknowns)
                matches = self._matched(sample, vertices)
                estimated = self.noise(matches, settled)
                still = before is not None and np.linalg.norm(vertices - before, axis=1).mean() < STILL
                if still and (noise <= estimated.alone or fields != VARIED):
                    break
                if count - left > USUAL and estimated.alone < CLOSE:
                    break
                before = vertices
                roughest = min(noise * FINER, ROUGHEST) if fields == VARIED else ROUGHEST
                noise = min(noise, max(estimated.alone, roughest))
                observed = self._linearise(sample, matches, dataclasses.replace(estimated, alone=noise), unknowns)
                settled = float(settled_fractions(observed, prior, unknowns, self.evaluator.parents, free).sum())
                equations = observed + prior.linearise(unknowns, self.evaluator.parents)
                unknowns = unknowns.stepped(damped_step(equations, unknowns, prior, free)[0], self.evaluator.parents)
                self.preview(unknowns.params(self.given.offsets))
                iterations += 1
                yield (done - left) / total
        return Placed(unknowns, iterations)

    def settled(self, sample: Scan, unknowns: Unknowns) -> np.ndarray:
        """(K,) how much of each coefficient the scan and the landmarks tell: :func:`.doubts.settled_fractions`."""
        matches = self.matches(sample, unknowns)
        free = free_entries(unknowns.layout, self.vary)
        observed = self._linearise(sample, matches, self.noise(matches, 0.0), unknowns)
        count = float(settled_fractions(observed, self.prior, unknowns, self.evaluator.parents, free).sum())
        observed = self._linearise(sample, matches, self.noise(matches, count), unknowns)
        return settled_fractions(observed, self.prior, unknowns, self.evaluator.parents, free)

    def finding_offsets(self, scan: Scan, unknowns: Unknowns) -> Generator[float, None, np.ndarray | None]:
        """(V, 3) offsets that move the head's skin onto the scan's. Hair and clothes hardly move it."""
        model, offsets = self.evaluator.model, self.given.offsets
        skin, cover = Skin.of(model.v_template, model.faces), np.where(self.cover > LIDS, self.cover, 0.0)
        before, moved, covers = self.vertices(unknowns), np.zeros((model.n_vertices, 3)), dict[float, float]()
        enough: float | None = None
        for number in range(OFFSET_ROUNDS):
            matches = self.matches(scan, unknowns, offsets)
            noise = estimated_noise(matches, self.patches, cover, 0.0)
            covers = covers or dict(noise.covers)  # those of the head that is not yet drawn into the hair
            noise = dataclasses.replace(noise, covers=covers)
            widths, _ = noise.deviations(matches, self.patches, cover)
            alone = noise_of_neighbours(matches, cover, noise.alone)
            _, counted = SharedNoise(alone, 0.0, covers).deviations(matches, self.patches, cover)
            weights = matches.weights(CUT * widths) * skin.holds(matches)
            further, enough = skin.movement(matches, weights, counted, moved, enough)
            moved += further
            moved = skin.unfolded(before, moved)
            params = unknowns.params(self.given.offsets)
            wanted = self.evaluator.vertices(params) + moved / unknowns.scale
            offsets = offsets_from_vertices(self.evaluator, params, wanted)
            self.preview(unknowns.params(offsets))
            yield (number + 1) / OFFSET_ROUNDS
        return offsets

    def _linearise(self, sample: Scan, matches: Matches, noise: SharedNoise, unknowns: Unknowns) -> Equations:
        """Of the solver: the head should meet the planes through its matches, and the landmarks where there are any."""
        widths, counted = noise.deviations(matches, self.patches, self.cover)
        weights = matches.weights(CUT * widths)
        used = np.flatnonzero(weights)
        corners = self.evaluator.model.faces[matches.triangles[used]]
        points = SurfacePoints(self.whole, corners, matches.barycentric[used]).at(unknowns)
        scale, along = unknowns.scale, (matches.normals / counted[:, None])[used, None]
        jacobian = points.jacobian(scale * along)
        if self.scaled:
            jacobian[..., unknowns.layout.entry_of(LOG_SCALE)] = (along @ (scale * points.places)[..., None])[..., 0]
        away = (along[:, 0] * (sample.points[used] - scale * points.places)).sum(1, keepdims=True)
        of_scan = normal_equations(away, jacobian, weights[used])
        if self.landmarks is None:
            return of_scan
        landmarks = self.landmarks.slid(unknowns)
        off = float(np.median(landmarks.errors(unknowns))) / MEDIAN_LENGTH
        shared = max(min(off, LANDMARKS_MOST) ** 2 - landmarks.noise**2, 0.0)
        noise_of_them = float(np.sqrt(landmarks.noise**2 + NEIGHBOURS * shared))
        return of_scan + dataclasses.replace(landmarks, noise=noise_of_them).linearise(unknowns)
