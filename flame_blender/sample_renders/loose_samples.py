"""Some samples as files of their own, to look at a recipe before its shards are rendered."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from ..datasets.data_folder import samples_of
from ..datasets.from_files.source_folders import listed
from ..datasets.recipe import Recipe
from ..datasets.sample_files import PICTURE, key_of
from ..datasets.shots.shot import ONLY, prefix_of
from ..files.whole_files import check_writable, write_whole
from ..long_work import Options, number
from .opened import opened_scene
from .rendering import versions


@dataclass(frozen=True, kw_only=True)
class ThreadOptions(Options):
    """The keywords of :func:`render_samples` and :func:`render_shard`, for what they do in steps.

    Attributes
    ----------
    threads : int or None, default None
        Of the processor; None is as many as it has.
    """

    threads: int | None = number(None, least=1, most=1024)


@dataclass(frozen=True)
class RenderedSamples:
    """Samples that were rendered to files of their own.

    Attributes
    ----------
    pictures : tuple of Path
        The first picture of each sample; all else lies beside it, under the sample's name.
    seconds : float
        That it took, without the start.
    """

    pictures: tuple[Path, ...]
    seconds: float

    def summary(self) -> str:
        """One line for a person."""
        rate = len(self.pictures) / self.seconds * 3600
        return f"{self.pictures[0].parent}: rendered {len(self.pictures)} samples at {rate:.0f} an hour."


def rendering_samples(
    recipe: Recipe, folder: Path, samples: str, options: ThreadOptions
) -> Generator[float, None, RenderedSamples]:
    """Render samples such as "0-7" of a recipe into a folder; yields the share that is done, after each.

    Their files are those that a shard has. Raises DatasetError, ModelError or WriteError; samples before it stay.
    """
    asked, pictures = samples_of(samples, recipe), []
    listing = listed(recipe)
    check_writable(folder / f"{key_of(asked[0])}.png")
    with (
        tempfile.TemporaryDirectory(prefix="flame-data-") as name,
        opened_scene(recipe, options.threads, listing) as scene,
    ):
        made_with, begun = versions(), time.monotonic()
        for done, index in enumerate(asked, 1):
            for kind, data in scene.files_of(index, made_with, Path(name)).items():
                write_whole(folder / f"{key_of(index)}.{kind}", data, sync=False)
            pictures.append(folder / f"{key_of(index)}.{prefix_of(recipe, ONLY)}{PICTURE}")
            yield done / len(asked)
    return RenderedSamples(tuple(pictures), time.monotonic() - begun)
