"""The names of per-frame files: their order, and whether frames are missing among them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from ..flame.errors import SequenceError


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """A sort key under which frame 10 comes after frame 9."""
    return list(_natural_parts(name))


def _natural_parts(name: str) -> Iterator[tuple[int, int, str]]:
    for part in re.findall(r"[0-9]+|[^0-9]+", name):
        yield (0, int(part[:300]), part) if part[0] in "0123456789" else (1, 0, part.lower())


def check_numbers(folder: Path, names: list[str]) -> None:
    """Frames whose names differ in one number must rise evenly; names without numbers are taken as they come."""
    split = [re.fullmatch(r"(.*?)([0-9]{1,18})([^0-9]*)", name, re.DOTALL) for name in names]
    found = [match for match in split if match]
    if len(found) < len(names) or len({match.group(1, 3) for match in found}) > 1:
        return
    numbered = [int(match[2]) for match in found]
    steps = [after - before for before, after in itertools.pairwise(numbered)]
    step = min(steps)
    for before, each in zip(numbered, steps, strict=False):
        if each != step:
            raise SequenceError(
                f"{folder}: expected frames whose numbers rise evenly by {step}, found none between {before} and "
                f"{before + each}; add the missing ones, or move the frames after them to a folder of their own."
            )
