"""The folder of a data set: its recipe, and which of its shards are there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import DatasetError, ModelError
from ..files.archive import open_file
from ..files.whole_files import write_whole
from .from_files.source_folders import NOTHING_LISTED, Listing
from .recipe import Recipe
from .recipe_files import MAX_WRITTEN_BYTES, read_written
from .shards import shard_path

RECIPE, SOURCE_FILES = "recipe.json", "sources.json"


MOST_LOOSE = 10_000  # samples as files of their own


def begin_folder(folder: Path, recipe: Recipe, listing: Listing = NOTHING_LISTED) -> None:
    """Make a folder that of the recipe, and of the files that it takes. Raises WriteError.

    Raises DatasetError where it has shards of another recipe, or of other files.
    """
    path = folder / RECIPE
    # a recipe that was mended before it was rendered is written over
    if not os.path.exists(path) or (recipe_of(folder).hash != recipe.hash and not any(folder.glob("*.tar"))):
        write_whole(path, recipe.written())
    check_folder(folder, recipe)
    _keep_listing(folder / SOURCE_FILES, listing, any(folder.glob("*.tar")))


def check_folder(folder: Path, recipe: Recipe) -> None:
    """Raise DatasetError where a folder is another recipe's, as it is when two were begun in it at once."""
    there = recipe_of(folder)
    if there.hash != recipe.hash:
        raise DatasetError(
            f"{folder / RECIPE}: expected the recipe {recipe.hash[:12]}, found {there.hash[:12]}, which it was begun "
            "with; choose another folder, or that recipe."
        )


def _keep_listing(path: Path, listing: Listing, has_shards: bool) -> None:
    wanted = listing.written()
    if not listing.files or (os.path.exists(path) and _read(path, len(wanted) + 1) == wanted):
        return
    if has_shards:
        raise DatasetError(
            f"{path}: expected the recipe's folders as they were when shards were rendered, found other files in them; "
            "put those back, or choose another folder."
        )
    write_whole(path, wanted)


def recipe_of(folder: Path) -> Recipe:
    """The recipe of a data set's folder. Raises DatasetError where there is none."""
    path = folder / RECIPE
    return read_written(_read(path, MAX_WRITTEN_BYTES), str(path))


def _read(path: Path, most: int) -> bytes:
    try:
        with open_file(path) as file:
            return file.read(most)
    except ModelError as error:
        raise DatasetError(str(error)) from error


def missing_shards(folder: Path, recipe: Recipe, shards: Iterable[int]) -> list[int]:
    """Those of some shards that are not there yet."""
    return [shard for shard in shards if not os.path.exists(shard_path(folder, recipe.name, shard))]


def ranges(numbers: Iterable[int]) -> str:
    """Rising numbers as ``0-3,7``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in parts)


def shards_of(text: str, recipe: Recipe) -> list[int]:
    """The shards that a text such as ``0-3,7`` names, rising. Raises DatasetError for what is none."""
    return _numbers(text, "shards", recipe.n_shards)


def samples_of(text: str, recipe: Recipe) -> list[int]:
    """The samples that a text such as ``0-3,7`` names, rising. Raises DatasetError for what is none, or for many."""
    found = _numbers(text, "samples", recipe.count)
    if len(found) > MOST_LOOSE:
        raise DatasetError(f"samples: expected at most {MOST_LOOSE}, found {len(found)}; render shards.")
    return found


def _numbers(text: str, what: str, count: int) -> list[int]:
    found: set[int] = set()
    for part in text.split(","):
        ends = part.strip().split("-")
        if not 1 <= len(ends) <= 2 or not all(each.isascii() and each.isdigit() and len(each) < 12 for each in ends):
            raise DatasetError(f"{what}: expected numbers such as 0-3,7, found {part[:40]!r}.")
        first, last = int(ends[0]), int(ends[-1])
        if not first <= last < count:
            raise DatasetError(f"{what}: expected some of 0 to {count - 1}, found {part.strip()!r}.")
        found.update(range(first, last + 1))
    return sorted(found)
