"""What an engine is to do: which shards in which task, by which program."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import DatasetError
from ...files.raw_arrays import shortened
from ..data_folder import ranges

MOST_TASKS = 1000  # of a SLURM array as SLURM comes, and of an Open Job Description step (1,024)
FOLDER = "jobs"
COMMAND = "flame"


@dataclass(frozen=True)
class Job:
    """Shards of one data set, shared out.

    Attributes
    ----------
    name : str
        Of the data set.
    recipe : Path
        The recipe, absolute, as every node sees it.
    out : Path
        The data set's folder, absolute, as every node sees it.
    shards : tuple of int
        Which, rising; none is there yet.
    threads : int
        Of the processor, for each task.
    at_once : int or None
        The most tasks at one time; None is as many as there is room for.
    program : tuple of str
        The words that start the add-on's command line.
    """

    name: str
    recipe: Path
    out: Path
    shards: tuple[int, ...]
    threads: int
    at_once: int | None
    program: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.program:
            raise DatasetError("program: expected the words that start the add-on's command line, found none.")
        for text in (str(self.recipe), str(self.out), *self.program):
            if not text or not text.isprintable() or "{{" in text:
                raise DatasetError(
                    "submit: expected paths and a program without line breaks, control characters and '{{', found "
                    f"{shortened(text)}; choose another."
                )

    @property
    def per_task(self) -> int:
        """How many shards a task has at most."""
        return -(-len(self.shards) // MOST_TASKS)

    @property
    def tasks(self) -> list[str]:
        """The shards of each task, as ``--shards`` takes them."""
        return [
            ranges(self.shards[first : first + self.per_task]) for first in range(0, len(self.shards), self.per_task)
        ]

    @property
    def folder(self) -> Path:
        """Where the files come to."""
        return self.out / FOLDER

    def rendering(self, shards: str) -> list[str]:
        """The words that render some shards; ``shards`` may be what an engine puts in their place."""
        return [
            *self.program, "render", str(self.recipe), "--out", str(self.out),
            "--shards", shards, "--threads", str(self.threads),
        ]  # fmt: skip

    def finishing(self) -> list[str]:
        """The words that check the data set when all is there."""
        return [*self.program, "finish", str(self.out)]


def own_program() -> tuple[str, ...]:
    """The words that start this add-on's command line as it runs now: in Blender, or with Blender as a module."""
    blender = sys.modules.get("bpy")
    binary: Sequence[str] | str = blender.app.binary_path if blender is not None else ""
    if binary:
        return str(binary), "--command", COMMAND
    return sys.executable, "-m", __name__.partition(".datasets.")[0]
