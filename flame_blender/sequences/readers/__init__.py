"""One module for each tool. Each has ``recognises(contents) -> bool`` and ``read(contents) -> FlameSequence``.

The first that recognises a file reads it: those whose keys are theirs alone stand first, ``plain`` (any usual names)
last.
"""

from __future__ import annotations

from typing import Protocol

from .. import project_npz
from ..contents import Contents
from ..sequence import FlameSequence
from . import deca, plain, vhap


class Reader(Protocol):
    """What a reader's module offers."""

    def recognises(self, contents: Contents) -> bool: ...

    def read(self, contents: Contents) -> FlameSequence: ...


READERS: tuple[Reader, ...] = (project_npz, vhap, deca, plain)
