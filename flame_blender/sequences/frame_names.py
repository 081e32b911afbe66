"""The names of per-frame files: their order, and whether frames are missing among them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path

from ..errors import SequenceError
from .contents import MAX_TOLD, shortened_key

_NUMBERED = re.compile(r"(.*?)([0-9]{1,18})([^0-9]*)", re.DOTALL)


def strangers(names: list[str]) -> set[str]:
    """The names that are not like those of most: these differ in one number only, ``frame_0012`` and ``frame_0013``."""
    forms = {name: found.group(1, 3) for name in names if (found := _NUMBERED.fullmatch(name))}
    if not forms:
        return set()
    form, count = Counter(forms.values()).most_common(1)[0]
    return {name for name in names if forms.get(name) != form} if count >= 3 and 2 * count > len(names) else set()


def check_numbers(folder: Path, names: list[str]) -> None:
    """Frames whose names differ in one number must rise evenly; names without numbers are taken as they come."""
    split = [_NUMBERED.fullmatch(name) for name in names]
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


def left_out_of_folder(names: list[str]) -> str:
    """The note that names the files of a folder that are none of its frames."""
    more = f" and {len(names) - MAX_TOLD} more" if len(names) > MAX_TOLD else ""
    return f"Left out of the folder, as no frames: {', '.join(map(shortened_key, names[:MAX_TOLD]))}{more}."
