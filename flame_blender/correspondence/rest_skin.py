"""A model's skin at rest, with what is told of it once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ..errors import ModelError
from ..flame.model import FlameModel
from ..geometry.thin_plate import ThinPlate
from ..geometry.triangles import edges_of
from .closest import Places
from .lips_and_lids import Side, sides_of
from .outside import seen_from_outside
from .skin import skin_of, vertex_normals

HEADS = 8  # of which is kept what can be seen: the two of a correspondence are asked again and again


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
        return _seen(self.vertices.tobytes(), np.asarray(self.model.faces, np.int64).tobytes())

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


@lru_cache(maxsize=HEADS)
def _seen(vertices: bytes, faces: bytes) -> np.ndarray:
    """(V,) bool, read-only, as ``seen_from_outside`` tells: half a second of a head of some thousand vertices."""
    places, corners = np.frombuffer(vertices).reshape(-1, 3), np.frombuffer(faces, np.int64).reshape(-1, 3)
    seen = seen_from_outside(places, corners, corners[skin_of(corners, len(places))])
    seen.setflags(write=False)
    return seen
