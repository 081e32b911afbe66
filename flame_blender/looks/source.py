"""The head that looks are carried over from: its UVs and materials by triangle, and its seam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ModelError
from ..flame.model import FlameModel
from ..textures.face_uvs import FaceUvs, face_materials, on_triangles
from .surface import half_edges, opposite_sides

SKIN, LIPS, MOUTH = "skin", "lips", "mouth"  # materials of what is skin in the mesh


@dataclass(frozen=True, eq=False)
class Painted:
    """A painted head. ``uvs`` and ``materials`` (F,) are of the triangles of ``model.faces``.

    ``seam`` (E, 2): vertices of the skin's edges that are cut open, as the triangles on their left run; ``seam_uvs``
    (E, 2, 2, 2): the UVs of each edge's two ends, on the left side and on the right one.
    """

    model: FlameModel
    uvs: FaceUvs
    materials: np.ndarray
    seam: np.ndarray
    seam_uvs: np.ndarray

    @property
    def painted(self) -> np.ndarray:
        """(F,) whether a triangle is painted."""
        return np.isin(self.materials, (SKIN, LIPS))


def painted(model: FlameModel) -> Painted:
    """The looks of a model. Raises ModelError where it has no UVs or no materials."""
    display = model.display
    uvs = materials = None
    if display is not None and display.uv_polygons is not None and display.uv_coords is not None:
        uvs = on_triangles(model.faces, display.polygons, display.uv_polygons, display.uv_coords)
        materials = face_materials(model.faces, display)
    if uvs is None or materials is None:
        raise ModelError("source: expected a model with UVs and materials, found none.")
    skin = np.isin(materials, (SKIN, LIPS))
    seam, seam_uvs = _seam(model.faces[skin], uvs.faces[skin], uvs.coords.astype(np.float64))
    return Painted(model, uvs, materials, seam, seam_uvs)


def _seam(faces: np.ndarray, uv_faces: np.ndarray, coords: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``Painted.seam`` and ``seam_uvs``: edges at which the UVs of the triangles on both sides differ."""
    sides, in_uvs = half_edges(faces), half_edges(uv_faces)
    opposite = opposite_sides(sides)
    differs = (in_uvs[opposite] != in_uvs[:, ::-1]).any(1)
    rows = np.flatnonzero((opposite >= 0) & differs & (sides[:, 0] < sides[:, 1]))
    return sides[rows], np.stack([coords[in_uvs[rows]], coords[in_uvs[opposite[rows]][:, ::-1]]], 2)
