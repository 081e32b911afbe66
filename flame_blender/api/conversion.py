"""From one model to another."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from pathlib import Path

import bpy

from ..blender_pointers import shown_scene
from ..errors import ParameterError
from ..face_board.converted_heads import go_along, key_range
from ..face_board.found import board_of
from ..head import models
from ..long_work import part_of, result_of
from ..refitting import by_names
from ..refitting.clips import converting_clip
from ..refitting.converted import Converted, ConvertOptions
from ..refitting.heads import converting_head
from ..sequences.loading import loading_sequence
from ..sequences.sequence import FlameSequence

READING = 0.2  # share of the work with a clip


def convert(
    subject: bpy.types.Object | FlameSequence | str | Path,
    to_model: str | Path,
    *,
    frames: tuple[int, int] | None = None,
    keys: str = "EVERY_FRAME",
    left_over: str = "TOLD",
    within_range: bool = True,
    source: str = "HIDE",
    from_model: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Converted:
    """Refit a head with its animation, or a clip, to another model: one identity, and expression and pose over time.

    Between models of one topology vertices are compared; between others places on the surface, which are found once
    and kept. Joints rest elsewhere in another model: the translation takes that up. A head of an earlier version of the
    built-in head, which is no longer there, goes to the present one by the names of its directions.

    Parameters
    ----------
    subject : bpy.types.Object, FlameSequence, str or Path
        A head, or a clip or its file.
    to_model : str or Path
        One of :func:`model_names`, or a model file, which is installed first.
    frames : (int, int) or None, default None
        First and last frame of a head's animation; None is from its first key to its last.
    keys : str, default "EVERY_FRAME"
        Where a head is keyed. "EVERY_FRAME"; "SOURCE_KEYS": where the converted head has keys, straight lines between.
    left_over : str, default "TOLD"
        What the other model cannot show. "TOLD": is told in millimetres; "OFFSETS": becomes offsets, of a still head
        all of it, of an animation its mean.
    within_range : bool, default True
        Movements that go from 0 to 1, those of the built-in head, stay there.
    source : str, default "HIDE"
        What becomes of a head that was converted. "HIDE": it is hidden; "KEEP": it stays as it is; "REPLACE": the
        converted one takes its place, name and all that refers to it.
    from_model : str or None, default None
        Of a clip: the model that it was made with; None is an installed one of the release that the clip tells.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Converted
        The new head, or the clip for the other model, and how far it is off in each frame.

    Raises
    ------
    ParameterError
        ``subject`` is no head and no clip, both models are the same, a choice is unknown, or the clip's model is not
        told or not installed.
    ModelError
        There is no such model.
    SequenceError
        The file is no clip.
    WriteError
        Where the models meet cannot be kept in the user's folder.
    """
    options = ConvertOptions(
        frames=frames,
        keys=keys,
        left_over=left_over,
        within_range=within_range,
        source=source,
        from_model=from_model,
    )
    return result_of(converting(subject, to_model, options), progress)


def converting(
    subject: bpy.types.Object | FlameSequence | str | Path, to_model: str | Path, options: ConvertOptions | None = None
) -> Generator[float, None, Converted]:
    """:func:`convert` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    subject : bpy.types.Object, FlameSequence, str or Path
        As of :func:`convert`.
    to_model : str or Path
        As of :func:`convert`.
    options : ConvertOptions or None, default None
        The keywords of :func:`convert`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`convert`, and it raises the same.
    """
    options, target = options or ConvertOptions(), models.resolve(to_model)
    if isinstance(subject, bpy.types.Object):
        board, scene = board_of(subject), shown_scene()
        frames = options.frames if board is None else options.frames or key_range(board, scene)
        convert_head = by_names.converting_by_names if is_of_earlier_head(subject) else converting_head
        made = yield from convert_head(scene, subject, target, dataclasses.replace(options, frames=frames))
        if board is not None and made.head is not None:
            go_along(board, made.head, options.source)
        return made
    begin = 0.0
    if isinstance(subject, (str, Path)):
        begin = READING
        subject = yield from part_of(loading_sequence(Path(subject)), 0.0, READING)
    if not isinstance(subject, FlameSequence):
        raise ParameterError(f"subject: expected a head, a clip or a clip's file, found {type(subject).__name__}.")
    return (yield from part_of(converting_clip(subject, target, options), begin, 1.0))


def is_of_earlier_head(obj: bpy.types.Object | None) -> bool:
    """Whether an object is a head of an earlier version of the built-in head, which this add-on no longer has.

    It keeps its last shape. :func:`convert` brings it to the present one; with the earlier version's file installed it
    is a head like any other.

    Parameters
    ----------
    obj : bpy.types.Object or None
        Any object.

    Returns
    -------
    bool
        False for None too.
    """
    return obj is not None and by_names.is_of_earlier_head(obj)
