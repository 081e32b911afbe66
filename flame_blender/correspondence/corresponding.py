"""From one head model to another: where each vertex of the one lies on the surface of the other."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

import numpy as np

from ..errors import ModelError
from ..fitting.scans.matching import NearestSurface
from ..fitting.scans.nature import is_a_heads_size
from ..flame.model import FlameModel
from ..geometry.thin_plate import ThinPlate, thin_plate
from ..long_work import part_of
from .carried_landmarks import carried_embedding, carried_regions
from .closest import Closest, closest
from .correspondence import Correspondence
from .lips_and_lids import Side, certainty
from .rest_skin import RestSkin
from .skin import vertex_areas
from .starting import IBUG, Pairs, fitted_points, known_landmarks, static_points, told_points


class Round(NamedTuple):
    """How the warp is made anew: from how many points, how smooth, and with matches how far off (metres).

    With ``turning`` (metres, see ``closest``) points go all the way to what is turned alike; without, along normals.
    """

    points: int
    smoothing: float
    farthest: float
    turning: float = 0.0


ROUNDS = (
    Round(500, 1e-3, 0.03),
    Round(800, 3e-4, 0.02),
    Round(1200, 1e-4, 0.012),
    Round(1400, 1e-4, 0.008),
    Round(1400, 5e-5, 0.006),
)
FIRST_ROUNDS = (
    Round(500, 3e-3, 0.03, 0.02),
    Round(600, 2e-3, 0.02, 0.02),
    Round(700, 1e-3, 0.02, 0.02),
)  # by a fit alone
FIRST_SMOOTHING = 1e-4  # metres, of the warp to begin with
FACE_SHARE = 4.0  # how much likelier a point of the face is taken than one elsewhere
SURE, LOST = 0.002, 0.006  # metres off the warped surface: up to there a place is trusted, from there on not at all
HIDDEN = 0.02  # of the trust in a vertex that is seen from outside
LEAST_TRUST = 0.02  # in the corners of mouth and eyes


def corresponding(
    source: FlameModel, target: FlameModel, surface: NearestSurface
) -> Generator[float, None, Correspondence]:
    """Find where the skin of ``target`` lies on that of ``source``; yields the share that is done.

    ``source`` has iBUG's landmarks and a region ``face``, as the built-in head. Where ``target`` has landmarks of the
    same layouts, they begin it (``known_landmarks``); else points of the face that its shape tells (``face_points``),
    and the source fitted to the target as to a scan, for which ``surface`` finds nearest points. The warp is then made
    anew in rounds, from points of the target and what is nearest to them on the warped source, as iterated closest
    points are (Besl and McKay, 1992). Raises ModelError where the source lacks what it needs, or the target is no head.
    """
    if IBUG not in source.landmarks or "face" not in source.regions:
        named = ", ".join([*source.landmarks, *source.regions]) or "none"
        raise ModelError(f"source: expected a model with landmarks 'ibug' and a region 'face', found {named}.")
    one, other = RestSkin(source), RestSkin(target)
    if not is_a_heads_size(other.vertices[other.ids]):
        height = np.ptp(other.vertices[other.ids, 1])
        raise ModelError(f"The model's mean head must be of a head's size in metres, found one {height:.3g} m high.")
    known = known_landmarks(source, target)
    held = known.held or told_points(one, other)
    points = static_points(source, source.landmarks[IBUG])
    of_one = one.sides(points)
    begin, begun = 0.0, held
    if known.held is None:
        begin = 0.6
        begun = yield from part_of(fitted_points(one, other, held, surface), 0.0, begin)
    warp = thin_plate(*begun, FIRST_SMOOTHING)
    rounds: tuple[Round, ...] = ROUNDS if len(held[0]) else (*FIRST_ROUNDS, *ROUNDS[1:])
    rng = np.random.default_rng(0)
    for number, each in enumerate(rounds):
        of_other = other.sides(warp(points))
        warp = _warped_anew(one, other, warp, (of_one, of_other), each, held, rng)
        yield begin + (0.95 - begin) * (number + 1) / len(rounds)
    found = closest(other.places(of_other), one.warped(warp), one.faces, of_one)
    by_sets = warp if known.by_sets is None else thin_plate(*known.by_sets, FIRST_SMOOTHING)
    landmarks = {
        name: carried_embedding(each, one, other, (by_sets, warp), of_one, of_other)
        for name, each in known.sets.items()
    }
    return Correspondence(
        vertices=other.ids,
        triangles=one.rows[found.rows],
        barycentric=found.barycentric,
        distances=found.distances,
        trust=_trust(other, found, of_other),
        warp=warp,
        landmarks=landmarks,
        regions=carried_regions(one, other, found),
    )


def _warped_anew(
    one: RestSkin,
    other: RestSkin,
    warp: ThinPlate,
    sides: tuple[tuple[Side, ...], tuple[Side, ...]],
    this: Round,
    held: Pairs,
    rng: np.random.Generator,
) -> ThinPlate:
    """The warp through ``held`` and through some points of the target and what is nearest to them on the source."""
    of_one, of_other = sides
    places, warped = other.places(of_other), one.warped(warp)
    found = closest(places, warped, one.faces, of_one, this.turning)
    chosen = _chosen(one, other, found, this, rng)
    corners, weights = one.faces[found.rows[chosen]], found.barycentric[chosen][..., None]
    there, now = ((vertices[corners] * weights).sum(1) for vertices in (one.vertices, warped))
    off, normals = places.points[chosen] - now, places.normals[chosen]
    if not this.turning:
        off = (off * normals).sum(1, keepdims=True) * normals  # along the skin nothing tells where a point belongs
    begin, goals = held
    return thin_plate(np.concatenate([begin, there]), np.concatenate([goals, now + off]), this.smoothing)


def _chosen(one: RestSkin, other: RestSkin, found: Closest, this: Round, rng: np.random.Generator) -> np.ndarray:
    """Rows of some of the target's skin vertices, by their areas, that are seen and matched with what is seen."""
    face = np.isin(one.faces, one.model.regions["face"]).sum(1) >= 2
    hidden = (~one.seen[one.faces]).sum(1) >= 2
    likely = vertex_areas(other.vertices, other.faces)[other.ids] * other.seen[other.ids]
    likely = np.where(face[found.rows], FACE_SHARE, 1.0) * likely
    count = min(this.points, int(np.count_nonzero(likely)))
    chosen = rng.choice(len(likely), count, replace=False, p=likely / likely.sum())
    return chosen[(found.distances[chosen] < this.farthest) & ~hidden[found.rows[chosen]]]


def _trust(other: RestSkin, found: Closest, sides: tuple[Side, ...]) -> np.ndarray:
    near = np.clip((LOST - found.distances) / (LOST - SURE), 0.0, 1.0)
    seen = np.where(other.seen[other.ids], near, np.minimum(near, HIDDEN))
    return np.minimum(seen, np.maximum(certainty(sides)[other.ids], LEAST_TRUST))
