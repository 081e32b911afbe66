"""Speech on a head: a timeline of mouth shapes as keys of the named controls of its visemes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.controls import Controls
from ..head import parameters
from ..head.properties import names_of_controls
from ..long_work import Options, number, part_of
from ..speech.loading import load_speech
from ..speech.sounds import VISEMES
from ..speech.timeline import Timeline, held, viseme_weights
from .keyed_clip import Keyed, bringing_in, require_playable
from .keyed_scores import keying

READ = 0.1  # share of the work until the file is read


@dataclass(frozen=True, kw_only=True)
class SpeechOptions(Options):
    """The keywords of :func:`import_speech`, for :func:`importing_speech`.

    Attributes
    ----------
    start_frame : float, default 1.0
        Where the sound begins.
    fps : float or None, frames per second, default None
        Of a switch file, which counts frames; None is 24.
    strength : float, default 1.0
        What the visemes' scores are multiplied by, up to 2.
    overlap : float, seconds, default 0.125
        How long a shape takes to become the next, up to 1; shapes that are shorter are reached all the same.
    hold : float, seconds, default 0.03125
        The shortest shape, up to 1: what is shorter is left out, but lips that close are held as long.
    sound : bool, default True
        Put a sound file that lies beside the timeline into the sequencer.
    scene_end : bool, default True
        Let the scene end no earlier than the clip, and with it where the scene is as new and nothing else moves.
    """

    start_frame: float = 1.0
    fps: float | None = None
    strength: float = number(1.0, least=0.0, most=2.0)
    overlap: float = number(0.125, least=0.0, most=1.0)
    hold: float = number(0.03125, least=0.0, most=1.0)
    sound: bool = True
    scene_end: bool = True


@dataclass(frozen=True, eq=False)
class ImportedSpeech:
    """What :func:`import_speech` made of a file.

    Attributes
    ----------
    head : bpy.types.Object
        The head.
    timeline : Timeline
        The visemes that were keyed.
    start_frame : float
        Where the sound begins.
    end_frame : float
        Where the mouth is at rest again.
    warnings : tuple of str
        What was left out, one sentence each.
    scene_end : int or None, default None
        Where the scene ends now, if that was moved.
    """

    head: bpy.types.Object
    timeline: Timeline
    start_frame: float
    end_frame: float
    warnings: tuple[str, ...]
    scene_end: int | None = None

    def summary(self) -> tuple[str, ...]:
        """Lines for a person: what was recognised, then what was left out or assumed."""
        timeline = self.timeline
        first = (
            f"{timeline.source}: {len(timeline)} visemes in {timeline.seconds:.1f} s, keyed from frame "
            f"{self.start_frame:g} to {self.end_frame:g}."
        )
        return tuple(dict.fromkeys((first, *self.warnings, *timeline.notes)))


def importing(
    path: Path,
    obj: bpy.types.Object | None,
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    options: SpeechOptions,
) -> Generator[float, None, ImportedSpeech]:
    """Bring speech in, on ``obj`` or on a new head; yields the share that is done.

    The named controls of the head's model are computed where they are not yet. Closed early, or on a FlameError,
    nothing else has changed.
    """
    require_playable(obj)
    yield 0.0
    timeline = held(load_speech(path, options.fps), options.hold)
    yield READ

    def keyed(head: bpy.types.Object) -> Keyed:
        fps = scene.render.fps / scene.render.fps_base
        count = int(np.ceil((timeline.seconds + options.overlap / 2) * fps)) + 1
        scores = _scores(head, timeline, np.arange(count) / fps, options)
        frames = options.start_frame + np.arange(count)
        yield from keying(head, scores, {}, frames, timeline.source)
        return frames, ()

    work = bringing_in(obj, scene, collection, options, path, keyed)
    made = yield from part_of(work, READ, 1.0)
    return ImportedSpeech(made.head, timeline, options.start_frame, made.end_frame, made.warnings, made.scene_end)


def _scores(
    obj: bpy.types.Object, timeline: Timeline, moments: np.ndarray, options: SpeechOptions
) -> dict[str, np.ndarray]:
    """(M,) of every control that a viseme of the head moves, at rest or not."""
    head = parameters.require_head(obj)
    controls = parameters.require_evaluator(head).model.controls
    if controls is None:
        raise ParameterError(f"{head.model_name}: expected a model with named controls, found none.")
    shapes = _shapes(controls)
    scores = viseme_weights(timeline, moments, options.overlap) @ shapes * options.strength
    known = names_of_controls(head)
    used = [at for at, name in enumerate(controls.names) if name in known and shapes[:, at].any()]
    return {controls.names[at]: scores[:, at] for at in used}


def _shapes(controls: Controls) -> np.ndarray:
    """(15, C) float32: the scores of each viseme."""
    return np.stack([controls.preset(name).scores for name in VISEMES])
