"""A captured face, a clip of ARKit scores, keyed on the named controls of a head."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import bpy
import numpy as np

from ..clips import scene_time
from ..errors import SequenceError
from ..geometry.rotation_curves import unwrapped
from ..head import parameters
from ..head.properties import flame_of, names_of_controls
from ..long_work import Options, choice, number, part_of
from ..score_clips import score_clip
from ..score_clips.loading import load_scores
from ..score_clips.score_clip import ScoreClip
from ..score_clips.turns import AUTO, DEGREES, RADIANS
from .keyed_clip import Keyed, bringing_in, require_playable
from .keyed_scores import keying

NECK, ROOT, NONE = "NECK", "ROOT", "NONE"  # what the rotation of the head turns
SCORES, TURNS = "SCORES", "TURNS"  # what moves the eyes
FIELD_OF = {NECK: "neck", ROOT: "global_rotation"}
EYES = ("left_eye", "right_eye")
GAZE = "eyeLook"  # how controls that turn the eyes begin
READ = 0.1  # share of the work until the file is read


@dataclass(frozen=True, kw_only=True)
class CaptureOptions(Options):
    """The keywords of :func:`import_arkit`, for :func:`importing_arkit`.

    Attributes
    ----------
    start_frame : float, default 1.0
        Where the first row goes.
    fps : float or None, rows per second, default None
        Even steps in place of the times that the file tells.
    frame_rate : str, default "RESAMPLE"
        "RESAMPLE": the clip is brought to the scene's frame rate; "SCENE_FOLLOWS": the scene takes the clip's, and
        every row of the file is a key.
    neutral : int, default 0
        The row, counted from 1, that shows the face at rest: its scores and rotations are taken off all others. 0 is
        none.
    smooth : float, rows, default 0.0
        Standard deviation of the Gaussian over time that takes out jitter, up to 1000; the window offers 0 to 10.
    head_motion : str, default "NECK"
        What the rotation of the head in the file turns: "NECK", "ROOT" or "NONE".
    eyes : str, default "SCORES"
        What moves the eyes: "SCORES", by which the lids follow them, or the rotations of the eyes in the file, "TURNS".
    angles : str, default "AUTO"
        Yaw, pitch and roll in the file are "RADIANS", "DEGREES", or degrees where radians could not be so large.
    gains : mapping of str to float or None, default None
        What scores are multiplied by, by ARKit's names or for "brows", "eyes", "cheeks" (and nose), "jaw", "mouth".
    mapping : mapping of str to str or None, default None
        From names of the file's scores to those that they stand for on the head, or "" for none.
    sound : bool, default True
        Put a sound file that lies beside the clip into the sequencer.
    scene_end : bool, default True
        Let the scene end no earlier than the clip, and with it where the scene is as new and nothing else moves.
    """

    start_frame: float = 1.0
    fps: float | None = None
    frame_rate: str = choice(scene_time.RESAMPLE, scene_time.SCENE_FOLLOWS)
    neutral: int = number(0, least=0)
    smooth: float = number(0.0, least=0, most=1000, refusal=SequenceError)
    head_motion: str = choice(NECK, ROOT, NONE)
    eyes: str = choice(SCORES, TURNS)
    angles: str = choice(AUTO, RADIANS, DEGREES)
    gains: Mapping[str, float] | None = None
    mapping: Mapping[str, str] | None = None
    sound: bool = True
    scene_end: bool = True


@dataclass(frozen=True, eq=False)
class ImportedScores:
    """What :func:`import_arkit` made of a file.

    Attributes
    ----------
    head : bpy.types.Object
        The head.
    clip : ScoreClip
        The clip as it was keyed.
    start_frame : float
        Where its first row is.
    end_frame : float
        Where its last row is.
    warnings : tuple of str
        What was left out, one sentence each.
    scene_end : int or None, default None
        Where the scene ends now, if that was moved.
    """

    head: bpy.types.Object
    clip: ScoreClip
    start_frame: float
    end_frame: float
    warnings: tuple[str, ...]
    scene_end: int | None = None

    def summary(self) -> tuple[str, ...]:
        """Lines for a person: what was recognised, then what was left out or assumed."""
        clip = self.clip
        seconds = float(clip.times[-1])
        first = (
            f"{clip.source}: {len(clip)} frames, {seconds:.1f} s; {len(clip.names)} scores keyed from frame "
            f"{self.start_frame:g} to {self.end_frame:g}."
        )
        return tuple(dict.fromkeys((first, *self.warnings, *clip.notes)))


def importing(
    path: Path,
    obj: bpy.types.Object | None,
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    options: CaptureOptions,
) -> Generator[float, None, ImportedScores]:
    """Bring a captured face in, on ``obj`` or on a new head; yields the share that is done.

    The named controls of the head's model are computed where they are not yet. Closed early, or on a FlameError,
    nothing else has changed.
    """
    require_playable(obj)
    yield 0.0
    clip = _adjusted(load_scores(path, options.fps, options.angles), scene, options)
    yield READ

    def keyed(head: bpy.types.Object) -> Keyed:
        if options.frame_rate == scene_time.SCENE_FOLLOWS:
            scene_time.follow_rate(scene, clip.fps)
        frames = options.start_frame + clip.times * (scene.render.fps / scene.render.fps_base)
        turned = yield from keying_clip(head, clip, frames, options)
        return frames, _left_out(clip, names_of_controls(parameters.require_head(head)), turned, options)

    work = bringing_in(obj, scene, collection, options, path, keyed)
    made = yield from part_of(work, READ, 1.0)
    return ImportedScores(made.head, clip, options.start_frame, made.end_frame, made.warnings, made.scene_end)


def _adjusted(clip: ScoreClip, scene: bpy.types.Scene, options: CaptureOptions) -> ScoreClip:
    """The clip from its face at rest, as smooth, as strong and at the frame rate that was asked for."""
    if options.neutral:
        clip = score_clip.without_neutral(clip, options.neutral)
    clip = score_clip.smoothed(clip, options.smooth)
    if options.mapping:
        clip = score_clip.renamed(clip, options.mapping)
    if options.gains:
        clip = score_clip.with_gains(clip, options.gains)
    if options.frame_rate == scene_time.RESAMPLE:
        clip = score_clip.resampled(clip, scene.render.fps / scene.render.fps_base)
    return clip


class Turning(Protocol):
    """What the options of files and of live capture say of rotations."""

    @property
    def head_motion(self) -> str:
        """NECK, ROOT or NONE."""

    @property
    def eyes(self) -> str:
        """SCORES or TURNS."""


def keying_clip(
    obj: bpy.types.Object, clip: ScoreClip, frames: np.ndarray, options: Turning
) -> Generator[float, None, dict[str, np.ndarray]]:
    """Key scores and rotations at ``frames`` (N,), other controls at rest; what was turned. Their curves of before go.

    Yields the share that is done.
    """
    turned = turned_fields({name: unwrapped(vectors) for name, vectors in clip.turns().items()}, options)
    names = names_of_controls(parameters.require_head(obj))
    if turned.keys() & set(EYES):
        flame_of(obj).symmetric_eyes = False
    rest = dict.fromkeys(names, np.zeros(len(clip)))
    scores = {name: clip.of(name) for name in shown(clip.names, names, turned)}
    yield from keying(obj, rest | scores, turned, frames, clip.source)
    return turned


def turned_fields(turns: Mapping[str, np.ndarray], options: Turning) -> dict[str, np.ndarray]:
    """Rotation vectors by the fields of the parameters that they go to.

    ``turns`` has some of "head", "left_eye" and "right_eye"; eyes turn both or neither.
    """
    turned = {}
    if "head" in turns and options.head_motion != NONE:
        turned[FIELD_OF[options.head_motion]] = turns["head"]
    if options.eyes == TURNS and turns.keys() >= set(EYES):
        turned |= {name: turns[name] for name in EYES}
    return turned


def shown(told: Iterable[str], names: Collection[str], turned: Collection[str]) -> list[str]:
    """Which of the scores that are told the head shows: those of its ``names``, but not the gaze of eyes that turn."""
    return [name for name in told if name in names and not (EYES[0] in turned and name.startswith(GAZE))]


def _left_out(
    clip: ScoreClip, known: Collection[str], turned: Mapping[str, np.ndarray], options: CaptureOptions
) -> tuple[str, ...]:
    """What of the file is not on the head, a sentence each."""
    unknown = [name for name in clip.names if name not in known]
    found = [f"The head has no named control for {', '.join(unknown)}."] if unknown else []
    if clip.left_out:
        found.append(f"Left out of the file: {', '.join(each[:40] for each in clip.left_out[:8])}.")
    if options.eyes == TURNS and EYES[0] not in turned:
        found.append("The file tells no rotations of the eyes; their scores move them.")
    return tuple(found)
