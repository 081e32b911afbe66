"""The example with other values in place of its own."""

from __future__ import annotations

import pytest

from flame_blender.datasets.distributions import Fixed
from flame_blender.datasets.example_recipe import EXAMPLE
from flame_blender.datasets.recipe_files import read_recipe
from flame_blender.datasets.recipe_texts.changed_recipe import changed_recipe
from flame_blender.errors import DatasetError


def test_nothing_changed_is_the_example():
    assert changed_recipe({}) == EXAMPLE


def test_values_take_the_place_of_others_or_are_added():
    values = {("", "count"): 7, ("image", "width"): 640, ("model", "name"): 'a "model" é', ("camera", "yaw"): -12.5,
              ("camera", "distance"): 0.8, ("light", "lamp_size"): 0.25, ("background", "grey"): 0.5}  # fmt: skip
    text = changed_recipe(values)
    found, before = read_recipe(text), read_recipe(EXAMPLE)
    assert (found.count, found.image.width, found.image.height) == (7, 640, 256)
    for (table, key), value in values.items():
        if table not in ("", "image"):
            assert found.factors[table][key] == Fixed(value)
    assert found.factors["pose"] == before.factors["pose"] and "# samples of a file" in text
    assert {line for line in EXAMPLE.splitlines() if line.startswith("[")} <= set(text.splitlines())


def test_what_is_out_of_range_is_refused():
    with pytest.raises(DatasetError, match=r"camera\.focal"):
        changed_recipe({("camera", "focal"): 1.0})
