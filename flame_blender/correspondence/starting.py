"""Where a correspondence begins: at landmarks that both models have, else at what shape alone tells, and a fit."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..errors import ModelError, ParameterError
from ..fitting.scans.matching import NearestSurface, Scan
from ..fitting.scans.scan import fitting_scan
from ..flame.evaluator import FlameEvaluator
from ..flame.landmarks import LandmarkEmbedding, landmark_points
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..geometry.rigid import similarity_alignment
from ..geometry.thin_plate import distances
from .face_points import face_points
from .rest_skin import RestSkin

IBUG, MEDIAPIPE = "ibug", "mediapipe"
FITTED_POINTS = 300  # of a head that was fitted without landmarks
VARIED = "shape", "global_rotation", "translation"
APART = 0.03  # metres from points that the shape alone tells
TAILS = ((-51, -50), (-42, -43))  # of iBUG's points, from the last: where a brow ends, and the point before

Pairs = tuple[np.ndarray, np.ndarray]


class Known(NamedTuple):
    """What is known of both heads before their surfaces are compared.

    ``sets``: the source's landmarks as the target's convention has them, to be carried over. ``held``: points (n, 3) of
    the source at rest and where they lie on the target, brow on brow; None where the two have no landmarks in common.
    ``by_sets``: the same of ``sets`` alone, where these have the brows elsewhere.
    """

    sets: Mapping[str, LandmarkEmbedding]
    held: Pairs | None
    by_sets: Pairs | None


def known_landmarks(source: FlameModel, target: FlameModel) -> Known:
    """The source's own landmarks, or those where FLAME's tools have them: whichever lie as the target's do.

    A target without any gets the tools'. The source's brows are held on the target's by its own points, whichever the
    others are: they are where brows are painted, and what its movements move. They end as near to the point before as
    the source's: FLAME's last points of brows lie 16 mm beside the eye's corner, down at the temple.
    """
    own = source.landmarks
    tools = {**own, **{name: replace(own[name], **_fixed(each)) for name, each in source.tool_landmarks.items()}}
    of_tools, of_own = (common_landmarks(source, target, sets) for sets in (tools, own))
    if of_tools is None or of_own is None:
        return Known(tools, None, None)
    if _misfit(of_own) <= _misfit(of_tools):
        return Known(own, of_own, None)
    mixed = {name: _with_brows_of(own[name], each) for name, each in tools.items()}
    return Known(tools, common_landmarks(source, target, mixed, brows_as_long=True), of_tools)


def common_landmarks(
    source: FlameModel,
    target: FlameModel,
    sets: Mapping[str, LandmarkEmbedding],
    *,
    brows_as_long: bool = False,
) -> Pairs | None:
    """Points (L, 3) of the source's ``sets`` and of the target at rest, iBUG's and MediaPipe's; None where none are.

    ``brows_as_long``: iBUG's last point of either brow comes as near to the one before it as the source's.
    """
    pairs = []
    for name in (IBUG, MEDIAPIPE):
        ones, others = sets.get(name), target.landmarks.get(name)
        if ones is not None and others is not None:
            here, there = _same(ones, others)
            points, goals = static_points(source, ones)[here], static_points(target, others)[there]
            if brows_as_long and name == IBUG and len(points) >= -TAILS[0][0]:
                _shorten_brows(points, goals)
            pairs.append((points, goals))
    if not sum(len(points) for points, _ in pairs):
        return None
    points, goals = (np.concatenate(each) for each in zip(*pairs, strict=True))
    return points, goals


def told_points(one: RestSkin, other: RestSkin) -> Pairs:
    """Points (n, 3) of both faces at rest that their shapes alone tell, see ``face_points``; none where none are."""
    ones, others = face_points(one), face_points(other)
    names = [name for name in ones if name in others]
    points, goals = ([np.zeros((0, 3)), *(found[name] for name in names)] for found in (ones, others))
    return np.concatenate(points), np.concatenate(goals)


def fitted_points(
    one: RestSkin, other: RestSkin, told: Pairs, surface: NearestSurface
) -> Generator[float, None, Pairs]:
    """Points (n, 3) of the source at rest, and where they lie when it is fitted to the target as to a scan.

    They begin with those ``told``, and are no others near these. Raises ModelError for a target that is no head.
    """
    evaluator, (points, goals) = FlameEvaluator(one.model), told
    scan = Scan(other.vertices[other.ids], other.normals[other.ids])
    start = FlameParams(translation=goals[0] - points[0]) if len(points) else None  # else it is looked for
    try:
        fit = yield from fitting_scan(evaluator, scan, surface, vary=VARIED, start=start)
    except ParameterError as error:
        raise ModelError(f"The model's mean head is not recognised as a head with a face: {error}") from error
    outer = one.ids[one.seen[one.ids]]
    chosen = np.random.default_rng(0).choice(outer, min(FITTED_POINTS, len(outer)), replace=False)
    if len(points):
        chosen = chosen[distances(one.vertices[chosen], points).min(1) > APART]
    fitted = evaluator.vertices(fit.params)[chosen].astype(np.float64)
    return np.concatenate([points, one.vertices[chosen]]), np.concatenate([goals, fitted])


def static_points(model: FlameModel, embedding: LandmarkEmbedding) -> np.ndarray:
    """The static points (L, 3) float64 of an embedding at rest."""
    alone = LandmarkEmbedding(embedding.static_faces, embedding.static_barycentric)
    return landmark_points(model.v_template, model.faces, alone).astype(np.float64)


def _fixed(embedding: LandmarkEmbedding) -> dict[str, np.ndarray]:
    return {key: getattr(embedding, key) for key in ("static_faces", "static_barycentric")}


def _with_brows_of(own: LandmarkEmbedding, other: LandmarkEmbedding) -> LandmarkEmbedding:
    """``other`` with the points of the brows as ``own`` has them."""
    brows = np.array([name.endswith("brow") for name in own.names[-len(own.static_faces) :]])
    fixed = {key: each.copy() for key, each in _fixed(other).items()}
    for key, each in fixed.items():
        each[brows] = getattr(own, key)[brows]
    return replace(other, **fixed)


def _shorten_brows(points: np.ndarray, goals: np.ndarray) -> None:
    for last, before in TAILS:
        wanted, found = (float(np.linalg.norm(each[last] - each[before])) for each in (points, goals))
        if found > wanted:
            goals[last] = goals[before] + wanted / found * (goals[last] - goals[before])


def _misfit(pairs: Pairs) -> float:
    """The mean square that is left when the ones are turned, moved and scaled onto the others."""
    ones, others = pairs
    scale, rotation, translation = similarity_alignment(ones, others)
    return float(((scale * ones @ rotation.T + translation - others) ** 2).sum(1).mean())


def _same(ones: LandmarkEmbedding, others: LandmarkEmbedding) -> Pairs:
    """Rows of points that are the same: by MediaPipe's indices; of iBUG's the last, as a contour may lie before."""
    if ones.indices is not None and others.indices is not None:
        _, here, there = np.intersect1d(ones.indices, others.indices, return_indices=True)
        return here, there
    count = min(len(ones.static_faces), len(others.static_faces)) if ones.indices is others.indices else 0
    rows = np.arange(-count, 0)
    return rows, rows
