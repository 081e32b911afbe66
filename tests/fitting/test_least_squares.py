"""The solver's equations against torch's derivatives, and its minimum against torch's LBFGS."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from flame_blender.errors import ParameterError
from flame_blender.fitting.landmarks.landmarks_2d import View, fitting_landmarks_2d
from flame_blender.fitting.landmarks.landmarks_3d import fit_landmarks_3d
from flame_blender.fitting.landmarks.targets import HUBER, Targets
from flame_blender.fitting.landmarks.views import UPRIGHT
from flame_blender.fitting.solver.equations import Equations, normal_equations
from flame_blender.fitting.solver.layer import HeadPart
from flame_blender.fitting.solver.least_squares import ANGLE_SPREADS, Prior, minimising
from flame_blender.fitting.solver.step_layout import StepLayout
from flame_blender.fitting.solver.surface_points import SurfacePoints
from flame_blender.fitting.solver.unknowns import LOG_FOCAL, LOG_SCALE, VARIED, Unknowns, free_entries
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.camera import Camera
from flame_blender.landmark_files.observed import ObservedLandmarks
from flame_blender.long_work import result_of
from tests.fitting.layer_in_torch import layer_in_torch, random_pose
from tests.fitting.random_heads import random_head
from tests.fitting.torch_fit import TorchHead, double, minimum
from tests.flame.full_size import small_model

N_POINTS, NOISE = 40, 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_jacobians_of_surface_points_are_torchs(full_model: FlameModel, seed: int) -> None:
    """Random points and directions: by every coefficient, turn and the translation."""
    rng, evaluator = np.random.default_rng(seed), FlameEvaluator(full_model)
    corners = full_model.faces[rng.integers(0, len(full_model.faces), N_POINTS)]
    barycentric, along = rng.dirichlet(np.ones(3), N_POINTS), rng.normal(size=(N_POINTS, 2, 3))
    pose = random_pose(rng, full_model.n_joints, 1)
    coefficients = rng.normal(size=full_model.n_identity + full_model.n_expression)
    unknowns = Unknowns(StepLayout.of(full_model, (LOG_SCALE,)), coefficients, pose, np.zeros(1))
    found = SurfacePoints(HeadPart.whole(evaluator), corners, barycentric).at(unknowns)
    moving = [
        torch.tensor(coefficients[None], requires_grad=True),
        torch.zeros(1, full_model.n_joints, 3, dtype=torch.float64, requires_grad=True),
        torch.tensor(pose.translation, requires_grad=True),
    ]
    vertices = layer_in_torch(evaluator, moving[0], moving[1], moving[2], pose)[0]
    places = (vertices[corners.astype(np.int64)] * double(barycentric)[..., None]).sum(1)
    assert np.abs(found.places - places.detach().numpy()).max() < 1e-6
    jacobian, weights = found.jacobian(along), rng.normal(size=(N_POINTS, 2))
    ((places[:, None] * double(along)).sum(-1) * double(weights)).sum().backward()
    expected = np.concatenate([*(each.grad.numpy().reshape(-1) for each in moving), [0.0]])  # by the scale: nothing
    assert np.abs(np.einsum("pr,prk->k", weights, jacobian) - expected).max() < 1e-4 * np.abs(expected).max()


def test_the_priors_gradient_is_its_costs_slope(full_model: FlameModel) -> None:
    """Along random steps, angles far from small, against differences."""
    rng, evaluator = np.random.default_rng(3), FlameEvaluator(full_model)
    extras = {LOG_FOCAL: (0.2, 0.3), LOG_SCALE: (0.0, np.inf)}
    prior = Prior.of(evaluator, FlameParams(shape=rng.normal(size=20)), extras)
    unknowns = Unknowns(prior.layout, rng.normal(size=400), random_pose(rng, 5, 1), np.array([0.5, 9.0]))
    here = prior.linearise(unknowns, evaluator.parents)
    for _ in range(10):
        step = rng.normal(size=len(here.gradient))
        step[:400] *= 0.1  # so that the angles count beside the coefficients
        far = 1e-5
        costs = [prior.linearise(unknowns.stepped(sign * far * step, evaluator.parents), evaluator.parents).cost
                 for sign in (-1, 1)]  # fmt: skip
        assert -2 * here.gradient @ step == pytest.approx((costs[1] - costs[0]) / (2 * far), rel=1e-4)


def test_people_whose_coefficients_go_together(full_model: FlameModel) -> None:
    """They cost the squares of the independent numbers that they are mixed of, and are as likely as people spread."""
    rng, count = np.random.default_rng(6), full_model.n_identity
    mixing = np.tril(rng.normal(0, 0.05, (count, count)), -1) + np.diag(rng.uniform(0.6, 1.2, count))
    model = dataclasses.replace(full_model, identity_mixing=mixing.astype(np.float32))
    evaluator = FlameEvaluator(model)
    prior, numbers = Prior.of(evaluator), rng.normal(size=count)
    person = Unknowns.of(evaluator, FlameParams(shape=mixing @ numbers))
    found, identity = prior.linearise(person, evaluator.parents), prior.layout.identity
    assert found.cost == pytest.approx(numbers @ numbers, rel=1e-3)
    covariance = np.linalg.inv(found.square[identity, identity])
    np.testing.assert_allclose(covariance, mixing @ mixing.T, atol=1e-5)
    np.testing.assert_allclose(found.gradient[identity], -np.linalg.solve(covariance, person.coefficients[identity]))
    np.testing.assert_allclose(prior.spread[identity], np.sqrt(covariance.diagonal()), rtol=1e-5)


def test_outliers_count_linearly() -> None:
    """Huber's cost and its slope, on one residual that moves by itself."""
    for residual in (0.5, 3.0, 20.0):
        made = [normal_equations(np.array([[residual + shift]]), np.ones((1, 1, 1)), np.ones(1), huber=4.0)
                for shift in (-1e-5, 0, 1e-5)]  # fmt: skip
        assert made[1].cost == pytest.approx(residual**2 if residual < 4 else 8 * residual - 16)
        assert 2 * made[1].gradient[0] == pytest.approx((made[2].cost - made[0].cost) / 2e-5, rel=1e-4)


