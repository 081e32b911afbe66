"""The files of a job, written beside the data set, and the command that starts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from ...errors import DatasetError
from ...files.whole_files import write_whole
from ..data_folder import begin_folder, missing_shards, shards_of
from ..from_files.source_folders import listed
from ..recipe_files import load_recipe
from . import flamenco, openjd, slurm
from .job import Job, own_program

ENGINES: dict[str, ModuleType] = {"slurm": slurm, "openjd": openjd, "flamenco": flamenco}


@dataclass(frozen=True)
class JobFiles:
    """A job that can be started.

    Attributes
    ----------
    files : tuple of Path
        What was written.
    start : str
        The command that starts it.
    n_shards : int
        How many shards it renders.
    n_tasks : int
        In so many tasks.
    """

    files: tuple[Path, ...]
    start: str
    n_shards: int
    n_tasks: int

    def summary(self) -> str:
        """For a person: what was written, and on a line of its own the command."""
        names = ", ".join(map(str, self.files))
        return f"{self.n_shards} shards in {self.n_tasks} tasks; wrote {names}. Start with:\n{self.start}"


def write_job(
    recipe: Path,
    out: Path,
    engine: str,
    shards: str | None = None,
    threads: int = 1,
    at_once: int | None = None,
    program: Sequence[str] | None = None,
) -> JobFiles:
    """Write the files by which an engine renders the shards that are not there yet, as ``api.submit_shards`` tells.

    Raises DatasetError and WriteError.
    """
    if engine not in ENGINES:
        raise DatasetError(f"engine: expected one of {', '.join(ENGINES)}, found {engine!r}.")
    for name, number in (("threads", threads), ("at_once", at_once)):
        if number is not None and not 1 <= number <= 1024:
            raise DatasetError(f"{name}: expected a number from 1 to 1024, found {number}.")
    loaded = load_recipe(recipe)
    asked = range(loaded.n_shards) if shards is None else shards_of(shards, loaded)
    out = out.absolute()
    missing = missing_shards(out, loaded, asked)
    if not missing:
        raise DatasetError(f"{out}: expected shards to render, found all of them there; finish the data set.")
    words = own_program() if program is None else tuple(program)
    job = Job(loaded.name, recipe.absolute(), out, tuple(missing), threads, at_once, words)
    begin_folder(out, loaded, listed(loaded))
    paths = []
    for name, text in ENGINES[engine].files(job).items():
        write_whole(job.folder / name, text.encode("utf-8"))
        paths.append(job.folder / name)
    return JobFiles(tuple(paths), ENGINES[engine].start(job), len(missing), len(job.tasks))
