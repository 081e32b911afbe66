"""Parameters as text go through the clipboard unchanged; other text is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from flame_blender.errors import ParameterError
from flame_blender.flame.clipboard import (
    KIND,
    params_from_text,
    params_to_text,
    scores_from_text,
    texture_from_text,
)
from flame_blender.flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS, FlameParams


def test_every_float_comes_back_exactly():
    rng = np.random.default_rng(5)
    for _ in range(20):
        fields = {name: rng.normal(size=3) * 10 ** rng.uniform(-6, 2) for name in VECTOR_FIELDS}
        fields |= {name: rng.normal(size=rng.integers(0, 400)) for name in COEFFICIENT_FIELDS}
        params = FlameParams(**fields)
        again = params_from_text(params_to_text(params, "any"))
        for name in fields:
            np.testing.assert_array_equal(getattr(again, name), getattr(params, name))


def test_trailing_zeros_are_left_out():
    text = params_to_text(FlameParams(expression=[0.0, 2.0, 0.0, 0.0]), "any")
    assert json.loads(text)["expression"] == [0.0, 2.0]


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "[]", "{}", '{"kind": "FLAME"}', "[" * 100_000, "1" * 2_000_000,
        json.dumps({"kind": KIND, "jaw": [1, 2]}), json.dumps({"kind": KIND, "jaw": "open"}),
        json.dumps({"kind": KIND, "jaw": [[1], [2, 3], 4]}), json.dumps({"kind": KIND, "jaw": [1, 2, float("nan")]}),
        json.dumps({"kind": KIND, "shape": {"a": 1}}),
    ],
)  # fmt: skip
def test_other_text_is_refused_in_one_sentence(text):
    with pytest.raises(ParameterError, match="clipboard"):
        params_from_text(text)


def test_scores_go_along():
    text = params_to_text(FlameParams(), "any", {"jawOpen": 0.25, "tongueOut": 0.0})
    assert scores_from_text(text) == {"jawOpen": 0.25}
    assert scores_from_text(params_to_text(FlameParams(), "any")) == {}
    for wrong in ('{"jawOpen": NaN}', '{"jawOpen": "1"}', "[1]", '{"jawOpen": true}'):
        with pytest.raises(ParameterError, match="controls must be finite numbers by name"):
            scores_from_text(text.replace('{"jawOpen": 0.25}', wrong))


def test_a_skin_goes_along():
    coefficients = np.array([0.0, 1.7, -0.3, 0.0], np.float32)
    text = params_to_text(FlameParams(), "any", skin=("fingerprint", coefficients))
    model, again = texture_from_text(text)
    assert model == "fingerprint"
    np.testing.assert_array_equal(again, coefficients[:3])
    assert texture_from_text(params_to_text(FlameParams(), "any")) is None


@pytest.mark.parametrize(
    "wrong",
    [{"texture": [1.0]}, {"texture_model": "a"}, {"texture_model": 3, "texture": [1.0]}]
    + [{"texture_model": "a", "texture": each} for each in ("1", [True], [None], [float("nan")], {"a": 1})],
)
def test_a_skin_that_is_none_is_refused(wrong):
    with pytest.raises(ParameterError, match="texture must be finite numbers of a model"):
        texture_from_text(json.dumps({"kind": KIND, "model": "any", **wrong}))