def huber_cost(off: torch.Tensor) -> torch.Tensor:
    """Of distances (n,) in standard deviations."""
    return torch.where(off > HUBER, 2 * HUBER * off - HUBER**2, off.square()).sum()


@pytest.fixture(scope="module")
def light_model() -> FlameModel:
    """Few enough vertices for torch to evaluate it ten thousand times."""
    return small_model(seed=1, n_identity=20, n_expression=10, n_vertices=120)


@pytest.mark.unmeasured
def test_the_minimum_in_space_is_lbfgs(light_model: FlameModel) -> None:
    """51 noisy landmarks with two that are wrong: the same least cost to 1 %."""
    rng, evaluator = np.random.default_rng(4), FlameEvaluator(light_model)
    embedding = light_model.landmarks["ibug"]
    truth = random_head(light_model, rng)
    points = evaluator.landmarks(truth, embedding)[17:] + rng.normal(0, NOISE, (51, 3))
    points[[5, 20]] += 0.02
    start = FlameParams(global_rotation=truth.global_rotation, translation=truth.translation)
    fit = fit_landmarks_3d(evaluator, embedding, ObservedLandmarks(points, np.arange(17, 68)), noise=NOISE, start=start)
    corners = light_model.faces[embedding.static_faces].astype(np.int64)

    def cost(head: TorchHead) -> torch.Tensor:
        places = (head.vertices()[corners] * double(embedding.static_barycentric)[..., None]).sum(1)
        return huber_cost(torch.linalg.norm(double(points) - places, dim=1) / NOISE) + head.prior()

    ours, theirs = TorchHead(light_model, fit.params), TorchHead(light_model, start)
    assert cost(ours).item() == pytest.approx(minimum(theirs, lambda: cost(theirs)), rel=0.01)


