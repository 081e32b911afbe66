"""What reading one file may cost: steps, bytes, nesting and seconds, in one place that every reader draws from.

A budget is the file's, however many pickles, members or passes there are in it: the outermost reader of a path opens
it, and those inside draw from the same. What will take memory is paid for first.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np

from ..errors import ModelError

MAX_STEPS = 2_000_000  # opcodes of pickles, lists, dicts and texts of JSON, elements of XML
# What is held and what is made of it: real files need some times their own size, those of whole numbers most.
BYTES_PER_BYTE = 20
SPARE_BYTES = 1 << 28
MAX_SECONDS = 12.0  # of this process's own time
LITTLE = 4096  # bytes: what takes less time than a look at the clock
MAX_DEPTH = 64
BYTES_PER_NUMBER = 8  # what readers make of a number: float64, or float32 twice
BYTES_PER_TEXT = 64
CONTAINERS = (list, tuple, dict, set, frozenset, np.ndarray)


Named = TypeVar("Named", bound=str | os.PathLike[str])
Arguments = ParamSpec("Arguments")
Loaded = TypeVar("Loaded")


class NestedError(Exception):
    """A value that no reader could walk through."""


class Budget:
    """What is left for one file of ``n_bytes``. Every ``spend`` raises ModelError, naming the file, when it is gone."""

    def __init__(self, source: str, n_bytes: int) -> None:
        self.source = source
        self.n_bytes = n_bytes
        self.steps_left = MAX_STEPS
        self.bytes_left = BYTES_PER_BYTE * n_bytes + SPARE_BYTES
        self.end = time.process_time() + MAX_SECONDS

    def spend(self, *, steps: int = 0, n_bytes: int = 0) -> None:
        """Take from the budget, and look at the clock unless it is next to nothing that is taken."""
        self.steps_left -= steps
        self.bytes_left -= n_bytes
        if self.steps_left < 0:
            raise ModelError(f"{self.source}: expected plain data, but it has more than {MAX_STEPS} steps.")
        if self.bytes_left < 0:
            raise ModelError(
                f"{self.source}: expected plain data, but it takes far more memory than the file has bytes."
            )
        if not 0 < n_bytes < LITTLE and time.process_time() > self.end:
            raise ModelError(f"{self.source}: expected plain data, but reading it takes over {MAX_SECONDS:g} seconds.")


_current: ContextVar[Budget | None] = ContextVar("file_budget", default=None)


@contextmanager
def budget_of(path: str | os.PathLike[str]) -> Iterator[Budget]:
    """The budget of ``path``: the one that is open for it, or a new one until the end of the block."""
    open_one = _current.get()
    if open_one is not None and open_one.source == str(path):
        yield open_one
        return
    try:
        n_bytes = Path(path).stat().st_size
    except (OSError, ValueError):
        n_bytes = 0  # whoever opens it says what is wrong
    token = _current.set(Budget(str(path), n_bytes))
    try:
        yield _current.get() or Budget(str(path), n_bytes)
    finally:
        _current.reset(token)


def within_budget(
    load: Callable[Concatenate[Named, Arguments], Loaded],
) -> Callable[Concatenate[Named, Arguments], Loaded]:
    """A loader, whose first argument is the path, with the budget of the file open around it."""

    @functools.wraps(load)
    def wrapped(path: Named, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Loaded:
        with budget_of(path):
            return load(path, *args, **kwargs)

    return wrapped


def budget_or_new(source: str, n_bytes: int) -> Budget:
    """The open budget; without one, one for data of so many bytes."""
    return _current.get() or Budget(source, n_bytes)


def spend(*, steps: int = 0, n_bytes: int = 0) -> None:
    """Draw from the open budget; without one, as for a model made in code, nothing is counted."""
    budget = _current.get()
    if budget is not None:
        budget.spend(steps=steps, n_bytes=n_bytes)


def spend_for_array(dtype: np.dtype, count: int, held: bool = False) -> None:
    """Draw what readers make of an array's elements, and what it takes itself unless that is ``held`` already."""
    each = {"S": BYTES_PER_TEXT, "U": BYTES_PER_TEXT, "b": 0, "O": 0}.get(dtype.kind, BYTES_PER_NUMBER)
    spend(n_bytes=count * (each + (0 if held else dtype.itemsize)))


def written_out(value: object, limit: int = MAX_STEPS) -> int:
    """How many values ``value`` has when what it names several times is written out each time.

    Raises NestedError, in words that follow "it", for more than ``limit``, and for values nested deeper than
    MAX_DEPTH or in themselves.
    """
    return _written_out(value, 0, limit, {})[0]


def _written_out(value: object, depth: int, limit: int, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Count and height of one value; ``known`` by identity, which holds while the whole value is held."""
    items: Iterable[object] = ()
    if isinstance(value, np.ndarray):
        items = value.reshape(-1).tolist() if value.dtype.kind == "O" else ()
    elif isinstance(value, dict):
        items = value.values()
    elif isinstance(value, (list, tuple, set, frozenset)):
        items = value
    total, height = known.get(id(value), (0, 0))
    if depth + height > MAX_DEPTH:
        raise NestedError(f"nests deeper than {MAX_DEPTH} lists and dicts")
    if total:
        return total, height
    total = 1
    for item in items:
        if isinstance(item, CONTAINERS):
            count, below = _written_out(item, depth + 1, limit, known)
            total, height = total + count, max(height, below + 1)
        else:
            total += 1
        if total > limit:
            raise NestedError(f"names the same values again and again, over {limit} in all")
    known[id(value)] = total, height
    return total, height
