"""Randomise with regions that stay, or are drawn weaker: by names on the built-in head, by vertices on others."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.flame.randomise import vertices_of
from flame_blender.operators import randomise_params
from tests.blender.conftest import shown

pytestmark = pytest.mark.oldest_and_newest


def at_rest(obj, **kept) -> np.ndarray:
    """(V, 3) metres: the head as its identity has it."""
    api.set_params(obj, shape=kept["shape"], expression=(), global_rotation=(0, 0, 0), neck=(0, 0, 0))
    return shown(obj)


def test_a_locked_nose_stays_and_the_rest_is_another_person(named_head):
    head = named_head
    api.randomise(head, 3)
    before = api.get_params(head).shape
    was = at_rest(head, shape=before)
    api.randomise(head, 8)
    free = at_rest(head, shape=api.get_params(head).shape)
    api.set_params(head, shape=before)
    api.randomise(head, 8, locked=["Nose"], strengths={"Ears": 0.5})
    held = api.get_params(head).shape
    now = at_rest(head, shape=held)
    groups = [each.group for each in api.model(head).identity_directions]
    nose = vertices_of(api.model(head), "Nose")
    if "Nose" in groups:
        locked = np.array([group == "Nose" for group in groups])
        np.testing.assert_array_equal(held[locked], before[locked])
        assert np.abs(held - before)[~locked].max() > 0.5
    else:  # about its own middle, the nose as a whole may stand elsewhere only as far as its vertices do
        assert np.linalg.norm((now - was)[nose], axis=1).max() < 1e-3
    assert np.linalg.norm((free - was)[nose], axis=1).max() > 2e-3
    assert np.linalg.norm(now - was, axis=1).max() > 4e-3
    api.set_params(head, shape=before)
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.randomise_params(seed=8, locked={"Nose"}, strength_ears=0.5) == {"FINISHED"}
    np.testing.assert_allclose(api.get_params(head).shape, held, atol=1e-6)


def test_an_expression_by_its_regions(built_in_head):
    api.set_params(built_in_head, expression=np.full(47, 0.3))
    api.randomise(built_in_head, 2, 1.0, ["expression"], locked=["Mouth", "Jaw"], strengths={"Brows": 0.0})
    for direction, value in zip(
        api.model(built_in_head).expression_directions, api.get_params(built_in_head).expression, strict=True
    ):
        if direction.group in ("Mouth", "Jaw"):
            assert value == pytest.approx(0.3), direction.name
        elif direction.group == "Brows":
            assert value == 0.0, direction.name


def test_other_regions_are_refused_and_change_nothing(head):
    api.randomise(head, 3)
    before = api.get_params(head).shape
    for wrong in ({"locked": ["nose"]}, {"strengths": {"Nose": -1.0}}, {"strengths": {"Nose": float("nan")}}):
        with pytest.raises(api.ParameterError, match="Overall, Head"):
            api.randomise(head, 5, **wrong)
    np.testing.assert_array_equal(api.get_params(head).shape, before)


def test_a_file_without_regions_says_so(flame_head):
    if api.model(flame_head).regions:
        return
    with pytest.raises(api.ParameterError, match="no region 'Nose'"):
        api.randomise(flame_head, 5, locked=["Nose"])


def test_every_region_has_its_slider():
    properties = bpy.ops.flame.randomise_params.get_rna_type().properties
    regions = {each[0] for each in randomise_params.LOCKS}
    assert all(randomise_params.property_of(region) in properties for region in regions)
    from flame_blender.flame.randomise import REGIONS

    assert regions == REGIONS.keys()
