"""Face boards: sliders beside a head, handles on it and targets of its eyes, as bones."""

from __future__ import annotations

from collections.abc import Callable, Generator

import bpy

from ...blender_pointers import shown_scene
from ...character.scores import computing_for
from ...errors import ParameterError
from ...face_board import baking, found, keys, making
from ...face_board.baking import BoardBakeOptions
from ...head import parameters
from ...long_work import result_of


def make_board(obj: bpy.types.Object, *, progress: Callable[[float], None] | None = None) -> bpy.types.Object:
    """Make a face board for a head, or bring its own up to date with the head's shape.

    Its bones drive the head's named controls, neck, jaw, rotation and translation, and eye targets the gaze, by plain
    drivers: files with it show what they show without scripts. The head goes on showing what it shows; keys of what the
    board drives become keys of its bones. For the first head of a model without named controls
    :func:`compute_controls` is called, which takes 20 to 30 seconds.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    bpy.types.Object
        The armature, a child of the head. docs/animating.md names its bones.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, it comes from another file, or something else drives it.
    ModelError
        The model is no head, so that it has no named controls.
    """
    return result_of(making_board(obj), progress)


def making_board(obj: bpy.types.Object) -> Generator[float, None, bpy.types.Object]:
    """:func:`make_board` in steps: yields the share that is done. Closed early, there is no board.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    generator
        Its result is that of :func:`make_board`, and it raises the same.
    """
    parameters.require_own(obj)
    obj = yield from computing_for(obj)
    return making.make(obj)


def board_of(obj: bpy.types.Object) -> bpy.types.Object | None:
    """The face board of a head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bpy.types.Object or None
        The armature; None where the head has none.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return found.board_of(obj)


def remove_board(obj: bpy.types.Object) -> None:
    """Remove a head's face board, or what is left on the head of one that was deleted.

    The head keeps what it shows at the current frame; keys of the board's bones are gone: see :func:`bake_board`.

    Parameters
    ----------
    obj : bpy.types.Object
        The head. Where a copy of it follows the same board, that stays.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or has no face board.
    """
    parameters.require_head(obj)
    making.remove(obj)


def bake_board(
    obj: bpy.types.Object,
    *,
    frames: tuple[int, int] | None = None,
    progress: Callable[[float], None] | None = None,
) -> int:
    """Key a head as its face board moves it, at every frame, and remove that; :func:`make_board` takes the keys back.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    frames : (int, int) or None, default None
        First and last frame that are keyed; None is the scene's range.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    int
        How many channels were keyed; what does not change is set.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or has no face board.
    """
    return result_of(baking_board(obj, BoardBakeOptions(frames=frames)), progress)


def baking_board(obj: bpy.types.Object, options: BoardBakeOptions | None = None) -> Generator[float, None, int]:
    """:func:`bake_board` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    options : BoardBakeOptions or None, default None
        The keywords of :func:`bake_board`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`bake_board`, and it raises the same.
    """
    parameters.require_head(obj)
    return baking.baking(shown_scene(), obj, options or BoardBakeOptions())


def keys_to_board(obj: bpy.types.Object) -> None:
    """Move keys of a head's named controls, neck, jaw, rotation and translation to the bones of its face board.

    What the add-on keys goes there by itself; this is for keys that came otherwise, such as an action that was assigned
    to the head, which its board would overrule.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or has no face board.
    """
    parameters.require_head(obj)
    board = found.board_of(obj)
    if board is None:
        raise ParameterError(f"{obj.name} has no face board.")
    keys.take_keys(obj, board)
