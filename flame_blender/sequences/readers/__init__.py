"""One module for each tool. Each has ``recognises(contents) -> bool`` and ``read(contents) -> FlameSequence``.

The first that recognises a file reads it: those whose keys are theirs alone stand first, ``plain`` (any usual names)
last.
"""

from __future__ import annotations

from typing import Protocol

from .. import project_npz
from ..contents import Contents
from ..sequence import FlameSequence
from . import (
    artalk,
    cap4d,
    dad_3dheads,
    deca,
    diffposetalk,
    emoca,
    emote,
    flame_head_tracker,
    gagavatar_track,
    gif,
    imavatar,
    metrical_tracker,
    mica,
    neural_head_avatars,
    photometric_optimization,
    pixel3dmm,
    plain,
    ringnet,
    smirk,
    smplx_body,
    vggheads,
    vhap,
    voca,
)


class Reader(Protocol):
    """What a reader's module offers."""

    def recognises(self, contents: Contents) -> bool: ...

    def read(self, contents: Contents) -> FlameSequence: ...


READERS: tuple[Reader, ...] = (
    project_npz,
    vhap,
    neural_head_avatars,
    pixel3dmm,
    metrical_tracker,
    flame_head_tracker,
    imavatar,
    gif,
    smplx_body,
    emoca,
    mica,
    smirk,
    emote,
    photometric_optimization,
    deca,
    ringnet,
    voca,
    diffposetalk,
    artalk,
    cap4d,
    gagavatar_track,
    dad_3dheads,
    vggheads,
    plain,
)
