"""The built-in head's painted skin, baked into the UVs of another model."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from ..correspondence.correspondence import Correspondence
from ..flame.model import FlameModel
from ..textures.face_uvs import FaceUvs
from ..textures.image_pyramid import interpolated
from ..textures.texels import Texels, texels_of_triangles
from ..textures.walking import across_edges, walked
from .source import LIPS, SKIN, Painted

SIZE = 2048
TOGETHER = 1 << 18  # texels
SURE, LOST = 0.004, 0.012  # metres off the source: up to there its colour is taken, from there on the skin's tone


@dataclass(frozen=True, eq=False)
class SkinPlaces:
    """Where the skin of a model lies on the painted part of the source.

    Over the model's vertices: ``points`` (V, 3), metres, on the source at rest, ``rows`` (V,) of ``faces`` (P, 3), the
    source's painted triangles, and ``off`` (V,), metres that the place is off once the source is warped. ``uvs``
    (P, 3, 2): of the corners of ``faces``.
    """

    points: np.ndarray
    rows: np.ndarray
    off: np.ndarray
    faces: np.ndarray
    uvs: np.ndarray


def baking(
    model: FlameModel,
    uvs: FaceUvs,
    materials: np.ndarray,
    correspondence: Correspondence,
    source: Painted,
    picture: np.ndarray,
    size: int = SIZE,
) -> Generator[float, None, np.ndarray]:
    """Paint the skin of a model; yields the share that is done, and returns (size, size, 3) float32, rows up.

    ``uvs`` and ``materials`` (F,) of the model's triangles; ``picture`` (H, W, 3) float32 is the source's, rows up. For
    each texel the place on the model's surface, there the place on the source's, and its colour in the picture. What
    lies beyond the source, and the texels that no skin has, get the picture's usual colour.
    """
    places = skin_places(model, correspondence, source)
    tone = np.median(picture[::8, ::8].reshape(-1, picture.shape[2]), axis=0)
    texels = texels_of_triangles(
        model.v_template, model.faces, uvs.coords[uvs.faces], np.isin(materials, (SKIN, LIPS)), size
    )
    yield 0.2
    painted = np.tile(tone.astype(np.float32), (size * size, 1))
    corners, neighbours = source.model.v_template[places.faces].astype(np.float64), across_edges(places.faces)
    for start in range(0, len(texels.used), TOGETHER):
        some = texels.used[start : start + TOGETHER]
        colours, certain = _colours(texels, some, places, corners, neighbours, picture)
        painted[some] = tone + certain[:, None] * (colours - tone)
        yield 0.2 + 0.8 * min((start + TOGETHER) / len(texels.used), 1.0)
    return painted.reshape(size, size, -1)


def skin_places(model: FlameModel, correspondence: Correspondence, source: Painted) -> SkinPlaces:
    """Of a model's skin, as far as it is painted: what lies in the source's mouth is put to its nearest lip."""
    painted = np.flatnonzero(source.painted)
    template = source.model.v_template.astype(np.float64)
    row_of = np.full(len(source.model.faces), -1)
    row_of[painted] = np.arange(len(painted))
    middles = template[source.model.faces].mean(1)
    for triangle in np.unique(correspondence.triangles[row_of[correspondence.triangles] < 0]):
        row_of[triangle] = np.linalg.norm(middles[painted] - middles[triangle], axis=1).argmin()
    points, rows, off = (
        np.zeros((model.n_vertices, 3)),
        np.zeros(model.n_vertices, np.int64),
        np.zeros(model.n_vertices),
    )
    vertices, distances = correspondence.vertices, correspondence.distances
    corners = template[source.model.faces[correspondence.triangles]]
    points[vertices] = (corners * correspondence.barycentric[..., None]).sum(1)
    rows[vertices] = row_of[correspondence.triangles]
    off[vertices] = np.where(np.isfinite(distances), distances, 0.0)  # infinite in nostrils, behind lids
    return SkinPlaces(points, rows, off, source.model.faces[painted], source.uvs.coords[source.uvs.faces[painted]])


def _colours(
    texels: Texels,
    some: np.ndarray,
    places: SkinPlaces,
    corners: np.ndarray,
    neighbours: np.ndarray,
    picture: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3) of texels (n,), and how sure they are (n,), 0 to 1."""
    vertices, weights = texels.faces[texels.triangles.ravel()[some]], texels.weights.reshape(-1, 3)[some]
    points = np.einsum("nk,nki->ni", weights, places.points[vertices])
    nearest = vertices[np.arange(len(vertices)), weights.argmax(1)]
    rows, at = walked(places.rows[nearest], points, corners, neighbours)
    in_picture = np.einsum("nk,nki->ni", at, places.uvs[rows])[:, ::-1] * picture.shape[:2]
    off = np.einsum("nk,nk->n", weights, places.off[vertices])
    share = np.clip((LOST - off) / (LOST - SURE), 0.0, 1.0)
    return interpolated(picture, in_picture), (share * share * (3 - 2 * share)).astype(np.float32)
