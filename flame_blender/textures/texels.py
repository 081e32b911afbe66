"""Texels: where on a head each texel of its texture lies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import ModelError, ParameterError
from ..flame.model import FlameModel
from .mirrored import mirrored_places
from .rasterise import rasterised

PADDING = 4  # texels beyond a seam that repeat its colour: enough for bilinear reading in the texture and in its half
MAX_SIZE = 8192


@dataclass(frozen=True, eq=False)
class Texels:
    """The table of a square texture's texels. Rows go up, as V and Blender's pixels do.

    The centre of texel (row i, column j) has U = (j + 0.5) / size, V = (i + 0.5) / size.

    ================  ====================  =======================================================================
    ``template``      (V, 3) float32        the neutral head, metres, FLAME's axes
    ``drawn``         (D, 3) int32          all triangles of the head, as Blender draws them: rows of vertices
    ``faces``         (F, 3) int32          those that have texels
    ``uvs``           (F, 3, 2) float32     of their corners
    ``triangles``     (S, S) int32          row into ``faces``, -1 where no triangle is near
    ``weights``       (S, S, 3) float32     barycentric; of the place nearest in the texture, in the padding
    ``inside``        (S, S) bool           whether the centre lies in the triangle, and not in the padding around
    ================  ====================  =======================================================================
    """

    template: np.ndarray
    drawn: np.ndarray
    faces: np.ndarray
    uvs: np.ndarray
    triangles: np.ndarray
    weights: np.ndarray
    inside: np.ndarray

    @property
    def size(self) -> int:
        """Texels on a side."""
        return len(self.triangles)

    @cached_property
    def used(self) -> np.ndarray:
        """(n,) the texels that have a place, as row * size + column."""
        return np.flatnonzero(self.triangles >= 0)

    def points(self, values: np.ndarray) -> np.ndarray:
        """(n, k) float64 values of the vertices (V, k), positions or normals for one, at the used texels."""
        corners = self.faces[self.triangles.ravel()[self.used]]
        return np.einsum("nk,nki->ni", self.weights.reshape(-1, 3)[self.used], values[corners], dtype=np.float64)

    @cached_property
    def mirrored(self) -> np.ndarray:
        """(n, 2) float64: column and row, in texels from the texture's corner, of the used texels' places mirrored.

        Found once on the neutral head, x -> -x.
        """
        triangles, weights = (self.triangles.ravel()[self.used], self.weights.reshape(-1, 3)[self.used])
        opposite, places = mirrored_places(self.template, self.faces, triangles, weights)
        return np.einsum("nk,nki->ni", places, self.uvs[opposite], dtype=np.float64) * self.size


def texels_of(model: FlameModel, size: int = 1024, materials: Collection[str] | None = None) -> Texels:
    """The texels of the model's UVs, or of the polygons that have one of the ``materials`` (``display``'s names).

    Where polygons share a part of the texture, the last one has it. Quads are split as Blender draws them. Keep the
    result: it holds for every shape of the model. Raises ModelError for a model without UVs, ParameterError for a size
    outside 1..8192 or materials that the model has not.
    """
    drawn, uvs, polygons = _uv_triangles(model)
    return texels_of_triangles(model.v_template, drawn, uvs, _having(model, materials)[polygons], size)


def texels_of_triangles(
    template: np.ndarray, drawn: np.ndarray, uvs: np.ndarray, chosen: np.ndarray, size: int = 1024
) -> Texels:
    """The texels of the ``chosen`` (D,) of a head's triangles ``drawn`` (D, 3), whose corners have ``uvs`` (D, 3, 2).

    ``template`` (V, 3): the neutral head. Where triangles share a part of the texture, the last one has it. Raises
    ParameterError for a size outside 1..8192.
    """
    if not 1 <= size <= MAX_SIZE:
        raise ParameterError(f"A texture must have sides of 1 to {MAX_SIZE} texels, found {size}.")
    faces, uvs = drawn[chosen], np.asarray(uvs[chosen], np.float32)
    triangles = np.full(size * size, -1, np.int32)
    weights = np.zeros((size * size, 3), np.float32)
    for triangle, texel, at in rasterised(uvs * np.float64(size), size, size):
        triangles[texel], weights[texel] = triangle, at
    inside = triangles.reshape(size, size) >= 0
    source = _padded(inside)
    padded = np.where(source >= 0, triangles[source], np.int32(-1))
    table = (drawn, faces, uvs, padded, weights[source] * (source >= 0)[..., None], inside)
    for array in table:
        array.setflags(write=False)
    return Texels(template, *table)


def _uv_triangles(model: FlameModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(D, 3) int32, (D, 3, 2) float32 and (D,): the polygons as triangles, the UVs of their corners, their polygons."""
    display = model.display
    if display is None or display.uv_coords is None or display.uv_polygons is None:
        raise ModelError("The model has no UVs, which a texture needs; install head_template.obj.")
    quads = np.flatnonzero(display.polygons[:, -1] >= 0) if display.polygons.shape[1] == 4 else np.zeros(0, np.intp)
    faces, uv_faces = (
        np.concatenate([rows[:, :3], rows[quads][:, [0, 2, -1]]]).astype(np.int32)
        for rows in (display.polygons, display.uv_polygons)
    )
    uvs = np.asarray(display.uv_coords, np.float32)[uv_faces]
    return faces, uvs, np.concatenate([np.arange(len(display.polygons)), quads])


def _having(model: FlameModel, materials: Collection[str] | None) -> np.ndarray:
    """(Q,) bool: the polygons that have one of the materials."""
    display = model.display
    if display is None or materials is None:
        return np.ones(len(model.polygons), bool)
    unknown = sorted(set(materials) - set(display.material_names))
    if unknown or display.polygon_materials is None:
        has = ", ".join(display.material_names) or "none"
        raise ParameterError(f"materials must be some of the model's ({has}), found {', '.join(unknown)}.")
    return np.isin(display.material_names, list(materials))[display.polygon_materials]


def _padded(inside: np.ndarray) -> np.ndarray:
    """(S, S) index of the nearest texel inside, at most PADDING away, or -1."""
    size = len(inside)
    index = np.where(inside, np.arange(size * size).reshape(size, size), -1)
    around = np.pad(index, PADDING, constant_values=-1)
    offsets = np.mgrid[-PADDING : PADDING + 1, -PADDING : PADDING + 1].reshape(2, -1).T
    distances = (offsets**2).sum(1)
    for step in np.argsort(distances, kind="stable"):
        if 0 < distances[step] <= PADDING**2:
            row, column = offsets[step] + PADDING
            np.copyto(index, around[row : row + size, column : column + size], where=index < 0)
    return index
