"""Recipes for the tests."""

from __future__ import annotations

from flame_blender.datasets.recipe import Recipe
from flame_blender.datasets.recipe_files import read_recipe

TOP = 'name = "test"\nseed = 7\ncount = 10\nshard_size = 4\n'


def recipe(more: str = "", top: str = TOP) -> Recipe:
    """A recipe of ten samples, with some more lines."""
    return read_recipe(top + more)
