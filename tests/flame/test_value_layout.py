"""The numbers of a head in one vector: each is where its name says, for one frame and for many."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.params import VECTOR_FIELDS
from flame_blender.flame.value_layout import ValueLayout


@pytest.mark.parametrize("frames", [(), (4,)])
@pytest.mark.parametrize("still", [True, False])
def test_parameters_are_where_their_names_say(frames, still):
    layout, rng = ValueLayout(7, 5, 3), np.random.default_rng(3)
    values = rng.normal(size=(*frames, layout.size)).astype(np.float32)
    if still:
        values[..., layout.identity] = 0.5
    values[..., layout.eyelids] = 0.0
    params = layout.params(values)
    assert params.eyelids is None
    np.testing.assert_array_equal(params.expression, values[..., 7:12])
    held_once = bool(frames) and still
    np.testing.assert_array_equal(params.shape, values[0, :7] if held_once else values[..., :7])
    for name in VECTOR_FIELDS:
        np.testing.assert_array_equal(getattr(params, name), values[..., layout.vector(name)])
    values[..., layout.eyelid("left_eyelid")] = 0.25
    np.testing.assert_array_equal(layout.params(values).eyelids, values[..., layout.eyelids])
