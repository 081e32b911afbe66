"""The skin of a model laid flat as the built-in head's is: each vertex where the head has the place that it lies on."""

from __future__ import annotations

import numpy as np

from ..correspondence.correspondence import Correspondence
from .flatten import mean_value_weights, solved
from .seam import CutSkin
from .source import Painted
from .surface import border_loops, with_openings_filled

TRUSTED, NEAR = 0.05, 0.005  # of the trust in a place; metres off: from there on a vertex follows its neighbours
LEAST_SHARE = 0.05  # of a triangle's usual area in the plane, below which its corners follow their neighbours
THIN_ROUNDS, ROUNDS = 2, 25  # in which thin triangles count as bad, too; and in all
TOLERANCE = 1e-7  # of the texture's width
MILLIMETRES = 1000.0


def laid_flat(vertices: np.ndarray, skin: CutSkin, correspondence: Correspondence, source: Painted) -> np.ndarray:
    """(N, 2) places of the vertices and of the skin's copies of some, ``vertices`` (V, 3) metres; zeros elsewhere.

    Vertices lie where the source has their places. The seam lies on the source's, and the border, where it reaches
    beyond the source, as far outside. All others are weighted means of their neighbours, as are the corners of
    triangles that would be turned over (Floater 1997).
    """
    points = np.concatenate([vertices, vertices[skin.copies]])
    flat, held, sure = _carried(points, skin, correspondence, source)
    scale = _scale(source)
    sure |= held
    rows, columns, weights = _filled_weights(points, skin)
    usual = scale**2 * np.linalg.norm(_cross(points, skin.faces), axis=1)
    for number in range(ROUNDS):
        flat = _solved(rows, columns, weights, flat, sure)
        bad = _turns(flat, skin.faces) < (0.0 if number >= THIN_ROUNDS else LEAST_SHARE * usual)
        corners = np.unique(skin.faces[bad])
        if number >= THIN_ROUNDS:  # those around them too
            corners = np.unique(skin.faces[np.isin(skin.faces, corners).any(1)])
        new = corners[sure[corners] & ~held[corners]]
        if not len(new):
            break
        sure[new] = False
    return flat


