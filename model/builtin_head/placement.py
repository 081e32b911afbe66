"""Positions of the half mesh: a start by rays, fixed rings at the openings, relaxation of the rest on the sculpture."""

from __future__ import annotations

import numpy as np

from .anatomy import HEAD
from .ears import place_ears, surroundings
from .eyelids import place_lids
from .lips import place_lips
from .nose import anchors, carve_nostrils
from .topology import BLOCKS, COLUMNS, CROWN_WIDTH, ROWS, HalfMesh, crown_key

NECK_CUT = -197.0
AXIS_DEPTH = -8.0
CROWN_ORIGIN = 25.0  # rays of the rows above start here
RELAXATIONS = 140
STEP = 0.6
EAR_HOLD = 0.3
DIAGONAL_WEIGHT = 0.35  # without the diagonals the relaxation leaves a chequered pattern
TAUBIN_PASSES, TAUBIN_SHRINK, TAUBIN_GROW = 8, 0.5, -0.52

AZIMUTH = ((0, 5, 14, 19, 23, 32), (0, 13, 58, 84, 108, 180))
FRONT_HEIGHTS = (
    (0, 9, 14, 18, 24, 27, 30, 34, 40, 43, 49),
    (NECK_CUT, -140, -113, -93, -53, -47, -38, -19, 16, 30, 72),
)
SIDE_HEIGHTS = ((0, 9, 14, 18, 27, 37, 43, 49), (NECK_CUT, -134, -103, -88, -59, 16, 42, 78))


def place(mesh: HalfMesh) -> np.ndarray:
    """(N, 3) positions of the half mesh in mm."""
    positions = _start(mesh)
    pinned = np.zeros(len(mesh), bool)
    for vertices, places in (place_lids(mesh), place_lips(mesh), place_ears(mesh)):
        positions[vertices] = places
        pinned[vertices] = True
    pinned[[vertex for (kind, i, j), vertex in mesh.index.items() if kind == "nostril"]] = True
    _fill_free_rings(mesh, positions, pinned)
    targets = _targets(mesh, positions)
    Relaxation(mesh, positions, pinned, targets).run()
    carve_nostrils(mesh, positions)
    positions[list(mesh.midline), 0] = 0.0
    return positions


def _start(mesh: HalfMesh) -> np.ndarray:
    positions = np.zeros((len(mesh), 3))
    grid = [(key, vertex) for key, vertex in mesh.index.items() if key[0] == "grid"]
    directions = np.array([_grid_ray(i, j)[1] for (_, i, j), _ in grid])
    origins = np.array([_grid_ray(i, j)[0] for (_, i, j), _ in grid])
    positions[[vertex for _, vertex in grid]] = HEAD.cast(origins, directions, inside=True)
    length = COLUMNS - 2 * CROWN_WIDTH
    crown = [(u, v) for u in range(CROWN_WIDTH) for v in range(1, length)]
    origins = np.tile([0.0, CROWN_ORIGIN, AXIS_DEPTH], (len(crown), 1))
    directions = np.array([_crown_direction(u, v, length) for u, v in crown])
    positions[mesh.of(*(crown_key(u, v) for u, v in crown))] = HEAD.cast(origins, directions, inside=True)
    return positions


def _grid_ray(i: int, j: int) -> tuple[np.ndarray, np.ndarray]:
    """Origin on the head's axis and direction of a grid point's ray."""
    azimuth = np.radians(np.interp(i, *AZIMUTH))
    to_side = np.clip((np.degrees(azimuth) - 45) / 35, 0, 1)
    to_side = to_side * to_side * (3 - 2 * to_side)
    height = (1 - to_side) * np.interp(j, *FRONT_HEIGHTS) + to_side * np.interp(j, *SIDE_HEIGHTS)
    rise = max(height - CROWN_ORIGIN, 0) / 70.0
    direction = np.array([np.sin(azimuth), rise, np.cos(azimuth)])
    return np.array([0, min(height, CROWN_ORIGIN), AXIS_DEPTH]), direction / np.linalg.norm(direction)


def _crown_direction(u: int, v: int, length: int) -> np.ndarray:
    side = _grid_ray(CROWN_WIDTH + v, ROWS)[1]
    front, back = _grid_ray(0, ROWS)[1], _grid_ray(COLUMNS, ROWS)[1]
    start, end = np.arctan2(front[1], front[2]), np.arctan2(back[1], back[2])
    angle = start + (end - start) * v / length
    middle = np.array([0, np.sin(angle), np.cos(angle)])
    direction = middle + (side - middle) * u / CROWN_WIDTH
    return direction / np.linalg.norm(direction)


