"""Which pixel of the skin's picture lies where on the head (mm, sculpting frame), and how much of it is lip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flame_blender.flame.model import FlameModel

from ..model_arrays import ORIGIN

SIZE = 2048


@dataclass(frozen=True, eq=False)
class Places:
    """The ``N`` pixels that skin covers: ``points`` (N, 3), ``lips`` (N,) 0 to 1, and ``numbers`` (N,) from below.

    ``model`` is the head they are of, ``corners`` (N, 3) and ``weights`` (N, 3) say where on it a pixel is. In ``left``
    (N, 3) and ``vertices_left`` (V, 3) the right half is mirrored onto the left one. ``grown`` (SIZE * SIZE,): of which
    pixel each has its value, itself, or beyond an island's edge one of those inside; -1 for none.
    """

    model: FlameModel
    points: np.ndarray
    lips: np.ndarray
    numbers: np.ndarray
    corners: np.ndarray
    weights: np.ndarray
    left: np.ndarray
    vertices_left: np.ndarray
    grown: np.ndarray

    def spread(self, values: np.ndarray) -> np.ndarray:
        """(N,) of values at the vertices (V,): right for what changes over centimetres, and quick."""
        found = np.zeros(len(self.points))
        for corner in range(3):
            found += self.weights[:, corner] * values[self.corners[:, corner]]
        return found

    def picture(self, values: np.ndarray, beyond: np.ndarray) -> np.ndarray:
        """(SIZE, SIZE, C) of (N, C) values, rows up; grown over the islands' edges, then ``beyond`` (C,)."""
        flat = np.tile(np.asarray(beyond, float), (SIZE * SIZE, 1))
        flat[self.numbers] = values
        known = self.grown >= 0
        flat[known] = flat[self.grown[known]]
        return flat.reshape(SIZE, SIZE, -1)


def in_mm(model: FlameModel) -> np.ndarray:
    """(V, 3) float64 of a model in the sculpting frame."""
    return model.v_template.astype(float) * 1000 - ORIGIN


def places_of(model: FlameModel) -> Places:
    """Raises ValueError for a head without UVs and materials."""
    display = model.display
    if display is None or display.uv_coords is None or display.uv_polygons is None or display.polygon_materials is None:
        raise ValueError("a head without UVs and materials cannot be painted")
    materials = np.array(display.material_names)[display.polygon_materials]
    skin = np.isin(materials, ["skin", "lips"])
    lips = _lip_share(display.polygons, materials, model.n_vertices)
    vertices = in_mm(model)
    corners_of, weights_of = np.full((SIZE * SIZE, 3), -1, np.int32), np.zeros((SIZE * SIZE, 3))
    for polygon, corners in zip(display.polygons[skin], display.uv_polygons[skin], strict=True):
        for cut in ((0, 1, 2), (0, 2, 3))[: 1 + (polygon[3] >= 0)]:
            pixels, weights = _inside(display.uv_coords[corners[list(cut)]].astype(float) * SIZE)
            corners_of[pixels], weights_of[pixels] = polygon[list(cut)], weights
    covered = np.flatnonzero(corners_of[:, 0] >= 0)
    corners_of, weights_of = corners_of[covered], weights_of[covered]
    points, share = np.zeros((len(covered), 3)), np.zeros(len(covered))
    for corner in range(3):
        points += weights_of[:, corner, None] * vertices[corners_of[:, corner]]
        share += weights_of[:, corner] * lips[corners_of[:, corner]]
    return Places(
        model, points, share, covered, corners_of, weights_of, _left(points), _left(vertices), _grown(covered)
    )


def _left(points: np.ndarray) -> np.ndarray:
    return np.column_stack([np.abs(points[:, 0]), points[:, 1:]])


def _lip_share(polygons: np.ndarray, materials: np.ndarray, n_vertices: int) -> np.ndarray:
    """(V,) part of the polygons round each vertex that are lip."""
    counts = np.zeros((2, n_vertices))
    for row, chosen in enumerate(
        (np.isin(materials, ["lips", "mouth"]), np.isin(materials, ["skin", "lips", "mouth"]))
    ):
        corners = polygons[chosen]
        np.add.at(counts[row], corners[corners >= 0], 1)
    return counts[0] / np.maximum(counts[1], 1)


def _inside(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the pixels whose middles lie in a triangle (3, 2), and (N, 3) their barycentric coordinates."""
    low = np.maximum(np.floor(corners.min(0) - 0.5), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(0) + 0.5), SIZE).astype(int)
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1])))
    (ax, ay), (bx, by), (cx, cy) = corners
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    if abs(area) < 1e-12:
        return np.zeros(0, int), np.zeros((0, 3))
    px, py = x + 0.5, y + 0.5
    second = ((px - ax) * (cy - ay) - (cx - ax) * (py - ay)) / area
    third = ((bx - ax) * (py - ay) - (px - ax) * (by - ay)) / area
    weights = np.stack([1 - second - third, second, third], 1)
    inside = (weights >= -1e-9).all(1)
    return (y * SIZE + x)[inside], weights[inside]


def _grown(covered: np.ndarray, steps: int = 6) -> np.ndarray:
    """``Places.grown``: over the islands' edges, so that filtering brings in nothing foreign."""
    source = np.full((SIZE, SIZE), -1)
    source.ravel()[covered] = covered
    for _ in range(steps):
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            shifted = np.roll(source, step, axis)
            source = np.where(source < 0, shifted, source)
    return source.ravel()
