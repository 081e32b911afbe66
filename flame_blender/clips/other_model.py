"""Clips that were made with another model than the head that they are brought onto."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from ..flame.model import WEIGHT
from ..refitting.clips import converting_clip, entry_for, evaluator_of, is_of_release
from ..refitting.converted import ConvertOptions
from ..sequences.sequence import FlameSequence

if TYPE_CHECKING:
    from ..model_files.library import ModelEntry


def taking_over(
    clip: FlameSequence, entry: ModelEntry, convert: bool
) -> Generator[float, None, tuple[FlameSequence, tuple[str, ...]]]:
    """The clip for heads of a model, refitted where it is of another and that is asked for; yields the share done.

    Else as it is, with sentences of how it does not fit. Raises FlameError.
    """
    trouble = _trouble(clip, entry)
    if not trouble or not convert:
        return clip, trouble
    if entry_for(clip) is None:
        wanted = clip.release or "the release that it was made with, which the file does not tell"
        return clip, (*trouble, f"It was not converted: that takes an installed model of {wanted}.")
    converted = yield from converting_clip(clip, entry, ConvertOptions())
    return converted.clip.with_notes(f"Converted from {converted.summary()[0]}", *converted.warnings), ()


def _trouble(clip: FlameSequence, entry: ModelEntry) -> tuple[str, ...]:
    """A warning where the head's coefficients mean something else than the clip's."""
    if any(direction.unit == WEIGHT for direction in evaluator_of(entry).model.expression_directions):
        return (
            f"{entry.name} is no FLAME model: the clip's coefficients mean other shapes on it; "
            "convert the clip, or use a head with FLAME.",
        )
    if clip.release and entry.release and not is_of_release(clip, entry.release):
        return (f"The clip is for {clip.release}, the head is {entry.release}: coefficients differ in meaning.",)
    return ()