def _fill_free_rings(mesh: HalfMesh, positions: np.ndarray, pinned: np.ndarray) -> None:
    """Put the unpinned rings of each block on straight lines between ring 0 and the first pinned ring."""
    for block in BLOCKS:
        rings = [mesh.ring(block, ring) for ring in range(block.rings + 1)]
        first = next(ring for ring in range(1, block.rings + 1) if pinned[rings[ring]].all())
        for ring in range(1, first):
            part = ring / first
            positions[rings[ring]] = (1 - part) * positions[rings[0]] + part * positions[rings[first]]


def _targets(mesh: HalfMesh, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Anchored vertices, their places on the sculpture and how strongly they hold (0 free, 1 fixed)."""
    vertices, guesses, holds = anchors(mesh)
    places = HEAD.project(guesses, steps=10)
    midline = np.isin(vertices, list(mesh.midline))
    places[midline, 0] = 0
    positions[vertices] = places
    around, wanted = surroundings(mesh)
    strength = np.full(len(around), EAR_HOLD)
    return np.concatenate([vertices, around]), np.concatenate([places, wanted]), np.concatenate([holds, strength])


class Relaxation:
    """Evens the mesh out by moving every free vertex towards its neighbours' mean and back onto the sculpture."""

    def __init__(self, mesh: HalfMesh, positions: np.ndarray, pinned: np.ndarray, targets: tuple) -> None:
        self.positions = positions
        self.free = np.flatnonzero(~pinned)
        self.targets = targets
        self.midline = np.array(sorted(mesh.midline))
        self.cut = mesh.of(*(("grid", i, 0) for i in range(COLUMNS + 1)))
        self.rows, self.columns, self.strength = self._edges(mesh)

    def _edges(self, mesh: HalfMesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Directed neighbour pairs and their weights; a midline vertex counts its mirrored neighbours too."""
        pairs: dict[tuple[int, int], float] = {}
        hollow = {vertex for (kind, _, _), vertex in mesh.index.items() if kind == "nostril"}
        for polygon in mesh.polygons:
            if hollow.intersection(polygon):
                continue
            for k, a in enumerate(polygon):
                pairs[a, polygon[k - 1]] = pairs[polygon[k - 1], a] = 1.0
            if len(polygon) == 4:
                for a, b in ((polygon[0], polygon[2]), (polygon[1], polygon[3])):
                    pairs[a, b] = pairs[b, a] = DIAGONAL_WEIGHT
        for a, b in pairs:
            if a in mesh.midline and b not in mesh.midline:
                pairs[a, b] *= 2
        rows, columns = np.array(list(pairs)).T
        return rows, columns, np.array(list(pairs.values()))

    def means(self, strength: np.ndarray) -> np.ndarray:
        """(N, 3) weighted mean of every vertex's neighbours."""
        count = len(self.positions)
        total = np.bincount(self.rows, strength, count)
        sums = [np.bincount(self.rows, strength * self.positions[self.columns, axis], count) for axis in range(3)]
        return np.stack(sums, 1) / np.maximum(total, 1e-12)[:, None]

    def run(self) -> None:
        for _ in range(RELAXATIONS):
            facing = np.clip(self.positions[:, 2] / 60.0, 0, 1) * (self.positions[:, 1] > -125)
            pull = self.strength * (0.35 + 0.65 * facing[self.columns])
            self._move(STEP, pull, onto=True)
            vertices, places, hold = self.targets
            self.positions[vertices] += hold[:, None] * (places - self.positions[vertices])
            self._constrain()
        self.free = np.setdiff1d(self.free, self.targets[0])
        for _ in range(TAUBIN_PASSES):
            for step in (TAUBIN_SHRINK, TAUBIN_GROW):
                self._move(0.6 * step, self.strength, onto=False)
                self._constrain()

    def _move(self, step: float, strength: np.ndarray, onto: bool) -> None:
        moved = self.positions + step * (self.means(strength) - self.positions)
        self.positions[self.free] = HEAD.project(moved[self.free]) if onto else moved[self.free]

    def _constrain(self) -> None:
        self.positions[self.midline, 0] = 0.0
        self.positions[self.cut, 1] = NECK_CUT
