"""Long work as generators, so that it can be shown and stopped: they yield the share done, 0 to 1, and return."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

Result = TypeVar("Result")
Yielded = TypeVar("Yielded")


def result_of(steps: Generator[Any, None, Result], progress: Callable[[float], None] | None = None) -> Result:
    """Run the work to its end and give what it returns; ``progress`` hears each share."""
    while True:
        try:
            share = next(steps)
        except StopIteration as end:
            return end.value
        if progress is not None:
            progress(share)


def mapped(
    steps: Generator[Yielded, None, Result], share: Callable[[Yielded], float]
) -> Generator[float, None, Result]:
    """The same work, yielding the share that ``share`` tells for each thing that it yields."""
    while True:
        try:
            value = next(steps)
        except StopIteration as end:
            return end.value
        yield share(value)


def part_of(steps: Generator[float, None, Result], begin: float, end: float) -> Generator[float, None, Result]:
    """The same work as a part of a larger one, from the share ``begin`` of it to ``end``."""
    return mapped(steps, lambda share: begin + (end - begin) * share)
