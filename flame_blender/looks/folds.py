"""Where an expression folds the skin: a place is folded as far as the skin across its furrows has shortened.

Measured like strain: gauges, each between two places of the face, are compared with what they are on the same head at
rest. So whatever moves the vertices folds them: coefficients, named controls, the jaw, a drag. The furrows themselves
are those of the painted relief (``model/builtin_head/skin/wrinkles.py``), which age cuts deeper in the same places; the
muscles that shorten each are those of the Facial Action Coding System (Ekman, Friesen and Hager 2002), named below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..correspondence.skin import skin_of
from ..flame.landmarks import MIDDLE_THIRD, landmark_points, middle_third
from ..flame.model import FlameModel

IBUG = "ibug"
# rows of iBUG's 51 points, and the rows of their mirror images
MIRRORED = (*range(9, -1, -1), *range(10, 14), *range(18, 13, -1), 28, 27, 26, 25, 30, 29, 22, 21, 20, 19, 24, 23,
            *range(37, 30, -1), *range(42, 37, -1), *range(47, 42, -1), 50, 49, 48)  # fmt: skip
BROW_INNER, BROW_OUTER, SELLION, BRIDGE, WING = (5,), (7, 8), (10,), (11, 12), (18,)
INNER_CANTHUS, OUTER_CANTHUS, LOWER_LID = (25,), (28,), (29, 30)
MOUTH_CORNER, UPPER_LIP, LOWER_LIP, RIGHT_CORNER = (37,), (34,), (40,), (31,)
MILLIMETRE = 0.001
WRINKLES = 1.0  # how deep a head's expressions fold its skin, usually
LEAST = 0.0005  # of a fold, which nobody sees
SLACK = 0.02  # of a gauge's length: as much the skin gives without folding


class Place(NamedTuple):
    """The mean of some landmarks, and millimetres to the subject's left, up and ahead of it."""

    landmarks: tuple[int, ...]
    off: tuple[float, float, float] = (0, 0, 0)


class Gauge(NamedTuple):
    """From one place to another.

    The share of its length by which it is ``shortened`` where skin is folded fully; the middle of what folds with it,
    as far as ``reach`` (mm) as a bell.
    """

    one: Place
    other: Place
    shortened: float
    middle: Place
    reach: float


# ``shortened`` is what a gauge shortens by, beyond SLACK, when its own muscles move fully: the mean of the built-in
# head and of FLAME's template with the movements carried over to it, which differ by 0.04 at most. Not so the
# mentalis's: AU 17 hardly shortens the skin that it bunches (0.00 and 0.02); there it was told by eye.
OF_A_SIDE = (  # the left one's; the right one's are their mirror images
    # forehead, across: frontalis (AU 1, then 2)
    Gauge(Place(BROW_INNER), Place(BROW_INNER, (0, 42, 0)), 0.22, Place(BROW_INNER, (0, 26, 0)), 19),
    Gauge(Place(BROW_OUTER), Place(BROW_OUTER, (-4, 38, 0)), 0.22, Place(BROW_OUTER, (-3, 24, 0)), 17),
    # crow's feet: orbicularis oculi (AU 6)
    Gauge(Place(OUTER_CANTHUS, (4, 0, 0)), Place(OUTER_CANTHUS, (10, -26, 0)), 0.09,
          Place(OUTER_CANTHUS, (11, -2, 0)), 11),
    # under the eye (AU 6; 7 raises the lid)
    Gauge(Place(LOWER_LID), Place(LOWER_LID, (1, -24, 0)), 0.12, Place(LOWER_LID, (0, -7, 0)), 11),
    # beside the nose's root: levator labii superioris alaeque nasi (AU 9)
    Gauge(Place(INNER_CANTHUS, (-2, 0, 0)), Place(WING), 0.05, Place(BRIDGE, (6, 2, 0)), 8),
    # from the wing to the mouth's corner: zygomaticus major (AU 12)
    Gauge(Place(MOUTH_CORNER), Place(OUTER_CANTHUS, (0, -26, 0)), 0.14, Place((*WING, *MOUTH_CORNER), (7, 0, 0)), 16),
    # under the mouth's corner: depressor anguli oris (AU 15)
    Gauge(Place(MOUTH_CORNER), Place(MOUTH_CORNER, (-4, -26, 0)), 0.21, Place(MOUTH_CORNER, (1, -10, 0)), 10),
)  # fmt: skip
IN_THE_MIDDLE = (
    # between the brows: corrugator supercilii (AU 4)
    Gauge(Place(BROW_INNER), Place((4,)), 0.24, Place(SELLION, (0, 12, 0)), 13),
    # the nose's root: procerus (AU 4 and 9)
    Gauge(Place(SELLION, (0, 16, 0)), Place(BRIDGE), 0.12, Place(SELLION, (0, 2, 0)), 8),
    # above the upper lip: orbicularis oris (AU 18)
    Gauge(Place(MOUTH_CORNER), Place(RIGHT_CORNER), 0.32, Place(UPPER_LIP, (0, 6, 0)), 15),
    # under the lower lip: mentalis (AU 17)
    Gauge(Place(LOWER_LIP), Place(LOWER_LIP, (0, -24, 0)), 0.14, Place(LOWER_LIP, (0, -12, 0)), 14),
)


