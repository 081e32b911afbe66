"""What exists in the file only while a film is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy

from ..head.under_work import kinds


class OwnData:
    """Everything that has come into the file between :func:`own_data` and :meth:`collect`."""

    def __init__(self) -> None:
        self._before, self._own = _uids(), set[int]()

    def collect(self) -> None:
        """Take what is new for the film's own: before anybody else can have added anything."""
        self._own = _uids() - self._before

    def remove(self) -> None:
        """Remove it again."""
        own = [each for kind in kinds() for each in getattr(bpy.data, kind) if each.session_uid in self._own]
        bpy.data.batch_remove(own)


@contextmanager
def own_data() -> Iterator[OwnData]:
    """Removes what was collected however the block ends; without :meth:`OwnData.collect` all that is new."""
    own = OwnData()
    try:
        yield own
    except BaseException:
        if not own._own:
            own.collect()
        raise
    finally:
        own.remove()


def _uids() -> set[int]:
    return {each.session_uid for kind in kinds() for each in getattr(bpy.data, kind)}
