"""Shards of a data set, rendered one after the other; those that are there already are left."""

from __future__ import annotations

import tempfile
import time
import tomllib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..datasets.data_folder import begin_folder, check_folder, missing_shards, shards_of
from ..datasets.from_files.source_folders import listed
from ..datasets.recipe import Recipe
from ..datasets.shards import shard_file, shard_path
from ..long_work import Options, number
from .opened import opened_scene

MANIFEST = Path(__file__).resolve().parents[1] / "blender_manifest.toml"


@dataclass(frozen=True, kw_only=True)
class RenderOptions(Options):
    """The keywords of :func:`render_shards`, for :func:`rendering_shards`.

    Attributes
    ----------
    shards : str or None, default None
        Which, such as "0-3,7"; None is all of them.
    threads : int or None, default None
        Of the processor; None is as many as it has.
    """

    shards: str | None = None
    threads: int | None = number(None, least=1, most=1024)


@dataclass(frozen=True)
class RenderedShards:
    """What was rendered of a data set.

    Attributes
    ----------
    folder : Path
        The data set's.
    n_shards : int
        How many were rendered.
    n_left : int
        How many of those asked for were there already.
    n_samples : int
        Samples that were rendered.
    seconds : float
        That it took, without the start.
    """

    folder: Path
    n_shards: int
    n_left: int
    n_samples: int
    seconds: float

    def summary(self) -> str:
        """One line for a person."""
        left = f"; {self.n_left} were there" if self.n_left else ""
        rate = f" at {self.n_samples / self.seconds * 3600:.0f} samples an hour" if self.n_samples else ""
        return f"{self.folder}: rendered {self.n_samples} samples in {self.n_shards} shards{rate}{left}."


def rendering_shards(recipe: Recipe, folder: Path, options: RenderOptions) -> Generator[float, None, RenderedShards]:
    """Render shards of a recipe into a data set's folder; yields the share that is done, after each sample.

    In a scene of its own, which is removed with all that came with it. A shard comes to the folder when it is whole:
    closed early, or on an error, those before it stay. Raises DatasetError, ModelError or WriteError.
    """
    asked = list(range(recipe.n_shards)) if options.shards is None else shards_of(options.shards, recipe)
    listing = listed(recipe)
    begin_folder(folder, recipe, listing)
    missing = missing_shards(folder, recipe, asked)
    total, done, rendered, begun = sum(len(recipe.samples_of(shard)) for shard in missing), 0, [], time.monotonic()
    if missing:
        with (
            tempfile.TemporaryDirectory(prefix="flame-data-") as name,
            opened_scene(recipe, options.threads, listing) as scene,
        ):
            made_with, begun = versions(), time.monotonic()
            for shard in missing:
                path = shard_path(folder, recipe.name, shard)
                if path.exists():  # by now: another process had it too
                    total -= len(recipe.samples_of(shard))
                    continue
                with shard_file(path) as writer:
                    for index in recipe.samples_of(shard):
                        writer.add(index, scene.files_of(index, made_with, Path(name)))
                        done += 1
                        yield done / total
                    check_folder(folder, recipe)  # or a shard would stand under another's recipe
                rendered.append(shard)
    return RenderedShards(folder, len(rendered), len(asked) - len(rendered), done, time.monotonic() - begun)


def versions() -> dict[str, str]:
    """What samples are made with."""
    manifest = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
    return {"blender": ".".join(map(str, bpy.app.version)), "flame_blender": str(manifest["version"])}
