"""Long work as generators, so that it can be shown and stopped: they yield the share done, 0 to 1, and return.

What it is asked for is one frozen, keyword-only dataclass of :class:`Options` beside the generator. ``api`` has its
fields as keywords and operators as properties; tests/blender/test_declarations.py compares the three.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from .errors import FlameError, ParameterError

Result = TypeVar("Result")
Yielded = TypeVar("Yielded")
CHOICES, LEAST, MOST, REFUSAL = "choices", "least", "most", "refusal"  # what a field's metadata tells


def choice(default: str, *others: str, refusal: type[FlameError] = ParameterError) -> Any:
    """A field of options that is one of these words; any other is refused with this error."""
    return dataclasses.field(default=default, metadata={CHOICES: (default, *others), REFUSAL: refusal})


def number(
    default: float | None, *, least: float, most: float = math.inf, refusal: type[FlameError] = ParameterError
) -> Any:
    """A field of options that is a number in this range, or None where that is the default."""
    return dataclasses.field(default=default, metadata={LEAST: least, MOST: most, REFUSAL: refusal})


class Options:
    """Base of the options of long work, which checks what :func:`choice` and :func:`number` tell of its fields."""

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):  # type: ignore[arg-type]  # those of the subclass
            value, told = getattr(self, each.name), each.metadata
            expected = None
            if CHOICES in told and value not in told[CHOICES]:
                words = [repr(word) for word in told[CHOICES]]
                expected = " or ".join(words) if len(words) == 2 else f"one of {', '.join(words)}"
            if LEAST in told and value is not None and not told[LEAST] <= value <= told[MOST]:
                expected = (
                    f"{told[LEAST]:g} or more" if told[MOST] == math.inf else f"{told[LEAST]:g} to {told[MOST]:g}"
                )
            if expected is not None:
                raise told[REFUSAL](f"{each.name}: expected {expected}, found {value!r}.")


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
