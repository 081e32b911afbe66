"""Splats on a head against torch: GaussianAvatars' formulas, and ``smplx``'s skinning, with its teeth."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation
from smplx.lbs import lbs

from flame_blender.errors import AvatarError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.splats.harmonics import colours
from flame_blender.splats.placing import placed
from flame_blender.splats.splats import Splats
from flame_blender.splats.teeth import LOWER_LIP, UPPER_LIP, teeth_of, teeth_on, triangles, with_teeth
from flame_blender.splats.triangle_frames import bound, posed
from tests.splats.made_up import random_splats


@pytest.fixture(scope="module")
def toothed(shared_model: FlameModel) -> FlameModel:
    return with_teeth(shared_model)


def params_of(model: FlameModel, seed: int) -> FlameParams:
    rng = np.random.default_rng(seed)
    turns = {name: rng.normal(0, 0.2, 3) for name in ("global_rotation", "neck", "jaw", "left_eye", "right_eye")}
    return FlameParams(
        shape=rng.normal(size=model.n_identity), expression=rng.normal(size=model.n_expression), **turns,
        translation=rng.normal(0, 0.1, 3), offsets=rng.normal(0, 1e-3, (model.n_vertices, 3)),
    )  # fmt: skip


def skinned(model: FlameModel, params: FlameParams) -> torch.Tensor:
    """(V, 3) by smplx, in float64."""
    double = {"dtype": torch.float64}
    pose = np.concatenate([params.global_rotation, params.neck, params.jaw, params.left_eye, params.right_eye])
    betas = torch.tensor(np.concatenate([params.shape, params.expression])[None], **double)
    posedirs = torch.tensor(model.posedirs.reshape(-1, model.posedirs.shape[-1]).T.copy(), **double)
    vertices, _ = lbs(
        betas, torch.tensor(pose[None], **double), torch.tensor((model.v_template + params.offsets)[None], **double),
        torch.tensor(model.shapedirs.copy(), **double), posedirs, torch.tensor(model.joint_regressor, **double),
        torch.tensor(model.parents.astype(np.int64)), torch.tensor(model.weights, **double),
    )  # fmt: skip
    return vertices[0] + torch.tensor(params.translation, **double)


def by_torch(splats: Splats, vertices: torch.Tensor, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centres, scales and rotation matrices, as splats.md tells the code's formulas."""
    corners = vertices[torch.tensor(faces.astype(np.int64))]
    v0, v1, v2 = corners.unbind(1)
    unit = torch.nn.functional.normalize
    a0 = unit(v1 - v0, dim=1)
    a1 = unit(torch.cross(a0, v2 - v0, dim=1), dim=1)
    a2 = -unit(torch.cross(a1, a0, dim=1), dim=1)
    axes = torch.stack([a0, a1, a2], 2)
    size = ((v1 - v0).norm(dim=1) + (a2 * (v2 - v0)).sum(1).abs()) / 2
    which = torch.tensor(splats.triangles.astype(np.int64))
    own = torch.tensor(splats.centres.astype(np.float64))
    centres = corners.mean(1)[which] + size[which, None] * (axes[which] @ own[..., None])[..., 0]
    scales = size[which, None] * torch.tensor(splats.scales.astype(np.float64))
    turns = Rotation.from_quat(splats.rotations.astype(float), scalar_first=True).as_matrix()
    return centres.numpy(), scales.numpy(), (axes[which] @ torch.tensor(turns)).numpy()


@pytest.mark.parametrize("seed", range(4))
def test_bound_splats_are_where_torch_has_them(toothed, seed):
    """Teeth included: every triangle has some."""
    splats = random_splats(len(toothed.faces) + 500, 0, len(toothed.faces), seed)
    numbers = np.concatenate([np.arange(len(toothed.faces)), splats.triangles[:500]]).astype(np.int32)
    splats = dataclasses.replace(splats, triangles=numbers)
    params = params_of(toothed, seed)
    vertices = FlameEvaluator(toothed).vertices(params)
    found = posed(splats, vertices, toothed.faces)
    centres, _, _ = by_torch(splats, skinned(toothed, params), toothed.faces)
    np.testing.assert_allclose(found.centres, centres, atol=1e-6)
    # what a triangle of a millimetre does to its frame is told of the same vertices: they are rounded to float32
    _, scales, turns = by_torch(splats, torch.tensor(vertices.astype(float)), toothed.faces)
    np.testing.assert_allclose(found.scales, scales, rtol=1e-5)
    matrices = Rotation.from_quat(found.rotations.astype(float), scalar_first=True).as_matrix()
    np.testing.assert_allclose(matrices, turns, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found.rotations, axis=1), 1, rtol=1e-5)


def test_splats_that_are_bound_to_nothing_follow_nothing(shared_model):
    with pytest.raises(ValueError, match="expected splats that are bound to triangles"):
        posed(random_splats(3), shared_model.v_template, shared_model.faces)


def test_what_is_bound_at_a_head_stands_where_it_stood(shared_model):
    rng = np.random.default_rng(3)
    vertices = FlameEvaluator(shared_model).vertices(params_of(shared_model, 5))
    splats = random_splats(400, 1)
    faces = rng.integers(0, len(shared_model.faces), 400)
    found = posed(bound(splats, vertices, shared_model.faces, faces), vertices, shared_model.faces)
    np.testing.assert_allclose(found.centres, splats.centres, atol=2e-5)
    np.testing.assert_allclose(found.scales, splats.scales, rtol=1e-4)
    turned = np.abs((found.rotations * splats.rotations).sum(1))
    np.testing.assert_allclose(turned, 1, atol=1e-5)


