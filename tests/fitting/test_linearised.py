"""The layer's derivatives against PyTorch's, which differentiates the layer by itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from flame_blender.fitting.solver.layer import HeadPart
from flame_blender.fitting.solver.linearised import Linearised
from flame_blender.fitting.solver.posed_gram import JointProducts, PosedGram
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.geometry.rotations import matrix_from_axis_angle
from tests.fitting.layer_in_torch import N_FRAMES, layer_in_torch, random_pose


@pytest.mark.parametrize("seed", range(2))
def test_derivatives_by_pose_and_coefficients_are_torchs(full_model: FlameModel, seed: int) -> None:
    """J.T g for random g: by every turn, the translation, and coefficients through directions and joints."""
    rng = np.random.default_rng(seed)
    evaluator, model = FlameEvaluator(full_model), full_model
    n_free = model.n_identity + model.n_expression
    pose = random_pose(rng, model.n_joints)
    coefficients = rng.normal(size=(N_FRAMES, n_free)) * 0.5
    rest = evaluator.template + coefficients.astype(np.float32) @ model.basis[:n_free]
    layer = Linearised(HeadPart.whole(evaluator), rest.reshape(N_FRAMES, 3, -1), evaluator.regress_joints(rest), pose)
    by_coefficients = torch.tensor(coefficients, requires_grad=True)
    by_turns = torch.zeros(N_FRAMES, model.n_joints, 3, dtype=torch.float64, requires_grad=True)
    by_translation = torch.tensor(pose.translation, requires_grad=True)
    vertices = layer_in_torch(evaluator, by_coefficients, by_turns, by_translation, pose)
    assert np.abs(np.swapaxes(layer.vertices, 1, 2) - vertices.detach().numpy()).max() < 1e-6
    gradient = rng.normal(size=layer.vertices.shape).astype(np.float32)
    (vertices * torch.tensor(np.swapaxes(gradient, 1, 2).astype(np.float64))).sum().backward()

    flat = gradient.reshape(N_FRAMES, -1, 1).astype(np.float64)
    by_pose = (layer.pose_jacobian().reshape(N_FRAMES, -1, flat.shape[1]) @ flat)[..., 0]
    expected = np.concatenate([by_turns.grad.reshape(N_FRAMES, -1), by_translation.grad], 1)
    assert np.abs(by_pose - expected).max() < 1e-4 * np.abs(expected).max()

    jacobian = (
        np.swapaxes(layer.joint_moves(), -1, -2)[..., None] * HeadPart.whole(evaluator).subtree_weights()[:, None, None]
    )
    by_joints = (jacobian.reshape(N_FRAMES, -1, flat.shape[1]) @ flat)[..., 0]
    joints = evaluator.regress_joints(model.basis[:n_free]).reshape(n_free, -1)
    found = layer.unposed(gradient[:, None]).reshape(N_FRAMES, -1) @ model.basis[:n_free].T + by_joints @ joints.T
    expected = by_coefficients.grad.numpy()
    assert np.abs(found - expected).max() < 1e-4 * np.abs(expected).max()


def test_moved_turns_joints_about_space(full_model: FlameModel) -> None:
    """A step turns the joint's rotation in space by exactly its angle, and leaves the children's own rotations."""
    rng = np.random.default_rng(5)
    parents = FlameEvaluator(full_model).parents
    pose = random_pose(rng, full_model.n_joints)
    steps = np.zeros((N_FRAMES, 3 * full_model.n_joints + 3))
    steps[:, 3:6] = rng.uniform(-1, 1, (N_FRAMES, 3))
    moved = pose.moved(steps, parents)
    turn = matrix_from_axis_angle(steps[:, 3:6])
    before, after = (each.rotations[:, 0] @ each.rotations[:, 1] for each in (pose, moved))
    assert np.abs(after - turn @ before).max() < 1e-12
    others = np.delete(moved.rotations - pose.rotations, 1, axis=1)
    assert np.abs(others).max() < 1e-12


def test_products_are_those_of_the_jacobians(full_model: FlameModel) -> None:
    """What is never made, made: B turned by the blended transforms, and the joints' Jacobian."""
    rng = np.random.default_rng(6)
    evaluator, directions = FlameEvaluator(full_model), full_model.basis[280:330]
    pose = random_pose(rng, full_model.n_joints)
    rest = np.repeat(evaluator.template[None], N_FRAMES, 0)
    layer = Linearised(HeadPart.whole(evaluator), rest.reshape(N_FRAMES, 3, -1), evaluator.regress_joints(rest), pose)
    weights, subtrees = full_model.weights.T, HeadPart.whole(evaluator).subtree_weights()
    planar = directions.reshape(len(directions), 3, -1).astype(np.float64)
    turned = np.einsum("niav,kav->nkiv", layer.linear.astype(np.float64), planar).reshape(N_FRAMES, len(directions), -1)
    moves, rotations = layer.joint_moves(), layer.transforms[..., :3, :3]
    jacobian = (np.swapaxes(moves, -1, -2)[..., None] * subtrees[:, None, None]).reshape(N_FRAMES, 15, -1)
    changes = rng.normal(size=(N_FRAMES, 2, 3, full_model.n_vertices)).astype(np.float32)
    products, free = JointProducts(directions, weights, subtrees), slice(10, 40)

    def close(found: np.ndarray, expected: np.ndarray) -> bool:
        return bool(np.abs(found - expected).max() < 1e-5 * np.abs(expected).max())

    assert close(
        PosedGram(directions, weights).at(rotations, free), turned[:, free] @ np.swapaxes(turned[:, free], 1, 2)
    )
    assert close(products.square(moves), jacobian @ np.swapaxes(jacobian, 1, 2))
    assert close(products.with_changes(changes, moves), changes.reshape(N_FRAMES, 2, -1) @ np.swapaxes(jacobian, 1, 2))
    assert close(products.along_directions(rotations, moves, free), jacobian @ np.swapaxes(turned[:, free], 1, 2))
