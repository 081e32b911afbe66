"""A mirrored face: vertices at the mirror images of those that the face moved, on heads made by different hands."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.model_controls.sides import (
    mirror_images,
    mirrored_expression,
    mirrored_rotation,
    mirrored_scores,
    other_side,
)

FLIP = np.diag([-1.0, 1.0, 1.0])


def test_names_of_sides() -> None:
    assert other_side("eyeLookInLeft") == "eyeLookInRight" and other_side("mouthRight") == "mouthLeft"
    assert other_side("jawOpen") == "jawOpen"
    assert all(other_side(other_side(name)) == name and other_side(name) in ARKIT_NAMES for name in ARKIT_NAMES)
    assert mirrored_scores({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 0.0, "jawOpen": 0.5}) == {
        "eyeBlinkLeft": 0.0, "eyeBlinkRight": 1.0, "jawOpen": 0.5,
    }  # fmt: skip


def test_rotations_are_those_of_a_mirror() -> None:
    rng = np.random.default_rng(1)
    for vector in rng.normal(size=(5, 3)):
        mirrored = matrix_from_axis_angle(mirrored_rotation(vector))
        np.testing.assert_allclose(mirrored, FLIP @ matrix_from_axis_angle(vector) @ FLIP, atol=1e-12)


@pytest.mark.parametrize("kind", ["built_in", "face_like"])
def test_the_vertices_of_a_mirrored_face_are_mirror_images(request, kind) -> None:
    """Of the symmetric head all but exactly; of a file's head by what its basis can show."""
    rng, model = np.random.default_rng(2), request.getfixturevalue(kind)
    face = rng.uniform(0, 1, model.n_expression)
    if kind == "face_like":
        face = rng.normal(size=model.n_expression)
    jaw = np.array([0.2, 0.1, 0.05])
    evaluator, images = FlameEvaluator(model), mirror_images(model.v_template)
    shown, mirrored = (
        evaluator.vertices(FlameParams(expression=expression, jaw=turned))
        for expression, turned in ((face, jaw), (mirrored_expression(model, face), mirrored_rotation(jaw)))
    )
    still = evaluator.vertices(FlameParams())
    moved = np.linalg.norm(shown - still, axis=1)
    off = np.linalg.norm((mirrored - still) - (shown - still)[images] @ FLIP, axis=1)
    assert (off**2).sum() < (1e-6 if kind == "built_in" else 0.1) * (moved**2).sum()


def test_mirrored_twice_it_is_the_face(built_in) -> None:
    face = np.random.default_rng(3).uniform(0, 1, built_in.n_expression).astype(np.float32)
    assert np.array_equal(mirrored_expression(built_in, mirrored_expression(built_in, face)), face)
