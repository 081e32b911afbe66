"""A board follows what is set of its head: told to the head when the add-on is enabled."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import bpy

from .. import followers
from ..head import parameters
from . import keys, values
from .drivers import FIELDS, TRANSLATION, is_ours
from .found import board_of

MOVED = (parameters.CONTROLS, *FIELDS, TRANSLATION)


class BoardFollower:
    """What :class:`..followers.Follower` asks for; each does nothing on a head without a board."""

    def take(self, head: bpy.types.Object, fields: Collection[str]) -> None:
        """See :func:`.values.take`."""
        board = board_of(head) if any(field in MOVED for field in fields) else None
        if board is not None:
            values.take(head, board, fields)

    def driven(self, head: bpy.types.Object) -> Collection[str]:
        """The data paths of the board's drivers."""
        data: Any = head.animation_data
        if data is None or board_of(head) is None:
            return ()
        return {curve.data_path for curve in data.drivers if is_ours(curve)}

    def channels(self, head: bpy.types.Object, field: str) -> followers.Channels | None:
        """See :func:`.values.channels`."""
        board = board_of(head) if field in MOVED else None
        return None if board is None else followers.Channels(board, list(values.channels(board, field)))

    def give_keys(self, head: bpy.types.Object, paths: Collection[str]) -> None:
        """See :func:`.keys.give_keys`."""
        board = board_of(head)
        if board is not None:
            keys.give_keys(head, board, paths)

    def take_keys(self, head: bpy.types.Object) -> None:
        """See :func:`.keys.take_keys`."""
        board = board_of(head)
        if board is not None:
            keys.take_keys(head, board)


_follower = BoardFollower()


def register() -> None:
    """Tell the heads."""
    followers.FOLLOWERS.append(_follower)


def unregister() -> None:
    """Tell them no more."""
    followers.FOLLOWERS.remove(_follower)
