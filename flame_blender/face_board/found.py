"""The board of a head, and the heads of a board, told by the drivers between them, which Blender keeps with care.

So both are found again after they were appended, linked, copied or renamed; a copy of a head without its board follows
the same one.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..errors import ParameterError
from ..head.properties import head_of
from .drivers import is_ours

PROPERTY = "flame_board"  # of the armature object: metres of FLAME's in a unit of the board


def board_of(head: bpy.types.Object | None) -> bpy.types.Object | None:
    """The armature that drives a head, or None. Quick enough to be asked whenever a panel is drawn."""
    data: Any = None if head is None else head.animation_data
    for curve in () if data is None else data.drivers:
        if is_ours(curve):
            board: bpy.types.Object | None = curve.driver.variables[0].targets[0].id
            if is_board(board):
                return board
    return None


def is_board(obj: bpy.types.Object | None) -> bool:
    """Whether an object is a face board."""
    return obj is not None and obj.type == "ARMATURE" and obj.get(PROPERTY) is not None


def has_lost_board(head: bpy.types.Object) -> bool:
    """Whether a head was driven by a board that was deleted."""
    data: Any = head.animation_data
    return data is not None and board_of(head) is None and any(is_ours(each) for each in data.drivers)


def require_board(head: bpy.types.Object) -> bpy.types.Object:
    """The head's board. Raises ParameterError where there is none."""
    board = board_of(head)
    if board is None:
        raise ParameterError(f"{head.name} has no face board: make one first.")
    return board


def heads_of(board: bpy.types.Object) -> list[bpy.types.Object]:
    """The heads that a board drives."""
    return [each for each in bpy.data.objects if head_of(each) is not None and board_of(each) == board]


def unit_of(board: bpy.types.Object) -> float:
    """Metres of FLAME's in a unit of the board."""
    unit: Any = board[PROPERTY]
    return float(unit)
