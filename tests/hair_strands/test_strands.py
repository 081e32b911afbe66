"""Hair on heads, without Blender: where it is rooted, that it stays out of the head, and how it follows."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from flame_blender.assets import BUILT_IN_HEAD
from flame_blender.errors import ModelError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.hair_strands.binding import Binding
from flame_blender.hair_strands.distance_field import distance_field
from flame_blender.hair_strands.ground import ground_of
from flame_blender.hair_strands.growing import Grown, growing_on
from flame_blender.hair_strands.melanin import colour_of
from flame_blender.hair_strands.scalp_region import Hairline
from flame_blender.hair_strands.styles import BEARD, BROWS, LASHES, MOUSTACHE, NONE, SCALP, STYLES, names_of
from flame_blender.long_work import result_of
from flame_blender.model_files.loading import load_model
from tests.flame.face_like import face_like_model

ALL = {SCALP: "CROP", BROWS: "NATURAL", LASHES: "NATURAL", BEARD: "FULL", MOUSTACHE: "NATURAL"}
DEEP = 0.001  # metres that a strand may be inside the head


@cache
def built_in() -> FlameModel:
    return load_model(BUILT_IN_HEAD)


@cache
def identity(seed: int) -> np.ndarray:
    """(V, 3) the built-in head at rest, its mean with seed 0, else a random person."""
    model = built_in()
    shape = np.random.default_rng(seed).normal(0, 1, model.n_identity) * (seed > 0)
    return FlameEvaluator(model).vertices(FlameParams(shape=shape.astype(np.float32))).astype(np.float64)


@cache
def grown(seed: int, density: float = 0.1, **more: str) -> dict[str, Grown]:
    return result_of(growing_on(built_in(), identity(seed), more or ALL, density=density, seed=3))


def depths(points: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(N,) metres outside the mesh, negative inside: from the nearest of dense points on it, by SciPy, and turns."""
    corners = vertices[faces]
    shares = np.array([(i, j, 6 - i - j) for i in range(7) for j in range(7 - i)]) / 6
    dense = np.einsum("sk,fkc->fsc", shares, corners)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    away, near = cKDTree(dense.reshape(-1, 3)).query(points, k=4)
    off = points[:, None] - dense.reshape(-1, 3)[near]
    side = (off * normals[near // len(shares)]).sum(2).mean(1)
    told = np.where(side < 0, -away[:, 0], away[:, 0])
    doubtful = np.flatnonzero(side < 0)  # beside a sharp edge, as of an ear, normals do not tell
    told[doubtful] *= np.where([_winds(corners - point) > 0.5 for point in points[doubtful]], 1, -1)
    return told


def _winds(corners: np.ndarray) -> float:
    """How often triangles (F, 3, 3) go round the origin (Van Oosterom and Strackee 1983)."""
    a, b, c = np.moveaxis(corners, 1, 0)
    la, lb, lc = (np.linalg.norm(each, axis=1) for each in (a, b, c))
    over = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
    return float(np.arctan2((a * np.cross(b, c)).sum(1), over).sum() / (2 * np.pi))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_roots_lie_on_triangles_and_not_on_ears(seed):
    ground = ground_of(built_in(), identity(seed))
    for piece, each in grown(seed).items():
        roots = each.strands.roots
        assert len(roots) > 20, piece
        assert (roots.weights >= -1e-12).all() and np.allclose(roots.weights.sum(1), 1)
        places = np.einsum("nk,nkc->nc", roots.weights, ground.vertices[ground.faces[roots.faces]])
        assert np.abs(places - roots.points).max() < 1e-12
        if piece != LASHES:  # which leave the lids' very edge
            assert np.abs(each.strands.points[:, 0] - places).max() < 1e-12
        assert not ground.ears[ground.faces[roots.faces]].all(1).any(), piece


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_strand_is_in_the_head(seed):
    ground = ground_of(built_in(), identity(seed))
    for piece, each in grown(seed).items():
        if piece != LASHES:
            points = each.strands.points[:, 1:].reshape(-1, 3)
            assert depths(points, ground.vertices, ground.faces).min() > -DEEP, piece


@pytest.mark.parametrize("style", names_of(SCALP)[1:])
def test_every_style_of_the_scalp_grows_out_of_the_head(style):
    ground, strands = ground_of(built_in(), identity(0)), grown(0, 0.06, SCALP=style)[SCALP].strands
    assert np.isfinite(strands.points).all() and (strands.radii > 0).all()
    inside = depths(strands.points[:, 1:].reshape(-1, 3), ground.vertices, ground.faces)
    assert inside.min() > -DEEP
    lengths = np.linalg.norm(np.diff(strands.points, axis=1), axis=2).sum(1)
    assert lengths.min() > 0.001 and lengths.max() < 0.6


@pytest.mark.parametrize("piece", [BROWS, LASHES, BEARD, MOUSTACHE])
def test_every_style_of_the_face_grows(piece):
    for style in names_of(piece)[1:]:
        strands = result_of(growing_on(built_in(), identity(0), {piece: style}, density=0.2))[piece].strands
        assert len(strands) > 20 and np.isfinite(strands.points).all(), style


def test_the_scalp_has_no_bald_patch_and_the_face_none_of_its_hair():
    ground = ground_of(built_in(), identity(0))
    roots = grown(0, 1.0, SCALP="BUZZ")[SCALP].strands.roots.points
    hairline = Hairline.of(ground, 0.0, np.random.default_rng(0))
    middles = ground.vertices[ground.faces].mean(1)
    well_inside = hairline.inside(middles) > 0.012
    well_inside &= cKDTree(ground.vertices[ground.ears]).query(middles)[0] > 0.012
    assert well_inside.sum() > 500
    assert cKDTree(roots).query(middles[well_inside])[0].max() < 0.004
    face = ground.face
    before = roots[roots[:, 2] > face.ear_front + 0.03]
    assert before[:, 1].min() > face.brows


def test_the_same_numbers_grow_the_same_hair_and_another_seed_other_hair():
    again = result_of(growing_on(built_in(), identity(1), ALL, density=0.1, seed=3))
    other = result_of(growing_on(built_in(), identity(1), ALL, density=0.1, seed=4))
    for piece, each in grown(1).items():
        assert np.array_equal(each.strands.points, again[piece].strands.points)
        assert each.strands.points.shape[1:] == other[piece].strands.points.shape[1:]
        assert not np.array_equal(each.strands.roots.points[:20], other[piece].strands.roots.points[:20])


def test_one_piece_does_not_change_another():
    alone = result_of(growing_on(built_in(), identity(1), {BEARD: "FULL"}, density=0.1, seed=3))
    assert np.array_equal(alone[BEARD].strands.points, grown(1)[BEARD].strands.points)


def test_bound_points_are_where_they_grew_and_move_with_the_head_as_a_whole():
    vertices = identity(1)
    turn, shift = Rotation.from_rotvec([0.3, -0.7, 0.2]).as_matrix(), np.array([0.1, 0.2, -0.3])
    for each in grown(1).values():
        rest = each.strands.points.reshape(-1, 3)
        assert np.abs(each.binding.points(vertices) - rest).max() < 1e-6
        assert np.abs(each.binding.points(vertices @ turn.T + shift) - (rest @ turn.T + shift)).max() < 2e-6


def test_a_bound_point_stays_in_its_triangles_frame():
    """One triangle worked out by hand: the first edge turned to Y, the normal to X."""
    binding = Binding(np.array([[0, 1, 2]]), np.array([[0.5, 0.25, 0.25]]), np.array([[1.0, 2.0, 3.0]]))
    flat = np.array([[0.0, 0, 0], [4, 0, 0], [0, 8, 0]])
    assert binding.points(flat)[0] == pytest.approx([1 + 1, 2 + 2, 3])
    upright = np.array([[0.0, 0, 0], [0, 4, 0], [0, 0, 8]])  # x to y, y to z, z to x
    assert binding.points(upright)[0] == pytest.approx([3, 1 + 1, 2 + 2])


@pytest.mark.parametrize("seed", [1, 2])
def test_hair_grown_on_one_person_stays_out_of_another(seed):
    ground = ground_of(built_in(), identity(seed))
    points = grown(0)[SCALP].binding.points(identity(seed)).reshape(-1, ALL_POINTS, 3)[:, 1:].reshape(-1, 3)
    inside = depths(points, ground.vertices, ground.faces)
    assert inside.min() > -0.002 and np.quantile(inside, 0.001) > -DEEP


ALL_POINTS = 7  # of a strand of the crop


def test_the_field_tells_distances():
    ground = ground_of(built_in(), identity(0))
    field = distance_field(ground.vertices, ground.faces)
    ids = np.flatnonzero(ground.vertices[:, 1] > ground.face.brows + 0.02)
    ids = np.intersect1d(ids, ground.faces)
    for off in (-0.004, 0.002, 0.015):
        told, out = field.at(ground.vertices[ids] + off * ground.normals[ids])
        assert np.abs(told - off).max() < 0.0007
        assert ((out * ground.normals[ids]).sum(1) > 0.95).mean() > 0.98


def test_the_field_knows_behind_an_ear_which_side_is_in_the_head():
    """By how often the skin winds round: the nearest triangle's own normal told 39 corners of 1,937 wrong."""
    ground = ground_of(built_in(), identity(0))
    field, corners = distance_field(ground.vertices, ground.faces), ground.vertices[ground.faces]
    places = np.argwhere((field.nearest >= 0) & (np.abs(field.values) < 0.006))
    points = field.low + field.cell * places
    near, row = cKDTree(corners.mean(1)).query(points)
    chosen = np.flatnonzero((near < 0.008) & ground.ears[ground.faces[row]].all(1))
    inside = np.array([_winds(corners - points[each]) > 0.5 for each in chosen])
    wrong = inside != (field.values[tuple(places[chosen].T)] < 0)
    assert len(chosen) > 500 and 0.2 < inside.mean() < 0.8 and wrong.mean() < 0.005


def test_a_model_without_ears_or_landmarks_is_refused():
    bare = face_like_model()
    model = FlameModel(**{**vars(bare), "regions": {}})
    with pytest.raises(ModelError, match="ears"):
        ground_of(model, model.v_template)


def test_colours_of_melanin():
    assert colour_of(0.0, 0.5) == pytest.approx((1, 1, 1))
    black, brown, blond, red = (np.array(colour_of(*each)) for each in ((1.0, 0), (0.75, 0), (0.2, 0), (0.6, 1.0)))
    assert black.max() < 0.02 and (black < brown).all() and (brown < blond).all()
    assert red[0] / red[1] > brown[0] / brown[1] and blond[0] > blond[1] > blond[2] > 0.02


def test_styles_are_told_once():
    for piece, styles in STYLES.items():
        assert styles[0][0] == NONE and len({each[0] for each in styles}) == len(styles), piece
