"""Where a head's properties lie among its numbers: each is set alone, and found where the layout says."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.params import POSE_FIELDS, VECTOR_FIELDS
from flame_blender.flame.value_layout import EYELIDS, ValueLayout
from flame_blender.head.effective import own_params_of
from flame_blender.head.properties import coefficients, layout_of, read_values, value_name


@pytest.mark.parametrize("fixture", ["built_in_head", "flame_head"])
def test_every_property_lies_where_the_layout_says(fixture: str, request: pytest.FixtureRequest) -> None:
    """All numbers are taken, each by one property, under the name that a person reads."""
    head = request.getfixturevalue(fixture).flame
    layout, places = layout_of(head), {}
    for field, entries in (
        ("shape", layout.identity), ("expression", layout.expression), ("controls", layout.controls)
    ):  # fmt: skip
        for index, item in enumerate(coefficients(head, field)):
            item.value = 0.5
            places[f"{field} {index}"] = (
                entries.start + index,
                {"shape": "identity", "controls": "control"}.get(field, field),
            )
            assert np.flatnonzero(read_values(head)).tolist() == [places[f"{field} {index}"][0]]
            item.value = 0.0
    for name in VECTOR_FIELDS:
        for axis, entry in enumerate(range(layout.size)[layout.vector(name)]):
            getattr(head, name)[axis] = 0.5
            places[f"{name} {axis}"] = (entry, name.replace("_", " "))
            assert np.flatnonzero(read_values(head)).tolist() == [entry]
            getattr(head, name)[axis] = 0.0
    for name in EYELIDS:
        setattr(head, name, 0.5)
        places[name] = (layout.eyelid(name), name.replace("_", " "))
        assert np.flatnonzero(read_values(head)).tolist() == [layout.eyelid(name)]
        setattr(head, name, 0.0)
    head.template_frame = 0.5
    places["template"] = (layout.template, "template mesh")
    assert np.flatnonzero(read_values(head)).tolist() == [layout.template]
    assert sorted(entry for entry, _ in places.values()) == list(range(layout.size))
    assert all(value_name(head, entry).startswith(name) for entry, name in places.values())


@pytest.mark.parametrize("n_frames", [None, 3])
def test_parameters_of_values(any_head, n_frames: int | None) -> None:
    """One frame or a batch; an identity that never changes is held once, and eyelids that do nothing are none."""
    layout = layout_of(any_head.flame)
    values = np.random.default_rng(0).normal(size=(n_frames or 1, layout.size)).astype(np.float32)
    values[:, layout.identity], values[:, layout.eyelids] = values[0, layout.identity], 0
    given = values if n_frames else values[0]
    params = own_params_of(any_head.flame, given)
    assert params.shape.tolist() == values[0, layout.identity].tolist() and params.eyelids is None
    assert np.array_equal(params.expression, given[..., layout.expression])
    joined = np.stack([getattr(params, name) for name in POSE_FIELDS], -2)
    assert np.array_equal(joined, layout.rotations(given)) and joined.shape[-2:] == (5, 3)
    assert np.array_equal(params.translation, given[..., layout.vector("translation")])
    values[-1, layout.identity.start], values[-1, layout.eyelids] = 9, (0.5, 0.25)
    again = layout.params(given, eyelids_unturned=True)
    assert np.array_equal(again.shape, given[..., layout.identity]) and again.eyelids_unturned
    assert np.array_equal(again.eyelids, given[..., layout.eyelids])


def test_other_names_have_no_place() -> None:
    layout = ValueLayout(2, 3)
    assert layout.size == 2 + 3 + 15 + 3 + 2 + 1 and ValueLayout(2, 3, 4).size == layout.size + 4
    with pytest.raises(ValueError, match="not in tuple"):
        layout.vector("shape")
    with pytest.raises(ValueError, match="not in tuple"):
        layout.eyelid("eyelids")
