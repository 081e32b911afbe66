"""Small data sets written without Blender: their pictures are noise, all else is as it should be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from flame_blender.datasets.data_folder import begin_folder
from flame_blender.datasets.labels.classes import head_surface
from flame_blender.datasets.recipe import Recipe
from flame_blender.datasets.sample import drawn_sample
from flame_blender.datasets.sample_files import Posed, sample_files
from flame_blender.datasets.shards import shard_file, shard_path
from flame_blender.datasets.steady_head import SteadyHead
from flame_blender.datasets.views import framed_points, view_of
from flame_blender.flame.model import FlameModel
from tests.datasets.recipes import recipe

MADE_WITH = {"blender": "5.0.1", "flame_blender": "1.0"}
TOP_OF_SMALL = 'name = "small"\nseed = 3\ncount = 5\nshard_size = 2\n'
MORE = (
    "[image]\nwidth = 24\nheight = 20\n[labels]\nmaps = ['depth', 'normal', 'uv', 'triangle']\n"
    "[identity]\nstrength = 1\n[pose]\nyaw = {uniform = [-60, 60]}\n[gaze]\nyaw = {uniform = [-20, 20]}\n"
)


def small() -> Recipe:
    """Five samples of 24 x 20 pixels in three shards."""
    return recipe(MORE, TOP_OF_SMALL)


def picture_of(recipe_: Recipe, index: int) -> np.ndarray:
    shape = (recipe_.image.height, recipe_.image.width, 3)
    return np.random.default_rng(index).integers(0, 256, shape).astype(np.uint8)


def posed(recipe_: Recipe, model: FlameModel, index: int) -> Posed:
    sample = drawn_sample(recipe_, {"Built-in Head": model}, index)
    vertices = SteadyHead(model).vertices(sample.params)
    points = framed_points(model, vertices, sample.params, "face")
    camera = view_of(sample.values["camera"], points, recipe_.image.width, recipe_.image.height)
    return Posed(sample, model, head_surface(model), vertices, camera)


def write_shards(folder: Path, recipe_: Recipe, model: FlameModel, shards: Iterable[int]) -> None:
    begin_folder(folder, recipe_)
    for shard in shards:
        with shard_file(shard_path(folder, recipe_.name, shard)) as writer:
            for index in recipe_.samples_of(shard):
                writer.add(
                    index, sample_files(recipe_, posed(recipe_, model, index), picture_of(recipe_, index), MADE_WITH)
                )
