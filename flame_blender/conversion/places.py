"""Where the vertices of one head model lie on another's: the same ones, or points of its surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..correspondence.closest import Places as Sought
from ..correspondence.closest import closest
from ..correspondence.correspondence import Correspondence
from ..correspondence.corresponding import HIDDEN, LEAST_TRUST, LOST, SURE
from ..correspondence.lips_and_lids import certainty
from ..correspondence.rest_skin import RestSkin
from ..correspondence.skin import skin_of, vertex_normals
from ..correspondence.starting import IBUG, static_points
from ..flame.eyeballs import Eyeball, eyeballs_of
from ..flame.model import FlameModel

LOWER = 0.4  # of a head's height, within which its neck ends
CUT, WHOLE = 0.02, 0.06  # metres from there: up to the one a place counts next to nothing, from the other on as it does


@dataclass(frozen=True, eq=False)
class Places:
    """Where vertices of a head, the target, lie on another, the source.

    Attributes
    ----------
    vertices : (n,) int64
        The target's.
    corners : (n, k) int64
        Vertices of the source between which each lies.
    weights : (n, k) float64
        Of these; their sum is 1.
    trust : (n,) float64
        1 where the place is sure, 0 where it is not.
    """

    vertices: np.ndarray
    corners: np.ndarray
    weights: np.ndarray
    trust: np.ndarray

    def on(self, heads: np.ndarray) -> np.ndarray:
        """(N, V, 3) vertices of the source -> (N, n, 3) float32: where those of the target belong."""
        if self.corners.shape[1] == 1:
            return heads if len(self.corners) == heads.shape[1] else heads[:, self.corners[:, 0]]
        weights = self.weights.astype(np.float32)
        return sum(heads[:, corner] * weight[:, None] for corner, weight in zip(self.corners.T, weights.T, strict=True))


def same_vertices(source: FlameModel, target: FlameModel) -> Places | None:
    """All of them, where both models have one topology: as many vertices, and the same triangles."""
    if source.n_vertices != target.n_vertices or source.faces.shape != target.faces.shape:
        return None
    ones, others = (np.unique(np.sort(model.faces, 1), axis=0) for model in (source, target))
    if not np.array_equal(ones, others):
        return None
    every = np.arange(source.n_vertices)
    return Places(every, every[:, None], np.ones((len(every), 1)), np.ones(len(every)))


def places_on_source(correspondence: Correspondence, source: FlameModel, target: FlameModel) -> Places:
    """The skin and the eyeballs of the target of a correspondence on its source."""
    corners = source.faces[correspondence.triangles].astype(np.int64)
    skin = Places(correspondence.vertices, corners, correspondence.barycentric, correspondence.trust)
    return _with_eyeballs(_with_cut_necks(skin, source, target), source, target)


def places_on_target(correspondence: Correspondence, source: FlameModel, target: FlameModel) -> Places:
    """The other way round: the skin and the eyeballs of the source of a correspondence on its target."""
    one, other = RestSkin(source), RestSkin(target)
    points = static_points(source, source.landmarks[IBUG])
    of_one, of_other = one.sides(points), other.sides(correspondence.warp(points))
    warped = one.warped(correspondence.warp)
    sought = Sought(
        warped[one.ids], vertex_normals(warped, one.faces)[one.ids], tuple(each[one.ids] for each in of_one)
    )
    nearest = closest(sought, other.vertices, other.faces, of_other)
    near = np.clip((LOST - nearest.distances) / (LOST - SURE), 0.0, 1.0)
    hidden = ~other.seen[other.faces[nearest.rows]].any(1) | ~one.seen[one.ids]
    trust = np.where(hidden, np.minimum(near, HIDDEN), near)
    trust = np.minimum(trust, np.maximum(certainty(of_one)[one.ids], LEAST_TRUST))
    places = Places(one.ids, other.faces[nearest.rows].astype(np.int64), nearest.barycentric, trust)
    return _with_eyeballs(_with_cut_necks(places, target, source), target, source)


def through(first: Places, second: Places) -> Places:
    """Places of ``second`` on the head on which those of ``first`` are, whose target is the source of ``second``."""
    row = np.full(max(int(first.vertices.max()), int(second.corners.max())) + 1, -1)
    row[first.vertices] = np.arange(len(first.vertices))
    rows = row[second.corners]
    known = (rows >= 0).all(1)
    rows, shares = rows[known], second.weights[known]
    corners = first.corners[rows].reshape(len(rows), -1)
    weights = (first.weights[rows] * shares[..., None]).reshape(len(rows), -1)
    trust = np.minimum(second.trust[known], (first.trust[rows] * shares).sum(1))
    return Places(second.vertices[known], corners, weights, trust)


def _with_cut_necks(places: Places, source: FlameModel, target: FlameModel) -> Places:
    """With little trust near the edge of either neck: where a head ends is its maker's choice, not a person's shape."""
    away = np.minimum(
        _from_edge(places.on(source.v_template[None])[0], source),
        _from_edge(target.v_template[places.vertices], target),
    )
    whole = np.clip((away - CUT) / (WHOLE - CUT), LEAST_TRUST, 1.0)
    return Places(places.vertices, places.corners, places.weights, np.minimum(places.trust, whole))


def _from_edge(points: np.ndarray, model: FlameModel) -> np.ndarray:
    """(n,) metres from each of ``points`` (n, 3) to the lower edge of the skin at rest; infinite where it has none."""
    faces, rest = model.faces[skin_of(model.faces, model.n_vertices)], model.v_template.astype(np.float64)
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), 1)
    edges, counts = np.unique(pairs, axis=0, return_counts=True)
    border = np.unique(edges[counts == 1])
    low, high = rest[:, 1].min(), rest[:, 1].max()
    edge = rest[border[rest[border, 1] < low + LOWER * (high - low)]]
    nearest = np.full(len(points), np.inf)
    for point in edge:
        np.minimum(nearest, np.linalg.norm(points - point, axis=1), out=nearest)
    return nearest


def _with_eyeballs(places: Places, source: FlameModel, target: FlameModel) -> Places:
    """With the target's eyeballs on the source's, where both have some: ball on ball, both looking ahead."""
    ones, others = (eyeballs_of(model.v_template, model.faces) for model in (source, target))
    if ones is None or others is None:
        return places
    parts = [places]
    for one, other in zip(ones, others, strict=True):
        parts.append(_on_ball(one, other, source, target))
    return Places(*(np.concatenate([getattr(part, name) for part in parts]) for name in vars(places)))


def _on_ball(one: Eyeball, other: Eyeball, source: FlameModel, target: FlameModel) -> Places:
    """Where the target's eyeball ``other`` lies on the source's eyeball ``one``."""
    rest = source.v_template.astype(np.float64)
    faces = source.faces[np.isin(source.faces, one.vertices).all(1)].astype(np.int64)
    away = (target.v_template[other.vertices] - other.centre) / other.radius
    sought = Sought(one.centre + one.radius * away, away / np.linalg.norm(away, axis=1, keepdims=True), ())
    nearest = closest(sought, rest, faces, ())
    return Places(other.vertices, faces[nearest.rows], nearest.barycentric, np.ones(len(away)))