@dataclass(frozen=True, eq=False)
class Folds:
    """The gauges of a model.

    ``ends`` (2, K) vertices between which each is; ``shortened`` (K,) float32, the share of its length by which it is
    shorter where skin is folded fully. ``middles`` (K, 3) and ``reaches`` (K,), metres, FLAME's axes, on the mean head
    at rest: about where the skin folds with it. ``places`` (K, n) float32, 0 to 1: how far each of ``vertices`` (n,)
    does so, of ``n_vertices``; the others do not.
    """

    ends: np.ndarray
    shortened: np.ndarray
    middles: np.ndarray
    reaches: np.ndarray
    vertices: np.ndarray
    places: np.ndarray
    n_vertices: int

    def lengths(self, vertices: np.ndarray, linear: np.ndarray | None = None) -> np.ndarray:
        """(K,) how long the gauges are on ``vertices`` (V, 3), in their unit; on ``linear`` (3, 3) of them."""
        between = vertices[self.ends[0]] - vertices[self.ends[1]]
        if linear is not None:
            between = between @ linear.T
        found: np.ndarray = np.sqrt((between * between).sum(1))
        return found

    def folded(self, vertices: np.ndarray, at_rest: np.ndarray) -> np.ndarray:
        """(V,) float32, 0 to 1: how far ``vertices`` (V, 3) are folded.

        ``at_rest`` (K,): the :meth:`lengths` of the same head at rest.
        """
        strain = 1.0 - SLACK - self.lengths(vertices) / np.maximum(at_rest, np.finfo(np.float32).tiny)
        shares = np.minimum(np.maximum(strain / self.shortened, 0.0), 1.0).astype(np.float32)
        found = np.zeros(self.n_vertices, np.float32)
        found[self.vertices] = np.minimum(shares @ self.places, 1.0)
        return found


def folds_of(model: FlameModel) -> Folds | None:
    """The gauges of a model, at its mean head; None for a model without iBUG's fixed landmarks."""
    known = model.landmarks.get(IBUG)
    fixed = None if known is None else known.within_face()
    if fixed is None:
        return None
    vertices = model.v_template.astype(np.float64)
    points = landmark_points(vertices, model.faces, fixed).astype(np.float64)
    skin = np.unique(model.faces[skin_of(model.faces, model.n_vertices)])
    scale = MILLIMETRE * middle_third(points) / MIDDLE_THIRD
    gauges = [*OF_A_SIDE, *map(_mirrored, OF_A_SIDE), *IN_THE_MIDDLE]

    def place(of: Place) -> np.ndarray:
        found: np.ndarray = points[list(of.landmarks)].mean(0) + scale * np.array(of.off)
        return found

    def nearest(of: Place) -> int:
        return int(skin[((vertices[skin] - place(of)) ** 2).sum(1).argmin()])

    ends = np.array([(nearest(each.one), nearest(each.other)) for each in gauges]).T
    middles = np.array([place(each.middle) for each in gauges])
    reaches = scale * np.array([each.reach for each in gauges])
    off = ((vertices[None] - middles[:, None]) ** 2).sum(2) / reaches[:, None] ** 2
    shortened = np.array([each.shortened for each in gauges], np.float32)
    places = np.exp(-off)
    near = np.flatnonzero(places.max(0) > LEAST)
    return Folds(ends, shortened, middles, reaches, near, places[:, near].astype(np.float32), model.n_vertices)


def _mirrored(gauge: Gauge) -> Gauge:
    return gauge._replace(
        one=_mirror_image(gauge.one), other=_mirror_image(gauge.other), middle=_mirror_image(gauge.middle)
    )


def _mirror_image(place: Place) -> Place:
    across, up, ahead = place.off
    return Place(tuple(MIRRORED[each] for each in place.landmarks), (-across, up, ahead))
