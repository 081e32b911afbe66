"""Movements of one head's skin, carried over to another's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..flame.eyeballs import Eyeball, eyeballs_of
from ..flame.model import FlameModel
from ..geometry.triangles import edges_of
from .correspondence import Correspondence
from .lid_margins import LidMargins, margins_of
from .lids import STILL, Lids, shares_of, shut
from .lips import Lips
from .relaxing import drawn_long, relaxed_values, stiffness, turned_back, unfolded
from .rest_skin import RestSkin
from .starting import IBUG

FIRM = 0.9  # trust in a place, from which on what it moves by is no mistake: a fold there is one, or is turned back
UNMOVED = 1e-7  # metres
TOGETHER = 16  # movements solved for at a time


def carried_over(
    found: Correspondence,
    source: FlameModel,
    target: FlameModel,
    moved: np.ndarray,
    together: np.ndarray | None = None,
) -> np.ndarray:
    """What ``moved`` (M, V, 3), displacements of the source's vertices at rest in metres, are on the target.

    Returns (M, V', 3) float64; zeros for what is not skin. The warp carries both ends of each displacement. What a
    vertex then moves by is trusted as much as its place is, and the rest follows its neighbours: the sum of
    trust |x - d|^2 over vertices and stiffness |x_i - x_j - t (d_i - d_j)|^2 over edges is least, t the lesser trust of
    both ends; where a triangle still turns over, what is around it gives way. The lids' edges then go as far as those
    of the source, in shares of the height of the eye, so that an eye shuts as the source's does, and no lid is left in
    an eyeball, nor turned over. Lips do not pass each other, nor when movements are shown ``together``, (P, M) scores.
    """
    corners = source.faces[found.triangles]
    used = np.unique(corners)
    rest = source.v_template.astype(np.float64)
    warped_rest = found.warp(rest[used])
    place = np.zeros(source.n_vertices, np.int64)
    place[used] = np.arange(len(used))
    carried = np.zeros((len(moved), len(found.vertices), 3))
    for number, each in enumerate(moved):
        shifted = np.zeros((len(used), 3))
        some = np.flatnonzero(np.abs(each[used]).max(1) > UNMOVED)
        shifted[some] = found.warp(rest[used[some]] + each[used[some]]) - warped_rest[some]
        carried[number] = (shifted[place[corners]] * found.barycentric[..., None]).sum(1)
    result = np.zeros((len(moved), target.n_vertices, 3))
    result[:, found.vertices] = _relaxed(found, target, carried)
    other = RestSkin(target)
    finished = _finished(found, RestSkin(source), other, moved, result)
    sums = np.zeros((0, len(moved))) if together is None else together
    parted = Lips(other, found.landmarks[IBUG]).apart(finished, sums)
    return np.array([turned_back(other, each) for each in parted])


def _finished(
    found: Correspondence, one: RestSkin, other: RestSkin, moved: np.ndarray, carried: np.ndarray
) -> np.ndarray:
    """Without folds, and with lids whose edges go as far as those of the source, in shares of the height of the eye."""
    firm = np.zeros(other.model.n_vertices, bool)
    sure = firm.copy()
    sure[found.vertices] = found.trust > FIRM
    carried = np.array([unfolded(other, each, firm | (sure & ~_around_long(other, each))) for each in carried])
    with_lids = []
    for margins, lids in _eyes(found, one, other):
        shares = shares_of(margins, one, moved)
        rows = np.flatnonzero(np.abs(shares).max(1) > STILL)
        if not len(rows):
            continue
        carried[rows] = lids.moving(shares[rows], carried[rows])
        firm[lids.held[0]] = True
        with_lids.append((rows, rows[shut(shares[rows])], lids))
    carried = np.array([unfolded(other, each, firm | (sure & ~_around_long(other, each))) for each in carried])
    for rows, shutting, lids in with_lids:
        carried[rows] = lids.outside(carried[rows])
        for row in shutting:  # edges as far from the middle of the eyeball as each other would meet, others leave slits
            carried[row] = lids.overlapping(carried[row])
    return np.array([turned_back(other, each) for each in carried])


def _around_long(skin: RestSkin, moved: np.ndarray) -> np.ndarray:
    """(V,) bool: within two triangles of an edge that a movement (V, 3) draws too long."""
    around = drawn_long(skin, moved)
    for _ in range(2):
        around[skin.faces[around[skin.faces].any(1)]] = True
    return around


def _eyes(found: Correspondence, one: RestSkin, other: RestSkin) -> Iterator[tuple[LidMargins, Lids]]:
    """Where the lids of the source end, and those of the target, of each eye that is open in both."""
    balls = eyeballs_of(one.vertices, one.model.faces) or ()
    theirs = eyeballs_of(other.vertices, other.model.faces) or [_warped(ball, one, found) for ball in balls]
    for here, there in zip(balls, theirs, strict=False):  # none, where the source has none
        of_one, of_other = margins_of(one, here), margins_of(other, there)
        if of_one is not None and of_other is not None:
            yield of_one, Lids(other, of_other)


def _warped(ball: Eyeball, one: RestSkin, found: Correspondence) -> Eyeball:
    """Where an eyeball of the source would be in a target that has none."""
    centre = found.warp(ball.centre[None])[0]
    radius = np.linalg.norm(found.warp(one.vertices[ball.vertices]) - centre, axis=1).mean()
    return Eyeball(np.zeros(0, np.int64), centre, float(radius))


def _relaxed(found: Correspondence, target: FlameModel, carried: np.ndarray) -> np.ndarray:
    """(M, S, 3) -> the same: conjugate gradients, preconditioned by the diagonal."""
    place = np.full(target.n_vertices, -1)
    place[found.vertices] = np.arange(len(found.vertices))
    edges = edges_of(target.faces)
    edges = place[edges[(place[edges] >= 0).all(1)]]
    rest = target.v_template[found.vertices].astype(np.float64)
    stiff = stiffness(rest, edges)
    columns = carried.transpose(1, 0, 2).reshape(len(rest), -1)
    width = 3 * TOGETHER
    parts = []
    for start in range(0, columns.shape[1], width):
        some = columns[:, start : start + width]
        parts.append(relaxed_values(edges, stiff, found.trust, _as_stretched(edges, stiff, found.trust, some)))
    return np.concatenate(parts, 1).reshape(len(rest), len(carried), 3).transpose(1, 0, 2)


def _as_stretched(edges: np.ndarray, stiff: np.ndarray, trust: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """Values (S, D) for which edges are asked to be stretched as ``moved`` (S, D) does it, in the share of their trust.

    Where all is sure nothing is smoothed then, however steep it is: edges of lids that shut.
    """
    one, other = edges.T
    share = stiff * np.minimum(trust[one], trust[other])
    pulls = share[:, None] * (moved[one] - moved[other])
    pulled = np.stack(
        [np.bincount(one, pull, len(trust)) - np.bincount(other, pull, len(trust)) for pull in pulls.T], 1
    )
    return moved + pulled / np.where(trust > 0, trust, 1.0)[:, None]
