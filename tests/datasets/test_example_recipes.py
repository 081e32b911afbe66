"""The recipes in examples/ are recipes, which the built-in head can be rendered by."""

from __future__ import annotations

from pathlib import Path

import pytest

from flame_blender.datasets.recipe_files import load_recipe
from flame_blender.datasets.sample import check_models, drawn_sample
from flame_blender.flame.model import FlameModel

ROOT = Path(__file__).resolve().parents[2]
RECIPES = sorted((ROOT / "examples" / "recipes").glob("*.toml"))


@pytest.mark.parametrize("path", RECIPES, ids=[path.stem for path in RECIPES])
def test_a_recipe_is_one(path: Path, built_in: FlameModel):
    recipe, models = load_recipe(path), {"Built-in Head": built_in}
    assert recipe.name == path.stem
    check_models(recipe, models)
    for index in range(20):
        drawn_sample(recipe, models, index)
    assert path.name in (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8")


def test_there_are_some():
    assert len(RECIPES) >= 3
