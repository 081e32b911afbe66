"""From landmarks in space to parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterable

import numpy as np

from ..flame.errors import LandmarkError, ParameterError
from ..flame.evaluator import FlameEvaluator
from ..flame.landmarks import YAW_SIGN_SILHOUETTE, LandmarkEmbedding
from ..flame.params import FlameParams
from ..flame.steps import result_of
from .embedded import EmbeddedLandmarks, head_turn
from .least_squares import Prior, minimising
from .observed import ObservedLandmarks
from .outcome import MILLIMETRES, Fit, FitReport, Preview, no_preview, shown
from .part import HeadPart
from .targets import RIGID_ROUNDS, Targets, scale_of
from .unknowns import VARIED, Unknowns, free_steps

LEAST_POINTS = 4
RIGID = ("global_rotation", "translation")
MOST_STEPS = 100
# The points are first taken for as noisy as they are off, then for finer and finer: no point is an outlier before the
# head has come near it, and directions that many points tell are settled before those that few do.
FINER = 4.0
NOISE = 1e-3  # metres: what a careful hand picks


def fit_landmarks_3d(
    evaluator: FlameEvaluator, embedding: LandmarkEmbedding, observed: ObservedLandmarks, **options: object
) -> Fit:
    """:func:`fitting_landmarks_3d`, to the end."""
    return result_of(fitting_landmarks_3d(evaluator, embedding, observed, **options))  # type: ignore[arg-type]


def fitting_landmarks_3d(
    evaluator: FlameEvaluator,
    embedding: LandmarkEmbedding,
    observed: ObservedLandmarks,
    *,
    fit_scale: bool = False,
    noise: float = NOISE,
    vary: Iterable[str] = VARIED,
    start: FlameParams | None = None,
    yaw_sign: int = YAW_SIGN_SILHOUETTE,
    preview: Preview = no_preview,
) -> Generator[float, None, Fit]:
    """Fit a head to ``observed`` points (L, 3) of ``embedding``; yields the share that is done.

    The most likely head: coefficients from N(0, 1), joints turned little, points off by ``noise`` (metres, the standard
    deviation of a point of weight 1; far outliers count less). With ``fit_scale`` the head may be scaled as a whole.
    From ``start`` its values are where the fit begins, what is most likely of the coefficients, and what the fields that
    are not in ``vary`` keep; without it the head is first aligned. Raises LandmarkError, ParameterError.
    """
    if observed.points.shape[1] != 3:
        raise LandmarkError("Landmarks in space must have three coordinates, found points with two.")
    if observed.count < LEAST_POINTS and start is None:
        raise LandmarkError(f"At least {LEAST_POINTS} landmarks are needed, found {observed.count}.")
    if not noise > 0:
        raise ParameterError(f"noise must be above 0 metres, found {noise:g}.")
    vary = tuple(vary)
    given = start or FlameParams()
    whole = HeadPart.whole(evaluator, given.offsets)
    landmarks = EmbeddedLandmarks(evaluator, whole, embedding, observed, yaw_sign)
    targets = Targets(landmarks.at, observed.points, observed.weights, noise, fit_scale)
    unknowns = Unknowns.of(evaluator, given, (0.0,) if fit_scale else ())
    prior = Prior.of(evaluator, given, ((0.0, np.inf),) if fit_scale else ())
    landmarks.turned(head_turn(unknowns))
    if start is None and set(vary) >= set(RIGID):
        for _ in range(RIGID_ROUNDS):
            root_joint = whole.joints[0] + (whole.joint_directions @ unknowns.coefficients)[:3]
            unknowns = targets.aligned(unknowns, root_joint)
            landmarks.turned(head_turn(unknowns))
    steps, settled, rough = 0, False, max(noise, float(np.sqrt((targets.errors(unknowns) ** 2).mean())))
    while not settled:
        free = free_steps(evaluator, vary, len(unknowns.further))
        look = dataclasses.replace(targets, noise=rough).look
        running = minimising(look, unknowns, prior, free, evaluator.parents, MOST_STEPS)
        solved = yield from shown(running, evaluator, given.offsets, preview, steps)
        unknowns, steps = solved.unknowns, steps + solved.steps
        slid = landmarks.turned(head_turn(unknowns))
        settled = steps >= MOST_STEPS or (rough == noise and not slid)
        rough = max(noise, rough / FINER)
    errors = 1000 * targets.errors(unknowns)
    notes = () if solved.settled else ("The solver had not settled when it was stopped.",)
    yield 1.0
    return Fit(
        unknowns.params(evaluator, given.offsets),
        FitReport("3D landmarks", MILLIMETRES, errors, steps, notes),
        scale_of(unknowns, fit_scale),
    )
