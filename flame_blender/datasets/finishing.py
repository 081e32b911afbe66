"""A data set finished: every shard checked; index, COCO's keypoints, hashes and data card written beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DatasetError
from ..files.npz_file import save_arrays
from ..files.raw_arrays import shortened
from ..files.whole_files import told, whole_files
from .coco import CocoWriter
from .data_card import Found, card
from .data_folder import missing_shards, ranges, recipe_of
from .recipe import Recipe
from .sample_files import PICTURE, TOLD, key_of, kinds_of, read_told
from .shards import members_of, read_member, shard_path
from .shots.shot import prefix_of, shots_of

INDEX, SUMS, CARD = "index.npz", "SHA256SUMS", "DATA_CARD.md"


@dataclass(frozen=True)
class Finished:
    """A data set that is whole.

    Attributes
    ----------
    folder : Path
        Where it is.
    n_samples : int
        How many samples it has.
    n_shards : int
        In so many files.
    n_bytes : int
        Of all shards.
    """

    folder: Path
    n_samples: int
    n_shards: int
    n_bytes: int

    def summary(self) -> str:
        """One line for a person."""
        return (
            f"{self.folder}: {self.n_samples} samples in {self.n_shards} shards are whole, {self.n_bytes / 1e6:.1f} "
            f"MB; wrote {INDEX}, {SUMS}, {CARD} and COCO's keypoints."
        )


def finishing(folder: Path) -> Generator[float, None, Finished]:
    """Check every shard of a data set and write what belongs beside them; yields the share that is done.

    Shards are whole when they have all samples of the folder's recipe, each with all of its files. Raises DatasetError
    naming the shards that are missing, or the one that is wrong, before anything is written; and WriteError.
    """
    recipe = recipe_of(folder)
    missing = missing_shards(folder, recipe, range(recipe.n_shards))
    if missing:
        raise DatasetError(
            f"{folder}: expected {recipe.n_shards} shards, found {recipe.n_shards - len(missing)}; render the others: "
            f"--shards {ranges(missing)}."
        )
    found, sums = Found(), []
    kinds, shots = kinds_of(recipe), shots_of(recipe)
    places = np.zeros((recipe.count, len(kinds), 2), np.int64)
    with whole_files(folder / INDEX) as part, ExitStack() as stack:
        writers = [
            stack.enter_context(closing(CocoWriter(part / f"coco_{name}.json", name)))
            for name in recipe.labels.landmarks
        ]
        for shard in range(recipe.n_shards):
            path = shard_path(folder, recipe.name, shard)
            members = members_of(path)
            _check_names(path, recipe, shard, members)
            sums.append(f"{_hash_of(path)}  {path.name}\n")
            found.n_bytes += path.stat().st_size
            for index in recipe.samples_of(shard):
                key = key_of(index)
                places[index] = [members[f"{key}.{kind}"] for kind in kinds]
                for number, shot in enumerate(shots):
                    picture = f"{key}.{prefix_of(recipe, shot)}"
                    name = picture + TOLD
                    sample = read_told(read_member(path, members[name]), f"{path}: {name}", recipe, index)
                    if not number:
                        found.count(sample)
                    for writer in writers:
                        writer.add(picture + PICTURE, index * len(shots) + number, sample)
            yield (shard + 1) / recipe.n_shards
        for writer in writers:
            writer.end()
        with told(part / SUMS):
            (part / SUMS).write_text("".join(sums), encoding="utf-8")
            (part / CARD).write_text(card(recipe, found), encoding="utf-8")
        save_arrays(part / INDEX, _index(recipe, kinds, places))
    return Finished(folder, found.n_samples, recipe.n_shards, found.n_bytes)


def _index(recipe: Recipe, kinds: tuple[str, ...], places: np.ndarray) -> dict[str, np.ndarray]:
    shards = [shard_path(Path(), recipe.name, shard).name for shard in range(recipe.n_shards)]
    return {
        "kinds": np.array(kinds),
        "shards": np.array(shards),
        "shard": (np.arange(recipe.count) // recipe.shard_size).astype(np.int64),
        "offsets": places[..., 0],
        "sizes": places[..., 1],
    }


def _hash_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _check_names(path: Path, recipe: Recipe, shard: int, members: Mapping[str, Any]) -> None:
    expected = [f"{key_of(index)}.{kind}" for index in recipe.samples_of(shard) for kind in kinds_of(recipe)]
    if list(members) != expected:
        wrong = next((f"without {name}" for name in expected if name not in members), None)
        wrong = wrong or next(
            (f"with {shortened(name)}" for name in members if name not in expected), "in another order"
        )
        raise DatasetError(f"{path}: expected the files of {len(recipe.samples_of(shard))} samples, found it {wrong}; "
                           "delete it and render it again.")  # fmt: skip
