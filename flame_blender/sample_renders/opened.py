"""The samples' scene while it is needed: it goes with all that came with it, and the user's device comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from ..datasets.from_files.source_folders import Listing
from ..datasets.recipe import Recipe
from ..film.own_data import own_data
from .devices import used_device
from .sample_scene import SampleScene


@contextmanager
def opened_scene(recipe: Recipe, threads: int | None, listing: Listing) -> Iterator[SampleScene]:
    """A scene of the recipe's own. Raises DatasetError where something that the recipe asks for is missing."""
    with used_device(recipe.image.device), own_data() as own:
        scene = SampleScene(recipe, threads, listing)
        own.collect()
        with closing(scene):
            yield scene
