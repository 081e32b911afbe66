"""One mesh in the model's topology, at any scale, and a mesh of a second topology through correspondences."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.errors import ParameterError
from flame_blender.fitting.meshes.basel import BaselCorrespondence
from flame_blender.fitting.meshes.basel_fit import fit_basel
from flame_blender.fitting.meshes.one_mesh import fit_mesh
from flame_blender.fitting.scans.scan import fit_scan
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.landmark_files.observed import ObservedLandmarks
from tests.fitting.random_heads import face_region, face_scan, mean_mm, random_head
from tests.fitting.surface_search import nearest_surface


@pytest.mark.parametrize("scale", [None, 0.94])
def test_a_registered_mesh_comes_back(shared_model: FlameModel, scale: float | None) -> None:
    """To 0.01 mm, whether its scale is known or found."""
    evaluator = FlameEvaluator(shared_model)
    vertices = (scale or 1.0) * evaluator.vertices(random_head(shared_model, np.random.default_rng(1)))
    fit = fit_mesh(evaluator, vertices.astype(np.float64), fit_scale=scale is not None)
    assert mean_mm(fit.scale * evaluator.vertices(fit.params), vertices) < 0.01
    assert fit.report.mean < 0.01
    assert len(fit.report.errors) == shared_model.n_vertices


@pytest.mark.parametrize("size", [0.025, 0.5, 4.0, 1000.0])
def test_a_mesh_that_is_no_heads_size_is_fitted_at_its_own(built_in: FlameModel, size: float) -> None:
    """The person comes back, with the scale, and the report says so; not of one of a head's size."""
    evaluator, person = FlameEvaluator(built_in), random_head(built_in, np.random.default_rng(6))
    vertices = size * evaluator.vertices(person).astype(np.float64)
    fit = fit_mesh(evaluator, vertices)
    assert mean_mm(fit.scale * evaluator.vertices(fit.params) / size, vertices / size) < 0.02
    doubts = [note for note in fit.report.notes if "Doubtful" in note]
    assert len(doubts) == 1 and "times as large as a head" in doubts[0]
    assert fit.report.coefficients is not None and abs(fit.report.coefficients.largest) < 4.5
    assert not any("Doubtful" in note for note in fit_mesh(evaluator, vertices, fit_scale=True).report.notes)
    assert not any("Doubtful" in note for note in fit_mesh(evaluator, vertices / size).report.notes)


def test_a_size_bought_with_coefficients_is_told(built_in: FlameModel) -> None:
    """A head larger by 15 %, which Any Size would take: without it the report names the coefficient that ran away."""
    evaluator, person = FlameEvaluator(built_in), random_head(built_in, np.random.default_rng(6))
    report = fit_mesh(evaluator, 1.15 * evaluator.vertices(person).astype(np.float64)).report
    assert report.coefficients is not None and abs(report.coefficients.largest) > 4.5
    assert any("Doubtful" in note and report.coefficients.name in note for note in report.notes)


def made_up_topology(model: FlameModel, rng: np.random.Generator, count: int = 9000) -> BaselCorrespondence:
    """Each of FLAME's vertices lies on a triangle of three of ``count`` vertices of another mesh; a third is masked."""
    n_vertices = model.n_vertices
    third = count // 9  # of as many each, so that no two of a triangle's are one
    columns = rng.integers(0, third, (n_vertices, 3)) + third * np.arange(3)
    columns[:, 0] = rng.permutation(count)[:n_vertices]  # so that a mesh can be made that corresponds
    return BaselCorrespondence(
        "made up",
        count,
        2 * count,
        np.repeat(np.arange(n_vertices), 3),
        columns.reshape(-1),
        np.tile([1.0, 0.0, 0.0], n_vertices) + 0.0,
        np.sort(rng.choice(n_vertices, n_vertices // 3, replace=False)),
    )


@pytest.mark.parametrize("noise", [0.0, 2e-4])
def test_a_second_topology_comes_back(shared_model: FlameModel, noise: float) -> None:
    """Through correspondences, at another scale: the vertices of the mask to 0.1 mm of those without noise."""
    rng, evaluator = np.random.default_rng(2), FlameEvaluator(shared_model)
    correspondence = made_up_topology(shared_model, rng)
    truth = evaluator.vertices(random_head(shared_model, rng)).astype(np.float64)
    mesh = np.zeros((correspondence.n_vertices, 3))
    mesh[correspondence.columns[::3]] = 1.05 * truth
    mesh += rng.normal(0, noise, mesh.shape)
    fit = fit_basel(evaluator, mesh, correspondence)
    found = fit.scale * evaluator.vertices(fit.params)
    assert mean_mm(found[correspondence.mask], 1.05 * truth[correspondence.mask]) < 0.1
    assert len(fit.report.errors) == len(correspondence.mask)


def test_a_second_topology_without_correspondences(shared_model: FlameModel) -> None:
    """Vertices anywhere on the surface, 51 landmarks and the nearest surface: the face to a millimetre."""
    rng, evaluator = np.random.default_rng(5), FlameEvaluator(shared_model)
    truth = random_head(shared_model, rng)
    mesh = face_scan(shared_model, truth, rng, count=9000, noise=0.0, outliers=0.0)
    points = evaluator.landmarks(truth, shared_model.landmarks["ibug"])[17:]
    seen = ObservedLandmarks(points + rng.normal(0, 1e-3, points.shape), np.arange(17, 68))
    fit = fit_scan(
        evaluator, mesh, nearest_surface, embedding=shared_model.landmarks["ibug"], landmarks=seen, landmark_noise=1e-3
    )
    face = face_region(shared_model)
    assert mean_mm(evaluator.vertices(fit.params)[face], evaluator.vertices(truth)[face]) < 1
    assert fit.report.mean < 1


def test_wrong_meshes_are_refused(built_in: FlameModel, shared_model: FlameModel) -> None:
    """Another count, NaN, a model that the correspondence does not know."""
    evaluator = FlameEvaluator(built_in)
    with pytest.raises(ParameterError, match="shape"):
        fit_mesh(evaluator, np.zeros((5, 3)))
    with pytest.raises(ParameterError, match="NaN"):
        fit_mesh(evaluator, np.full((built_in.n_vertices, 3), np.nan))
    with pytest.raises(ParameterError, match="one place"):
        fit_mesh(evaluator, np.ones((built_in.n_vertices, 3)))
    correspondence = made_up_topology(shared_model, np.random.default_rng(0))
    with pytest.raises(ParameterError, match="5023"):
        fit_basel(evaluator, np.zeros((correspondence.n_vertices, 3)), correspondence)
    with pytest.raises(ParameterError, match="NaN"):
        fit_basel(
            FlameEvaluator(shared_model),
            np.full((correspondence.n_vertices, 3), np.nan),
            dataclasses.replace(correspondence),
        )
