"""A data set finished: every shard checked; index, COCO's keypoints, hashes and data card written beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DatasetError, ModelError
from ..files.json_text import parse_json
from ..files.npz_file import save_arrays
from ..files.raw_arrays import shortened
from ..files.whole_files import told, whole_files
from .coco import CocoWriter
from .data_card import Found, card
from .data_folder import missing_shards, ranges, recipe_of
from .recipe import Recipe
from .sample_files import TOLD, key_of, kinds_of
from .shards import members_of, read_member, shard_path

INDEX, SUMS, CARD = "index.npz", "SHA256SUMS", "DATA_CARD.md"
FIELDS = {
    "index": int, "recipe": str, "model": str, "fingerprint": str, "release": str, "made_with": dict, "width": int,
    "height": int, "landmarks": dict, "box": list, "area": int,
}  # fmt: skip


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
    kinds = kinds_of(recipe)
    places = np.zeros((recipe.count, len(kinds), 2), np.int64)
    with whole_files(folder / INDEX) as part, ExitStack() as stack:
        writers = [
            stack.enter_context(closing(CocoWriter(part / f"coco_{name}.json", name)))
            for name in recipe.labels.landmarks
        ]
        for shard in range(recipe.n_shards):
            path = shard_path(folder, recipe.name, shard)
            sums.append(f"{_hash_of(path)}  {path.name}\n")
            found.n_bytes += path.stat().st_size
            members = members_of(path)
            _check_names(path, recipe, shard, members)
            for index in recipe.samples_of(shard):
                key = key_of(index)
                places[index] = [members[f"{key}.{kind}"] for kind in kinds]
                sample = _sample(path, members[f"{key}.{TOLD}"], recipe, index)
                found.count(sample)
                for writer, name in zip(writers, recipe.labels.landmarks, strict=True):
                    _check_landmarks(path, key, sample, name)
                    writer.add(key, index, sample)
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


def _sample(path: Path, place: tuple[int, int], recipe: Recipe, index: int) -> dict[str, Any]:
    """What the JSON of a sample tells, its fields checked."""
    source = f"{path}: {key_of(index)}.{TOLD}"
    try:
        found = parse_json(read_member(path, place), source)
    except ModelError as error:
        raise DatasetError(str(error)) from error
    if not isinstance(found, dict) or any(not isinstance(found.get(key), kind) for key, kind in FIELDS.items()):
        raise DatasetError(f"{source}: expected what a sample tells, found something else; render the shard again.")
    if found["recipe"] != recipe.hash or found["index"] != index:
        raise DatasetError(
            f"{source}: expected sample {index} of the recipe {recipe.hash[:12]}, found {found['index']} of "
            f"{shortened(found['recipe'], 12)}; delete the shard and render it again."
        )
    return found


def _check_landmarks(path: Path, key: str, sample: Mapping[str, Any], name: str) -> None:
    points = sample["landmarks"].get(name)
    if not isinstance(points, list) or not all(
        isinstance(each, list) and len(each) == 3 and all(isinstance(number, (int, float)) for number in each)
        for each in points
    ):
        raise DatasetError(
            f"{path}: {key}.{TOLD}: expected landmarks {name!r} as x, y and visibility, found others; "
            "render the shard again."
        )
