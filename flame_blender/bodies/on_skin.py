"""A neck and a cut body brought to meet: where the body's vertices at the cut go, and where the neck sits on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..geometry.frame import Frame
from ..looks.surface import border_loops
from ..observations.surfaces import Nearest, surface
from . import masking, welding
from .cutting import Cut, goals_of, seated
from .evaluated import EvaluatedBody, evaluated_body, shown_skin
from .ring import NeckRim
from .seam import Seam, between
from .seating import APART, goals_on_skin, mean_of_four, outside_of_curve, well_shaped

OVER = 0.00012  # metres by which the body's edge lies over the head's where either is subdivided


@dataclass(frozen=True, eq=False)
class Neck:
    """A head's rest shape: ``rest`` (V, 3) FLAME's axes, ``world`` (V, 3), ``faces`` (F, 3), its ``rim``.

    ``blend`` (V,) how far each vertex goes to the body; ``to_world`` takes metres of ``rest`` there.
    """

    rest: np.ndarray
    world: np.ndarray
    faces: np.ndarray
    rim: NeckRim
    blend: np.ndarray
    to_world: Frame


class OnSkin:
    """What joins the two, step by step."""

    def __init__(
        self,
        body: bpy.types.Object,
        neck: Neck,
        cut: Cut,
        cage: EvaluatedBody,
        round_neck: np.ndarray,
        on_shown: Nearest,
        seam: Seam,
        subdivided: bool,
    ) -> None:
        self.body, self.neck, self.cage, self.on_shown, self.seam = body, neck, cage, on_shown, seam
        place = masking.place_of(body)
        self.moves = place is not None  # else what makes more vertices has its own
        curved = place is not None and place < len(body.modifiers)
        self.cut, self.rim = seated(cut, len(seam.of_rim), curved)
        self.subdivided, self.is_smoothed = subdivided, subdivided or curved
        self.goals, self.sunk = cut.points, np.zeros_like(cut.points)
        if not self.moves:
            self.rim.free[:] = True
        shaped = round_neck[well_shaped(cage.world[round_neck])]
        self.shaped = shaped if len(shaped) else round_neck
        still = ~np.isin(self.shaped, cut.moved).any(1) if self.moves else np.ones(len(self.shaped), bool)
        self.still = self.shaped[still] if still.any() else self.shaped
        by_triangles = neck.blend > 0
        if not subdivided:
            by_triangles[neck.rim.rim[~self.rim.free]] = False
        self.joined = np.flatnonzero(by_triangles)
        search, triangles = searched(cage.world, self.still)
        self.below = triangles[search(self._goals(seam.of_rim)[self.joined])[0]]
        ring = cut.ring if len(cut.ring) >= 3 else np.unique(self.still)
        self.apart = ring[np.linspace(0, len(ring), APART, endpoint=False).astype(int)]
        self.kept = np.zeros(len(cage.rows), bool)
        for each in (self.below, self.apart, self.rim.rows):
            self.kept[each] = True

    def move_vertices(
        self,
        border: Callable[[np.ndarray], np.ndarray],
        under: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None,
    ) -> None:
        """Let the body's vertices at the cut go to the head's edge (:func:`~.cutting.goals_of`)."""
        if not self.moves or not len(self.cut.moved):
            return
        world = self.cage.world
        goals = goals_of(self.cut, self.seam, border, under, self.neck.to_world.scale)
        if self.is_smoothed:  # between the vertices both are a little off what was reckoned: the head's edge goes under
            over = self.cut.is_ring | self.cut.is_flange
            goals[over] += OVER * self.neck.to_world.scale * self.cut.beside.normals[over]
        self.goals = goals = goals - self.sunk
        search, triangles = searched(world, self.shaped)
        corners = triangles[search(goals)[0]]
        which, weights = mean_of_four(goals, world[corners], world[self.apart])
        rows = np.concatenate([corners, self.apart[which][:, None]], 1)
        masking.move(self.body, self.cut.moved, self.cage.rows[rows], weights)

    def of_neck(self) -> welding.Seats:
        """The seats of the head's vertices, on the body as it is cut."""
        left, neck = evaluated_body(self.body), self.neck
        ring = self.cut.is_ring  # which a body that is subdivided smooths
        self.sunk[ring] = left.world[self.cut.moved[ring]] - self.goals[ring]
        free = self.rim.free
        places = self.seam.of_rim.copy()
        places[~free] = np.einsum("rc,rcd->rd", self.rim.weights[~free], left.world[self.rim.rows[~free]])
        rows, weights = np.zeros((len(neck.world), 4), np.int64), np.zeros((len(neck.world), 4))
        rows[neck.rim.rim], weights[neck.rim.rim] = left.rows[self.rim.rows], self.rim.weights
        goals = self._goals(places)[self.joined]
        which, shares = mean_of_four(goals, left.world[self.below], left.world[self.apart])
        rows[self.joined] = left.rows[np.concatenate([self.below, self.apart[which][:, None]], 1)]
        weights[self.joined] = shares
        return welding.Seats(rows, weights)

    def _goals(self, rim: np.ndarray) -> np.ndarray:
        neck, scale = self.neck, self.neck.to_world.scale
        goals = goals_on_skin(
            neck.world, neck.faces, neck.rim, rim, self.seam.normals[:: self.seam.per], neck.blend, self.on_shown, scale
        )
        return outside_of_curve(goals, neck.rim, scale) if self.subdivided else goals


def searched(points: np.ndarray, triangles: np.ndarray) -> tuple[Nearest, np.ndarray]:
    """A search on some triangles, and those."""
    used, local = np.unique(triangles, return_inverse=True)
    return surface(points[used], local.reshape(-1, 3)), triangles


def is_subdivided(head: bpy.types.Object) -> bool:
    """Whether the head's shape is smoothed between its vertices."""
    shown: Any = head.modifiers
    return any(each.type == "SUBSURF" and each.show_viewport and each.levels > 0 for each in shown)


def edge_and_skin(
    head: bpy.types.Object, seam: Seam
) -> tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]]:
    """Of the head as it is shown: its edge by the place along the seam, and where points are nearest to its skin."""
    shown = shown_skin(head)
    loops = border_loops(shown.triangles) or []
    middles = [np.linalg.norm(shown.points[loop].mean(0) - seam.centre) for loop in loops]
    loop = shown.points[loops[int(np.argmin(middles))]] if loops else seam.of_rim
    along = seam.nearest(loop).along
    order = np.argsort(along)
    along, loop = along[order], loop[order]

    def border(places: np.ndarray) -> np.ndarray:
        at = np.interp(places, along, np.arange(len(along)), period=len(seam.of_rim))
        closing = (places < along[0]) | (places > along[-1])  # between the last and the first
        gap = along[0] + len(seam.of_rim) - along[-1]
        at[closing] = len(along) - 1 + ((places[closing] - along[-1]) % len(seam.of_rim)) / max(gap, 1e-9)
        return between(loop, at)

    near = shown.triangles[
        (np.linalg.norm(shown.points - seam.centre, axis=1) < 3 * _size(seam))[shown.triangles].all(1)
    ]
    search, triangles = searched(shown.points, near)

    def under(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        which, places = search(points)
        corners = shown.points[triangles[which]]
        return places, np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])

    return border, under


def _size(seam: Seam) -> float:
    return float(np.linalg.norm(seam.points - seam.centre, axis=1).mean())
