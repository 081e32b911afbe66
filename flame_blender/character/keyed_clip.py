"""What a clip of named controls takes beside its keys: a head that has them, room in the scene, and its sound."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import NamedTuple, Protocol

import bpy
import numpy as np

from ..clips import scene_time
from ..clips.sound import add_sound
from ..head import models, parameters
from ..head.under_work import head_under_work
from ..long_work import part_of
from ..sequences.sound_files import sound_beside
from . import computing
from .scores import complete, computing_for

COMPUTED = 0.3  # share of the work until the controls of the head's model are there

Sentences = tuple[str, ...]
Keyed = Generator[float, None, tuple[np.ndarray, Sentences]]  # the frames (N,) of keys, and what was left out


class BroughtIn(Protocol):
    """What the options of all such clips say."""

    @property
    def start_frame(self) -> float:
        """Where the clip's first frame goes."""

    @property
    def sound(self) -> bool:
        """Whether a sound beside the file goes into the sequencer."""

    @property
    def scene_end(self) -> bool:
        """Whether the scene's end follows."""


class KeyedClip(NamedTuple):
    """The head, the frame of its last key, what was left out, a sentence each, and the scene's end if it was moved."""

    head: bpy.types.Object
    end_frame: float
    warnings: Sentences
    scene_end: int | None


def require_playable(obj: bpy.types.Object | None) -> None:
    """Raise ParameterError for what is no head of an installed model; None is a head that will be added."""
    if obj is not None:
        parameters.require_evaluator(parameters.require_head(obj))


def bringing_in(
    obj: bpy.types.Object | None,
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    options: BroughtIn,
    path: Path,
    keyed: Callable[[bpy.types.Object], Keyed],
) -> Generator[float, None, KeyedClip]:
    """Key ``obj``, or a new head, by ``keyed(head)``.

    The named controls of the head's model are computed where they are not yet; the sound beside the file ``path`` goes
    into the sequencer, and the scene's end follows, where the options say so. Yields the share that is done. Closed
    early, or on a FlameError, nothing has changed but the curves that were keyed anew.
    """
    entry, untouched, scene_end = models.for_new_heads(), scene_time.is_untouched(scene), None
    if obj is not None:
        obj = yield from part_of(computing_for(obj), 0.0, COMPUTED)
    elif models.load(entry).controls is None:
        yield from part_of(computing.computing(entry), 0.0, COMPUTED)
    with head_under_work(obj, scene, collection) as work:
        work.remember()
        work.finish()
        head = work.of_model(entry)
        complete(head)
        frames, warnings = yield from part_of(keyed(head), COMPUTED, 1.0)
        end_frame = float(frames[-1])
        if options.scene_end:
            count = end_frame - options.start_frame + 1
            scene_end = scene_time.make_room(scene, options.start_frame, count, shorten=untouched)
        sound = sound_beside(path) if options.sound else None
        if sound is not None:
            warnings += add_sound(scene, sound, options.start_frame)
    return KeyedClip(head, end_frame, warnings, scene_end)
