"""Meshes in the model's topology turn back into parameters."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from flame_blender.errors import ParameterError
from flame_blender.fitting.meshes.registered import fit_registered, fitting_registered
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.rigid import rigid_alignment
from tests.flame.full_size import random_parameters

N_FRAMES = 16


def random_clip(model: FlameModel, seed: int, n_frames: int = N_FRAMES) -> FlameParams:
    """One identity, all coefficients from N(0, 1), every joint turned, moved about."""
    rng = np.random.default_rng(seed)

    def turns(*limits: float) -> np.ndarray:
        return rng.uniform(-1, 1, (n_frames, 3)) * limits

    return FlameParams(
        shape=rng.standard_normal(model.n_identity),
        expression=rng.standard_normal((n_frames, model.n_expression)),
        global_rotation=turns(1.2, 1.2, 1.2),
        neck=turns(0.5, 0.5, 0.5),
        jaw=turns(0.4, 0.1, 0.1),
        left_eye=turns(0.35, 0.35, 0.35),
        right_eye=turns(0.35, 0.35, 0.35),
        translation=turns(0.3, 0.3, 0.3),
    )


@pytest.fixture(scope="module")
def evaluator(full_model: FlameModel) -> FlameEvaluator:
    """Of the full-size model."""
    return FlameEvaluator(full_model)


def mean_mm(one: np.ndarray, other: np.ndarray) -> float:
    """Mean distance of the vertices, millimetres."""
    return 1000 * float(np.linalg.norm(one.astype(np.float64) - other, axis=-1).mean())


def test_meshes_of_the_model_come_back(evaluator: FlameEvaluator) -> None:
    """To a hundredth of a millimetre, and the coefficients to a thousandth, since directions are independent here."""
    params = random_clip(evaluator.model, seed=1)
    meshes = evaluator.vertices(params)
    fit = fit_registered(evaluator, meshes)
    assert mean_mm(evaluator.vertices(fit.params), meshes) < 0.01
    assert fit.errors.shape == (N_FRAMES,)
    assert 1000 * fit.mean_error == pytest.approx(mean_mm(evaluator.vertices(fit.params), meshes), rel=1e-3)
    for name in ("shape", "expression", "jaw", "neck", "left_eye", "translation"):
        assert np.abs(getattr(fit.params, name) - getattr(params, name)).max() < 1e-3, name


def test_noise_is_averaged_out(evaluator: FlameEvaluator) -> None:
    """Half a millimetre on each coordinate leaves less than a tenth from the meshes without it."""
    meshes = evaluator.vertices(random_clip(evaluator.model, seed=2))
    noisy = meshes + np.random.default_rng(3).normal(0, 5e-4, meshes.shape).astype(np.float32)
    fit = fit_registered(evaluator, noisy)
    assert mean_mm(evaluator.vertices(fit.params), meshes) < 0.1
    assert 1000 * fit.mean_error == pytest.approx(0.5 * np.sqrt(8 / np.pi), rel=0.02)  # mean length of the noise


def test_on_the_shared_model(shared_model: FlameModel) -> None:
    """Directions of FLAME 2023 Open's own spectrum, smooth weights."""
    evaluator = FlameEvaluator(shared_model)
    meshes = evaluator.vertices(random_clip(shared_model, seed=4, n_frames=8))
    assert mean_mm(evaluator.vertices(fit_registered(evaluator, meshes).params), meshes) < 0.01


def test_each_mesh_its_own_identity(evaluator: FlameEvaluator) -> None:
    """Samples of different people, where one identity for all would be centimetres off."""
    params = FlameParams(**random_parameters(np.random.default_rng(6), frames=6))
    meshes = evaluator.vertices(params)
    assert mean_mm(evaluator.vertices(fit_registered(evaluator, meshes, identity_per_frame=True).params), meshes) < 0.01


def test_the_minimum_is_scipys(evaluator: FlameEvaluator) -> None:
    """On meshes that are no FLAME heads, translation and root alone free, against an independent solver."""
    rng = np.random.default_rng(7)
    source = evaluator.model.v_template.astype(np.float64)
    target = source + rng.normal(0, 0.02, source.shape) + 0.1
    rotation, translation = rigid_alignment(source, target)

    def cost(x: np.ndarray) -> np.ndarray:
        turned = scipy.spatial.transform.Rotation.from_rotvec(x[:3]).as_matrix()
        return (source @ turned.T + x[3:] - target).ravel()

    found = scipy.optimize.least_squares(cost, np.zeros(6)).x
    assert np.abs(rotation - scipy.spatial.transform.Rotation.from_rotvec(found[:3]).as_matrix()).max() < 1e-6
    assert np.abs(translation - found[3:]).max() < 1e-6


def test_a_mirrored_head_is_not_reflected() -> None:
    """The best rigid motion of mirrored points is a rotation all the same."""
    points = np.random.default_rng(8).normal(size=(50, 3))
    rotation, _ = rigid_alignment(points, points * [-1, 1, 1])
    assert np.linalg.det(rotation) == pytest.approx(1)


def test_meshes_that_are_no_heads_end_too(evaluator: FlameEvaluator) -> None:
    """Random points: finite parameters and a large error, which is told."""
    meshes = np.random.default_rng(9).uniform(-1, 1, (1, evaluator.model.n_vertices, 3)).astype(np.float32)
    fit = fit_registered(evaluator, meshes)
    assert np.isfinite(fit.params.expression).all()
    assert fit.mean_error > 0.1


def test_wrong_meshes_are_refused(evaluator: FlameEvaluator) -> None:
    """Another number of vertices, no frames, NaN."""
    n_vertices = evaluator.model.n_vertices
    for shape in ((2, n_vertices - 1, 3), (0, n_vertices, 3), (n_vertices, 3)):
        with pytest.raises(ParameterError, match="must have shape"):
            fit_registered(evaluator, np.zeros(shape, np.float32))
    meshes = np.zeros((1, n_vertices, 3), np.float32)
    meshes[0, 5, 1] = np.nan
    with pytest.raises(ParameterError, match="NaN"):
        fit_registered(evaluator, meshes)


def test_steps_rise_to_one(evaluator: FlameEvaluator) -> None:
    """What a progress bar shows."""
    shares = list(fitting_registered(evaluator, evaluator.vertices(random_clip(evaluator.model, 1, 3))))
    assert shares == sorted(shares)
    assert shares[-1] == 1
