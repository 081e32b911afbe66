"""The quads of one half of the skin: a grid wrapped round the head, with rings of loops where the openings are.

Grid columns run from the front midline (i = 0) to the back midline (i = COLUMNS), rows from the neck cut (j = 0) to
the upper forehead (j = ROWS). Above it a K x L patch closes the crown, so the head has no pole. A block takes a
rectangle out of the grid and fills it with concentric rings of the rectangle's own perimeter, so that the only
irregular points are its four corners.

Vertices have keys: ("grid", i, j), ("crown", u, v) and (block name, ring, spoke); ring 0 of a block is the grid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

Key = tuple[str, int, int]

COLUMNS, ROWS = 32, 49
CROWN_WIDTH = 9  # columns of the top row that form the crown's front (and back) edge


@dataclass(frozen=True)
class Block:
    """A rectangle of the grid, columns ``i0..i1`` and rows ``j0..j1``, replaced by ``rings`` concentric loops.

    Spokes start in the middle of the front side (at the top of the midline for a ``half`` block, which touches the
    midline) and run over the top; ``closed`` ends in a centre point.
    """

    name: str
    i0: int
    i1: int
    j0: int
    j1: int
    rings: int
    half: bool = False
    closed: bool = False

    @property
    def spokes(self) -> int:
        """Number of vertices of a ring (of half a ring for a half block)."""
        width, height = self.i1 - self.i0, self.j1 - self.j0
        return 2 * width + height + 1 if self.half else 2 * (width + height)

    @property
    def opposite(self) -> int:
        """The spoke half way round: outer canthus, mouth corner."""
        return self.spokes // 2

    def boundary(self) -> list[Key]:
        """Grid keys of ring 0, in spoke order."""
        top = [("grid", i, self.j1) for i in range(self.i0, self.i1)]
        back = [("grid", self.i1, j) for j in range(self.j1, self.j0, -1)]
        bottom = [("grid", i, self.j0) for i in range(self.i1, self.i0, -1)]
        if self.half:
            return [*top, *back, *bottom, ("grid", self.i0, self.j0)]
        middle = (self.j0 + self.j1) // 2
        below = [("grid", self.i0, j) for j in range(self.j0, middle)]
        above = [("grid", self.i0, j) for j in range(middle, self.j1)]
        return [*above, *top, *back, *bottom, *below]

    def covers_quad(self, i: int, j: int) -> bool:
        return self.i0 <= i < self.i1 and self.j0 <= j < self.j1


EYE = Block("eye", 5, 14, 34, 40, rings=9)
MOUTH = Block("mouth", 0, 8, 18, 24, rings=13, half=True)
NOSTRIL = Block("nostril", 1, 4, 25, 28, rings=4, closed=True)
EAR = Block("ear", 19, 23, 27, 37, rings=13, closed=True)
BLOCKS = (EYE, MOUTH, NOSTRIL, EAR)


@dataclass
class HalfMesh:
    """Quads (a triangle repeats nothing, it is just shorter) over keyed vertices."""

    index: dict[Key, int] = field(default_factory=dict)
    polygons: list[tuple[int, ...]] = field(default_factory=list)
    midline: set[int] = field(default_factory=set)

    @property
    def keys(self) -> list[Key]:
        return list(self.index)

    def __len__(self) -> int:
        return len(self.index)

    def vertex(self, key: Key) -> int:
        return self.index.setdefault(key, len(self.index))

    def add(self, *keys: Key) -> None:
        """Add a polygon, anticlockwise seen from outside."""
        self.polygons.append(tuple(self.vertex(key) for key in keys))

    def of(self, *keys: Key) -> np.ndarray:
        """Vertex numbers of keys that exist."""
        return np.array([self.index[key] for key in keys])

    def ring(self, block: Block, ring: int) -> np.ndarray:
        """Vertex numbers of one ring, in spoke order."""
        keys = block.boundary() if ring == 0 else [(block.name, ring, spoke) for spoke in range(block.spokes)]
        return self.of(*keys)


def build_half() -> HalfMesh:
    """The half mesh without positions."""
    mesh = HalfMesh()
    for i in range(COLUMNS):
        for j in range(ROWS):
            if not any(block.covers_quad(i, j) for block in BLOCKS):
                mesh.add(("grid", i, j), ("grid", i + 1, j), ("grid", i + 1, j + 1), ("grid", i, j + 1))
    for keys in _crown_quads():
        mesh.add(*keys)
    for block in BLOCKS:
        for keys in _ring_polygons(block):
            mesh.add(*keys)
    mesh.midline = {vertex for key, vertex in mesh.index.items() if _is_on_midline(key)}
    return mesh


def crown_key(u: int, v: int) -> Key:
    """The crown's point (u outward from the midline, v from front to back), which on its edge is a grid point."""
    length = COLUMNS - 2 * CROWN_WIDTH
    if v == 0:
        return ("grid", u, ROWS)
    if v == length:
        return ("grid", COLUMNS - u, ROWS)
    if u == CROWN_WIDTH:
        return ("grid", CROWN_WIDTH + v, ROWS)
    return ("crown", u, v)


def _crown_quads() -> Iterator[tuple[Key, ...]]:
    for u in range(CROWN_WIDTH):
        for v in range(COLUMNS - 2 * CROWN_WIDTH):
            yield crown_key(u, v), crown_key(u + 1, v), crown_key(u + 1, v + 1), crown_key(u, v + 1)


def _ring_polygons(block: Block) -> Iterator[tuple[Key, ...]]:
    rings = [block.boundary()]
    rings += [[(block.name, ring, spoke) for spoke in range(block.spokes)] for ring in range(1, block.rings + 1)]
    n_sides = block.spokes - 1 if block.half else block.spokes
    for outer, inner in pairwise(rings):
        for spoke in range(n_sides):
            after = (spoke + 1) % block.spokes
            yield outer[spoke], inner[spoke], inner[after], outer[after]
    last = rings[-1]
    if block.closed:
        centre = (block.name, block.rings + 1, 0)
        for spoke in range(0, block.spokes, 2):
            yield last[spoke], centre, last[(spoke + 2) % block.spokes], last[spoke + 1]
    elif block.half:
        yield from _zip_half_ring(last)


def _zip_half_ring(ring: list[Key]) -> Iterator[tuple[Key, ...]]:
    """Close the upper half of a ring onto its lower half, ending in a triangle at the middle spoke."""
    corner = len(ring) // 2
    for spoke in range(corner):
        upper, lower = ring[spoke], ring[-1 - spoke]
        next_upper, next_lower = ring[spoke + 1], ring[-2 - spoke]
        yield (upper, lower, next_lower) if next_upper == next_lower else (upper, lower, next_lower, next_upper)


def _is_on_midline(key: Key) -> bool:
    kind, first, second = key
    if kind == "grid":
        return first in (0, COLUMNS)
    if kind == "crown":
        return first == 0
    return kind == "mouth" and second in (0, MOUTH.spokes - 1)
