"""Sculpted vertices become offsets that evaluate back to them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.errors import ParameterError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.offsets import offsets_from_vertices
from flame_blender.flame.params import FlameParams
from tests.flame.full_size import full_size_model, small_model


@pytest.mark.parametrize("make", [small_model, full_size_model])
@pytest.mark.parametrize("before", [False, True])
def test_the_offsets_evaluate_to_the_sculpted_vertices(make, before):
    rng = np.random.default_rng(3)
    evaluator = FlameEvaluator(make())
    shape = evaluator.model.v_template.shape
    params = FlameParams(
        shape=rng.normal(size=evaluator.model.n_identity),
        expression=rng.normal(size=evaluator.model.n_expression) * 0.3,
        **{name: rng.normal(size=3) * 0.3 for name in ("global_rotation", "neck", "jaw", "left_eye", "translation")},
        offsets=rng.normal(size=shape) * 1e-3 if before else None,
    )
    sculpted = evaluator.vertices(params) + rng.normal(size=shape).astype(np.float32) * 0.004
    offsets = offsets_from_vertices(evaluator, params, sculpted)
    again = evaluator.vertices(dataclasses.replace(params, offsets=offsets))
    assert offsets.dtype == np.float32
    np.testing.assert_allclose(again, sculpted, atol=1e-6)


def test_without_a_pose_an_offset_is_the_difference():
    evaluator = FlameEvaluator(small_model())
    sculpted = evaluator.model.v_template.copy()
    sculpted[7] += (0.01, 0.0, -0.02)
    offsets = offsets_from_vertices(evaluator, FlameParams(), sculpted)
    np.testing.assert_allclose(offsets, sculpted - evaluator.model.v_template, atol=1e-6)


def test_batches_and_other_meshes_are_refused():
    evaluator = FlameEvaluator(small_model())
    with pytest.raises(ParameterError, match="3 frames"):
        offsets_from_vertices(evaluator, FlameParams(jaw=np.zeros((3, 3))), evaluator.model.v_template)
    with pytest.raises(ParameterError, match=r"\(5, 3\)"):
        offsets_from_vertices(evaluator, FlameParams(), np.zeros((5, 3)))
