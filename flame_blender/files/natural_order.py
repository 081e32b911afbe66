"""The order of names with numbers in them."""

from __future__ import annotations

import re
from collections.abc import Iterator


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """A sort key under which frame 10 comes after frame 9."""
    return list(_natural_parts(name))


def _natural_parts(name: str) -> Iterator[tuple[int, int, str]]:
    for part in re.findall(r"[0-9]+|[^0-9]+", name):
        yield (0, int(part[:300]), part) if part[0] in "0123456789" else (1, 0, part.lower())
