"""``blender --command flame ...``, and ``python -m flame_blender ...`` where Blender is a module: data sets.

Every command can be given again: what is done stays done. Its exit status is 0 when all that was asked for is there, 1
with one sentence where it is not, 2 for words that it does not know, 130 when it was stopped.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from .errors import FlameError

NAME = "flame"
TOLD_EVERY = 10.0  # seconds
STOPPED = 130


def run(arguments: list[str]) -> int:
    """Do what the words after ``flame`` ask for; the exit status."""
    asked = _parser().parse_args(arguments)
    do: Callable[[argparse.Namespace], None] = asked.do
    try:
        do(asked)
    except FlameError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; files that are whole stay, and the same command goes on.\n")
        return STOPPED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(NAME, description="Data sets of faces with ground truth; see docs/datasets.md.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    recipe = commands.add_parser("recipe", help="check a recipe, or write one to start from")
    recipe.add_argument("recipe", nargs="?", type=Path, help="a recipe, TOML")
    recipe.add_argument("--example", action="store_true", help="write a recipe to start from, or print it")
    recipe.set_defaults(do=_recipe)
    render = commands.add_parser("render", help="render shards that are not there yet")
    render.add_argument("recipe", type=Path, help="a recipe, TOML")
    render.add_argument("--out", type=Path, required=True, help="the data set's folder")
    which = render.add_mutually_exclusive_group()
    which.add_argument("--shards", help="which, such as 0-3,7; without it all")
    which.add_argument("--samples", help="these alone, such as 0-7, to files of their own in the folder")
    render.add_argument("--threads", type=int, help="of the processor; without it all")
    render.set_defaults(do=_render)
    submit = commands.add_parser("submit", help="write the files by which a cluster renders what is not there yet")
    submit.add_argument("recipe", type=Path, help="a recipe, TOML, where every node sees it")
    submit.add_argument("--out", type=Path, required=True, help="the data set's folder, where every node sees it")
    submit.add_argument("--engine", default="slurm", help="slurm, openjd or flamenco")
    submit.add_argument("--shards", help="which, such as 0-3,7; without it all that are not there")
    submit.add_argument("--threads", type=int, default=1, help="of the processor, for each task")
    submit.add_argument("--at-once", type=int, help="the most tasks at one time (slurm)")
    submit.add_argument("--program", help="what starts this on a node; without it what started it here")
    submit.set_defaults(do=_submit)
    finish = commands.add_parser("finish", help="check all shards; write index, hashes, COCO's keypoints, data card")
    finish.add_argument("folder", type=Path, help="the data set's folder")
    finish.set_defaults(do=_finish)
    look = commands.add_parser("look", help="write a contact sheet of samples with their labels")
    look.add_argument("folder", type=Path, help="the data set's folder")
    look.add_argument("--out", type=Path, help="the picture, PNG; without it contact_sheet.png in the folder")
    look.add_argument("--count", type=int, default=16, help="of samples")
    look.set_defaults(do=_look)
    return parser


def _recipe(asked: argparse.Namespace) -> None:
    from .datasets.example_recipe import EXAMPLE  # noqa: PLC0415  (enabling the add-on needs none of it)
    from .datasets.recipe_files import load_recipe  # noqa: PLC0415
    from .files.whole_files import write_whole  # noqa: PLC0415

    if asked.example and asked.recipe is None:
        _say(EXAMPLE)
    elif asked.example:  # not by the shell: Blender's own messages would stand in the file
        if os.path.exists(asked.recipe):
            raise FlameError(f"{asked.recipe}: expected a new file, found one; choose another name.")
        write_whole(asked.recipe, EXAMPLE.encode("utf-8"))
        _say(f"Wrote {asked.recipe}.\n")
    elif asked.recipe is None:
        raise FlameError("recipe: expected a file to check, or --example, found neither.")
    else:
        found = load_recipe(asked.recipe)
        _say(f"{asked.recipe}: {found.count} samples in {found.n_shards} shards, recipe {found.hash}.\n")


def _render(asked: argparse.Namespace) -> None:
    from .api.data_sets import RenderOptions, ThreadOptions, rendering_samples, rendering_shards  # noqa: PLC0415
    from .long_work import result_of  # noqa: PLC0415

    steps: Generator[float, None, object]
    if asked.samples is not None:
        steps = rendering_samples(asked.recipe, asked.out, asked.samples, ThreadOptions(threads=asked.threads))
    else:
        steps = rendering_shards(asked.recipe, asked.out, RenderOptions(shards=asked.shards, threads=asked.threads))
    with _stopped_between_samples() as check, closing(steps):
        told = _Progress("samples")

        def progress(share: float) -> None:
            told(share)
            check()

        found: Any = result_of(steps, progress)  # of either kind, which can both be summed up
    _say(f"{found.summary()}\n")


@contextmanager
def _stopped_between_samples() -> Iterator[Callable[[], None]]:
    """What is to be called after each sample: it raises KeyboardInterrupt after Ctrl-C, which waits for it.

    Blender's own answer to Ctrl-C would leave half a picture, and Python's would be lost in Cycles' Python. The second
    Ctrl-C ends the process at once.
    """
    asked: list[bool] = []

    def stop(*_: object) -> None:
        asked.append(True)
        sys.stderr.write("Stopping after this sample; Ctrl-C once more ends at once.\n")
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def check() -> None:
        if asked:
            raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:  # not the main thread, which gets no signals
        yield check
        return
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)


def _submit(asked: argparse.Namespace) -> None:
    from .datasets.jobs.job_files import write_job  # noqa: PLC0415

    try:
        program = None if asked.program is None else shlex.split(asked.program)
    except ValueError as error:
        raise FlameError(
            f"program: expected words as a shell takes them, found {asked.program!r} ({error})."
        ) from error
    found = write_job(asked.recipe, asked.out, asked.engine, asked.shards, asked.threads, asked.at_once, program)
    _say(f"{found.summary()}\n")


def _finish(asked: argparse.Namespace) -> None:
    from .datasets.finishing import finishing  # noqa: PLC0415
    from .long_work import result_of  # noqa: PLC0415

    _say(f"{result_of(finishing(asked.folder), _Progress('shards')).summary()}\n")


def _look(asked: argparse.Namespace) -> None:
    from .datasets.contact_sheet import contact_sheet  # noqa: PLC0415
    from .files.whole_files import write_whole  # noqa: PLC0415
    from .textures.png import png_bytes  # noqa: PLC0415

    path = asked.out or asked.folder / "contact_sheet.png"
    write_whole(path, png_bytes(contact_sheet(asked.folder, asked.count)))
    _say(f"Wrote {path}.\n")


def _say(text: str) -> None:
    """Names of files need be no text, and not every terminal has every letter: those are shown as escapes."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


class _Progress:
    """Tells now and then how much is done, and how long the rest will take."""

    def __init__(self, what: str) -> None:
        self._what, self._count, self._share = what, 0, 0.0
        self._begun = self._told = time.monotonic()

    def __call__(self, share: float) -> None:
        """One more is done."""
        now = time.monotonic()
        if not self._count:  # the start is not counted
            self._begun, self._share = now, share
        self._count += 1
        if now - self._told >= TOLD_EVERY and share > self._share:
            self._told, taken = now, now - self._begun
            left = taken * (1 - share) / (share - self._share)
            rate = (self._count - 1) / taken * 3600
            sys.stderr.write(
                f"{100 * share:.1f} % done, {rate:.0f} {self._what} an hour, {left / 60:.0f} min left{_memory()}\n"
            )
            sys.stderr.flush()


def _memory() -> str:
    """The most memory that this process has had, where the system tells."""
    if sys.platform == "win32":
        return ""
    import resource  # noqa: PLC0415  (not on Windows)

    unit = 1 if sys.platform == "darwin" else 1024
    return f", {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6:.0f} MB"
