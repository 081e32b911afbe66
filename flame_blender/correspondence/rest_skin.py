"""A model's skin at rest, with what is told of it once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import ModelError
from ..flame.model import FlameModel
from ..geometry.thin_plate import ThinPlate
from .closest import Places
from .lips_and_lids import Side, sides_of
from .outside import seen_from_outside
from .skin import edges_of, skin_of, vertex_normals


@dataclass(frozen=True, eq=False)
class RestSkin:
    """A model at rest, and what of it is skin; arrays are over all its vertices."""

    model: FlameModel

    @cached_property
    def vertices(self) -> np.ndarray:
        return self.model.v_template.astype(np.float64)

    @cached_property
    def rows(self) -> np.ndarray:
        return skin_of(self.model.faces, self.model.n_vertices)

    @cached_property
    def faces(self) -> np.ndarray:
        return self.model.faces[self.rows]

    @cached_property
    def ids(self) -> np.ndarray:
        return np.unique(self.faces)

    @cached_property
    def edges(self) -> np.ndarray:
        return edges_of(self.faces)

    @cached_property
    def normals(self) -> np.ndarray:
        return vertex_normals(self.vertices, self.faces)

    @cached_property
    def seen(self) -> np.ndarray:
        return seen_from_outside(self.vertices, self.model.faces, self.faces)

    def sides(self, points: np.ndarray) -> tuple[Side, ...]:
        """Sides of lips and lids, from iBUG's 51 points (51, 3): the nearest vertices that can be seen are on them.

        Raises ModelError where none can be seen.
        """
        visible = self.ids[self.seen[self.ids]]
        if not len(visible):
            raise ModelError(
                f"model: expected a head that can be seen from outside, found {self.model.n_vertices} vertices whose "
                "faces all look inwards or hide each other; named controls need a face."
            )
        squares = ((self.vertices[visible] - points[:, None]) ** 2).sum(2)
        return sides_of(self.vertices, self.edges, visible[squares.argmin(1)])

    def warped(self, warp: ThinPlate) -> np.ndarray:
        """(V, 3) the head with its skin warped."""
        vertices = self.vertices.copy()
        vertices[self.ids] = warp(vertices[self.ids])
        return vertices

    def places(self, sides: tuple[Side, ...]) -> Places:
        """The skin's vertices, to be found on another head."""
        return Places(self.vertices[self.ids], self.normals[self.ids], tuple(each[self.ids] for each in sides))
