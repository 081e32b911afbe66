"""The lines of a text, counted before each takes memory of its own."""

from __future__ import annotations

from ..errors import ModelError
from .file_budget import spend

BYTES_PER_LINE = 64  # of a short text and its place in a list
_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # where Python's splitlines cuts


def lines_of(text: str, source: str, most: int) -> list[str]:
    """The lines of a text, without their ends. Raises ModelError naming ``source`` for more than ``most``."""
    count = sum(map(text.count, _ENDS)) + 1
    if count > most:
        raise ModelError(f"{source}: expected at most {most} lines, found {count}; cut the file.")
    spend(n_bytes=BYTES_PER_LINE * count + len(text))
    return text.splitlines()