def _carried(
    points: np.ndarray, skin: CutSkin, correspondence: Correspondence, source: Painted
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(N, 2) where the source has the vertices; (N,) bool which are held in any case, and which are to begin with."""
    count = len(points)
    flat, held, sure = np.zeros((count, 2)), np.zeros(count, bool), np.zeros(count, bool)
    vertices, triangles = correspondence.vertices, correspondence.triangles
    corners = source.uvs.coords[source.uvs.faces[triangles]].astype(np.float64)
    flat[vertices] = (corners * correspondence.barycentric[..., None]).sum(1)
    near = (correspondence.trust > TRUSTED) & (correspondence.distances < NEAR)
    sure[vertices] = source.painted[triangles] & near
    distances = np.zeros(count)
    distances[vertices] = correspondence.distances
    distances[skin.first_copy :] = distances[skin.copies]
    _put_on_seam(flat, held, points, skin, correspondence, source)
    distances[distances == np.inf] = distances[np.isfinite(distances)].max(initial=0.0)
    rim = np.concatenate([skin.border, skin.seam, np.arange(skin.first_copy, count)])
    beyond = rim[distances[rim] >= NEAR]
    flat[beyond, 1] -= distances[beyond] * _scale(source)
    held[beyond], sure[beyond] = False, True
    return flat, held, sure


def _put_on_seam(
    flat: np.ndarray,
    held: np.ndarray,
    points: np.ndarray,
    skin: CutSkin,
    correspondence: Correspondence,
    source: Painted,
) -> None:
    """Put the seam on the source's."""
    row_of = np.full(skin.first_copy, -1)
    row_of[correspondence.vertices] = np.arange(len(correspondence.vertices))
    rows = row_of[skin.seam]
    places = source.model.v_template[source.model.faces[correspondence.triangles[rows]]].astype(np.float64)
    places = (places * correspondence.barycentric[rows, :, None]).sum(1)
    begin, end = source.model.v_template[source.seam].astype(np.float64).transpose(1, 0, 2)
    along = end - begin
    share = ((places[:, None] - begin) * along).sum(2) / np.maximum((along * along).sum(1), 1e-30)
    share = np.clip(share, 0.0, 1.0)
    nearest = np.linalg.norm(begin + share[..., None] * along - places[:, None], axis=2).argmin(1)
    share = share[np.arange(len(places)), nearest][:, None, None]
    ends = source.seam_uvs[nearest]
    on_sides = (1 - share) * ends[:, 0] + share * ends[:, 1]
    on_sides = on_sides[np.arange(len(rows))[:, None], on_sides[..., 0].argsort(1)]  # the lower U first
    copies = np.arange(skin.first_copy, skin.first_copy + len(skin.copies))
    low, high = (skin.seam[1:], copies) if _kept_is_low(points, skin, source) else (copies, skin.seam[1:])
    flat[skin.seam[0]] = on_sides[0].mean(0)
    flat[low], flat[high] = on_sides[1:, 0], on_sides[1:, 1]
    held[skin.seam] = held[copies] = True


def _kept_is_low(points: np.ndarray, skin: CutSkin, source: Painted) -> bool:
    """Whether the triangles that kept the seam's vertices lie on the side of the lower U.

    By the side of the head that they lie on, not by where the source has them, which beside a seam may be either side.
    """
    means = []
    for side in (skin.seam[1:], np.arange(skin.first_copy, skin.first_copy + len(skin.copies))):
        around = np.unique(skin.faces[np.isin(skin.faces, side).any(1)])
        around = around[(around < skin.first_copy) & ~np.isin(around, skin.seam)]
        means.append(points[around, 0].mean())
    x = source.model.v_template[source.model.faces[source.painted], 0]
    u = source.uvs.coords[source.uvs.faces[source.painted], 0]
    rises = np.corrcoef(x.ravel(), u.ravel())[0, 1] > 0
    return bool((means[0] < means[1]) == rises)


def _scale(source: Painted) -> float:
    """Widths of the texture for a metre of the source's painted skin."""
    faces = source.model.faces[source.painted]
    area = np.linalg.norm(_cross(source.model.v_template.astype(np.float64), faces), axis=1).sum()
    in_plane = np.abs(_turns(source.uvs.coords.astype(np.float64), source.uvs.faces[source.painted])).sum()
    return float(np.sqrt(in_plane / area))


def _filled_weights(points: np.ndarray, skin: CutSkin) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean value weights of the skin with its openings filled: each gets a point in its middle, after all others."""
    openings = [loop for loop in border_loops(skin.faces) or [] if skin.seam[0] not in loop]
    filled, fans = with_openings_filled(points, openings)
    return mean_value_weights(MILLIMETRES * filled, [*map(tuple, skin.faces.tolist()), *map(tuple, fans.tolist())])


def _solved(
    rows: np.ndarray, columns: np.ndarray, weights: np.ndarray, flat: np.ndarray, sure: np.ndarray
) -> np.ndarray:
    """(N, 2) with what is not sure in the middle of its neighbours."""
    count = max(int(rows.max()) + 1, len(flat))
    start, fixed = np.zeros((count, 2)), np.ones(count, bool)
    start[: len(flat)], start[len(flat) :] = flat, flat[sure].mean(0)
    fixed[rows] = False
    fixed[: len(flat)] |= sure
    return solved(rows, columns, weights, start, fixed, TOLERANCE)[: len(flat)]


def _cross(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F, 3) normals, as long as twice the areas."""
    corners = points[faces]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def _turns(flat: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F,) twice the signed areas."""
    one, other = flat[faces[:, 1]] - flat[faces[:, 0]], flat[faces[:, 2]] - flat[faces[:, 0]]
    turns: np.ndarray = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return turns