@pytest.mark.unmeasured
def test_the_minimum_in_a_picture_is_lbfgs(light_model: FlameModel) -> None:
    """51 landmarks, a pixel of noise, a calibrated camera, from the same start: the same least cost to 1 %."""
    rng, evaluator = np.random.default_rng(5), FlameEvaluator(light_model)
    embedding, noise = light_model.landmarks["ibug"], 1.0
    truth = FlameParams(shape=rng.normal(size=20), expression=rng.normal(size=10), global_rotation=(0.1, 0.3, 0.0))
    camera = Camera(np.array([1500.0, 1500, 512, 512]), 1024, 1024, UPRIGHT, np.array([0.0, 0.0, 0.8]))
    pixels = camera.project(evaluator.landmarks(truth, embedding)[17:]) + rng.normal(0, noise, (51, 2))
    start = FlameParams(global_rotation=truth.global_rotation)
    view = View(ObservedLandmarks(pixels, np.arange(17, 68)), 1024, 1024, camera=camera)
    fit = result_of(fitting_landmarks_2d(evaluator, embedding, [view], noise=noise, start=start))
    corners = light_model.faces[embedding.static_faces].astype(np.int64)

    def cost(head: TorchHead) -> torch.Tensor:
        places = (head.vertices()[corners] * double(embedding.static_barycentric)[..., None]).sum(1)
        seen = places @ double(camera.rotation).T + double(camera.translation)
        off = double(pixels) - (1500 * seen[:, :2] / seen[:, 2:] + 512)
        return huber_cost(torch.linalg.norm(off, dim=1) / noise) + head.prior()

    ours, theirs = TorchHead(light_model, fit.params), TorchHead(light_model, start)
    assert cost(ours).item() == pytest.approx(minimum(theirs, lambda: cost(theirs)), rel=0.01)


def test_bounds_hold_and_the_rest_is_still_least(full_model: FlameModel) -> None:
    """Coefficients kept within a tenth: no other allowed step lowers the cost (Kuhn's and Tucker's conditions)."""
    rng, evaluator = np.random.default_rng(6), FlameEvaluator(full_model)
    whole = HeadPart.whole(evaluator)
    corners = full_model.faces[rng.integers(0, len(full_model.faces), N_POINTS)]
    points = SurfacePoints(whole, corners, rng.dirichlet(np.ones(3), N_POINTS))
    truth = Unknowns.of(evaluator, random_head(full_model, rng))
    targets = Targets(points, points.at(truth).places, np.ones(N_POINTS), NOISE)
    free_prior = Prior.of(evaluator)
    limit = np.full(400, 0.1)
    prior = dataclasses.replace(free_prior, least=-limit, most=limit)
    start = targets.aligned(Unknowns.of(evaluator, FlameParams()), whole.joints[0])
    free = free_entries(prior.layout, VARIED)
    solved = result_of(minimising(targets.linearise, start, prior, free, evaluator.parents, 200))
    coefficients = solved.unknowns.coefficients
    assert np.abs(coefficients).max() <= 0.1 + 1e-12
    downhill = (targets.linearise(solved.unknowns) + prior.linearise(solved.unknowns, evaluator.parents)).gradient[:400]
    inside = np.abs(coefficients) < 0.1 - 1e-9
    assert 20 < inside.sum() < 380
    assert np.abs(downhill[inside]).max() < 0.05
    assert (downhill[~inside] * coefficients[~inside] > -0.05).all()


def test_a_step_turns_about_axes_in_space(full_model: FlameModel) -> None:
    """Unknowns there and back again, and a move of the whole head, against SciPy's rotations."""
    rng, evaluator = np.random.default_rng(7), FlameEvaluator(full_model)
    params = random_head(full_model, rng)
    again = Unknowns.of(evaluator, params).params()
    for name in VARIED:
        assert np.abs(getattr(again, name) - getattr(params, name)).max() < 1e-6, name
    rotation, translation = Rotation.random(random_state=1).as_matrix(), rng.normal(size=3)
    root_joint = HeadPart.whole(evaluator).joints_at(Unknowns.of(evaluator, params).coefficients)[0]
    moved = Unknowns.of(evaluator, params).moved(rotation, translation, root_joint).params()
    expected = evaluator.vertices(params) @ rotation.T + translation
    assert np.abs(evaluator.vertices(moved) - expected).max() < 2e-6