def test_teeth_follow_neck_jaw_and_identity(toothed):
    """Numbers of the rule, worked out here for one column; expressions and correctives leave them."""
    template, column = toothed.v_template, 4
    upper, lower = template[list(UPPER_LIP)].astype(float), template[list(LOWER_LIP)].astype(float)
    distance = np.linalg.norm(upper - lower, axis=1).mean()
    middle = (upper[column] + lower[column]) / 2
    middle[1] = ((upper + lower) / 2)[:, 1].mean()
    middle[2] -= 1.5 * distance
    teeth = teeth_of(template).reshape(8, 15, 3)[:, column]
    high, deep = [2.1, -2.1, 0.1, -0.1, 2.1, 0.1, -2.1, -0.1], [0, 0.4, 0, 0.4, 1, 1, 1.4, 1.4]
    for row in range(8):
        wanted = middle + np.array([0, high[row] * distance, -deep[row] * distance])
        np.testing.assert_allclose(teeth[row], wanted, atol=1e-6, err_msg=str(row))
    vertices = toothed.n_vertices - 120 + 15 * np.arange(8) + column
    identity = toothed.shapedirs[:, :, : toothed.n_identity]
    lips = (identity[UPPER_LIP[column]] + identity[LOWER_LIP[column]]) / 2
    np.testing.assert_allclose(identity[vertices], np.broadcast_to(lips, (8, *lips.shape)), atol=1e-7)
    assert not toothed.shapedirs[vertices, :, toothed.n_identity :].any() and not toothed.posedirs[vertices].any()
    assert (toothed.weights[vertices].argmax(1) == [1, 2, 1, 2, 1, 1, 2, 2]).all()
    assert (toothed.weights[vertices].max(1) == 1).all()


def test_teeth_are_strips_of_two_triangles_a_column():
    """In the order of the code's lists: the first and last column of each, from splats.md."""
    found = triangles(0).tolist()
    assert len(found) == 168
    assert found[:2] == [[0, 31, 30], [0, 1, 31]] and found[26:28] == [[13, 14, 43], [14, 44, 43]]
    assert found[28:30] == [[60, 75, 76], [60, 76, 61]] and found[56:58] == [[75, 30, 76], [76, 30, 31]]
    assert found[84:86] == [[45, 46, 15], [46, 16, 15]] and found[112:114] == [[90, 106, 105], [90, 91, 106]]
    assert found[-2:] == [[118, 59, 58], [118, 119, 59]]


def test_the_head_itself_stays(shared_model, toothed):
    params = FlameParams(shape=np.ones(10), expression=np.ones(10), jaw=np.array([0.2, 0, 0]))
    plain, found = FlameEvaluator(shared_model).vertices(params), FlameEvaluator(toothed).vertices(params)
    np.testing.assert_allclose(found[: len(plain)], plain, atol=1e-6)


def test_other_heads_have_no_such_teeth(built_in):
    with pytest.raises(AvatarError, match="expected a model of FLAME's 5,023 vertices and 9,976 triangles, found"):
        with_teeth(built_in)


@pytest.mark.parametrize("seed", range(3))
def test_teeth_alone_are_where_the_whole_head_has_them(shared_model, toothed, seed):
    """As a scene writes them beside a head: of joints and identity alone, with offsets at rest."""
    params = params_of(toothed, seed)
    whole = skinned(toothed, params).numpy()[-120:]
    identity = FlameEvaluator(shared_model).prepare(params.shape, params.offsets[:-120].astype(np.float32))
    turns = [params.global_rotation, params.neck, params.jaw, params.left_eye, params.right_eye]
    expression = np.asarray(params.expression, np.float32)
    carried = identity.carried(expression, np.array(turns), np.asarray(params.translation))
    found = teeth_on(shared_model, params.shape, carried, params.offsets[-120:])
    np.testing.assert_allclose(found, whole, atol=1e-6)


def test_splats_in_other_axes_look_the_same_from_there():
    """Places, sizes and colours after a turn, a scale and a shift, each worked out by SciPy's matrices."""
    splats, rng = random_splats(300), np.random.default_rng(4)
    turn, shift = Rotation.from_rotvec([0.3, -1.2, 0.7]), np.array([0.1, -0.2, 0.3])
    found = placed(splats, 1.7 * turn.as_matrix(), shift)
    np.testing.assert_allclose(found.centres, 1.7 * turn.apply(splats.centres) + shift, atol=1e-6)
    np.testing.assert_allclose(found.scales, 1.7 * splats.scales, rtol=1e-6)
    matrices = Rotation.from_quat(found.rotations.astype(float), scalar_first=True).as_matrix()
    before = Rotation.from_quat(splats.rotations.astype(float), scalar_first=True).as_matrix()
    np.testing.assert_allclose(matrices, turn.as_matrix() @ before, atol=1e-6)
    directions = rng.normal(size=(300, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    seen = colours(splats.harmonics.astype(float), directions)
    np.testing.assert_allclose(colours(found.harmonics.astype(float), turn.apply(directions)), seen, atol=1e-5)