def test_unknown_fields_are_refused(full_model: FlameModel) -> None:
    """By name."""
    with pytest.raises(ParameterError, match="nose"):
        free_entries(StepLayout.of(full_model), ("shape", "nose"))
    assert free_entries(StepLayout.of(full_model), ("jaw",)).nonzero()[0].tolist() == [406, 407, 408]
    assert np.isinf(ANGLE_SPREADS[0]).all()


def test_a_steps_entries_follow_one_another(full_model: FlameModel) -> None:
    """Each entry belongs to one field or extra, in the order that is told; nothing beyond it is given out."""
    layout = StepLayout.of(full_model, (LOG_SCALE, LOG_FOCAL))
    owners: list[list[str]] = [[] for _ in range(layout.size)]
    for name in VARIED:
        for entry in range(layout.size)[layout.field(name)]:
            owners[entry].append(name)
    for name in layout.extras:
        owners[layout.entry_of(name)].append(name)
    counts = {"shape": full_model.n_identity, "expression": full_model.n_expression, LOG_SCALE: 1, LOG_FOCAL: 1}
    assert owners == [[name] for name in (*VARIED, *layout.extras) for _ in range(counts.get(name, 3))]
    with pytest.raises(IndexError, match="no joint 5"):
        layout.turn(5)
    with pytest.raises(ValueError, match="x not in tuple"):
        StepLayout.of(full_model).entry_of(LOG_SCALE)


def test_extras_are_free_where_they_should(full_model: FlameModel) -> None:
    """And a scale is set by its name, whatever else is looked for."""
    evaluator = FlameEvaluator(full_model)
    unknowns = Unknowns.of(evaluator, FlameParams(), {LOG_FOCAL: 0.5, LOG_SCALE: 0.0}).with_scale(3.0)
    assert unknowns.scale == pytest.approx(3.0) and unknowns.value_of(LOG_FOCAL) == 0.5
    assert Unknowns.of(evaluator, FlameParams()).scale == 1.0
    for extras in (True, False):
        free = free_entries(unknowns.layout, ("translation",), extras=extras)
        assert free.nonzero()[0].tolist() == [415, 416, 417, *([418, 419] if extras else [])]
    step = np.zeros(unknowns.layout.size)
    step[unknowns.layout.entry_of(LOG_SCALE)] = np.log(2)
    assert unknowns.stepped(step, evaluator.parents).scale == pytest.approx(6.0)


@pytest.mark.parametrize("damping", [10.0, 1e-3, 1e-9])
@pytest.mark.parametrize("some", ["all", "some", "no coefficients"])
def test_few_rows_are_solved_as_if_multiplied_out(damping: float, some: str) -> None:
    """40 rows for 90 coefficients of a belief and 12 entries of a pose without any; and where the belief ties them."""
    rng, size, coefficients = np.random.default_rng(3), 102, slice(0, 90)
    rest = np.diag(np.r_[rng.uniform(1, 30, 90), np.zeros(12)])
    rows, right = 30 * rng.normal(size=(40, size)), rng.normal(size=size)
    chosen = {"all": np.ones(size, bool), "some": rng.random(size) < 0.7, "no coefficients": np.arange(size) >= 90}[
        some
    ]
    tied = rest + 1e-2 * np.ones((size, size))
    for believed in (rest, tied):
        square = rows.T @ rows + believed
        found = Equations(0.0, believed, right, rows=rows)
        damped = damping * square.diagonal()
        expected = np.linalg.solve((square + np.diag(damped))[np.ix_(chosen, chosen)], right[chosen])
        # what no row sees of the pose is told by the damping alone
        assert np.allclose(found.solved(right, damped, chosen, coefficients), expected, rtol=1e-6, atol=1e-9)
        assert np.allclose(found.times(right), square @ right) and np.allclose(found.diagonal, square.diagonal())
