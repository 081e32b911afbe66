"""A clip brought in: read, adjusted, keyed on a head, with its camera and its sound."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..errors import SequenceError
from ..head import models, parameters
from ..head.properties import coefficients
from ..head.under_work import head_under_work
from ..keyframes import animation
from ..long_work import Options, choice, number, part_of
from ..sequences.choices import AUTO, POSE_LAYOUTS, SIXD_LAYOUTS, Choices
from ..sequences.loading import loading_sequence
from ..sequences.sequence import FlameSequence
from ..sequences.smoothing import smoothed
from ..sequences.sound_files import sound_beside
from ..sequences.steady_identity import with_steady_identity
from . import body_motion, clip_camera, motion, other_model, scene_time
from .sound import add_sound

if TYPE_CHECKING:
    from ..model_files.library import ModelEntry

READING = 0.8  # share of the work


@dataclass(frozen=True, eq=False)
class ImportedAnimation:
    """What :func:`import_animation` made of a file.

    Attributes
    ----------
    head : bpy.types.Object
        The head.
    clip : FlameSequence
        The clip as it was keyed.
    start_frame : float
        Where its first frame is.
    warnings : tuple of str
        What was left out, one sentence each.
    head_coefficients : (int, int)
        Identity and expression coefficients of the head's model.
    made_of : str
        Name of the model of a head that was added for the clip, or "".
    other_model : bool, default False
        The clip's coefficients mean other shapes on the head: it was made with another model, and not converted.
    scene_end : int or None, default None
        Where the scene ends now, if that was moved.
    """

    head: bpy.types.Object
    clip: FlameSequence
    start_frame: float
    warnings: tuple[str, ...]
    head_coefficients: tuple[int, int]
    made_of: str = ""
    other_model: bool = False
    scene_end: int | None = None

    def summary(self) -> tuple[str, ...]:
        """Lines for a person: what was recognised, then the warnings and what was assumed."""
        clip, found = self.clip, self.clip.found
        rate = f" at {clip.fps:g} fps" if clip.fps else ""
        (identity, expression), (all_identity, all_expression) = (
            (found.identity, found.expression),
            self.head_coefficients,
        )
        pose = f"; {found.pose}" if found.pose else ""
        release = (f"Made with {clip.release}.",) if clip.release else ()
        lines = (
            f"{clip.source}: {len(clip)} frames{rate}; {min(identity, all_identity)} of {all_identity} identity, "
            f"{min(expression, all_expression)} of {all_expression} expression coefficients{pose}.",
            *((f"A new head was added: {self.made_of}.",) if self.made_of else ()),
            *release,
            *self.warnings,
            *clip.notes,
        )
        return tuple(dict.fromkeys(lines))


@dataclass(frozen=True, kw_only=True)
class ClipOptions(Options):
    """The keywords of :func:`import_animation`, for :func:`importing_animation`.

    Attributes
    ----------
    start_frame : float, default 1.0
        Where the first frame goes.
    fps : float or None, frames per second, default None
        The clip's frame rate, where the file tells none or a wrong one.
    frame_rate : str, default "SCENE_FOLLOWS"
        "SCENE_FOLLOWS": the scene takes the clip's; "RESAMPLE": the clip is brought to the scene's.
    hold_identity : bool, default False
        Hold the median of identities that change.
    smooth : float, frames, default 0.0
        Standard deviation of the Gaussian over time that takes out jitter, up to 1000; the window offers 0 to 1.
    head_motion : str, default "FILE"
        Where the head's motion, a moving camera's included, goes. "FILE": stays where the file has it; "ROOT": root
        rotation and translation; "OBJECT": location and rotation of the object; "NECK": the neck, fitted on the face;
        "CAMERA": the head stands still and the camera moves.
    camera : bool, default True
        Make the clip's camera, where it has one, the scene's, resolution included.
    sound : bool, default True
        Put a sound file that lies beside the clip into the sequencer.
    scene_end : bool, default True
        Let the scene end no earlier than the clip, and with it where the scene is as new and nothing else moves.
    pose_layout : str, default "AUTO"
        Order of the pose's numbers, where a file does not tell it: "ROOT_JAW", "NECK_JAW" and so on.
    body_rotation : bool, default False
        A body (SMPL-X) turns the head's root as it turns its neck.
    convert : bool, default False
        Refit a clip of another FLAME release to the head's model, where a model of its release is installed.
    copy_expression : bool, default False
        Take SMPL-X's expression coefficients as they are. Otherwise they are converted by the face's vertices, where
        SMPL-X's files are installed, and left out where they are not.
    """

    start_frame: float = 1.0
    fps: float | None = None
    frame_rate: str = choice(scene_time.SCENE_FOLLOWS, scene_time.RESAMPLE)
    hold_identity: bool = False
    smooth: float = number(0.0, least=0, most=1000, refusal=SequenceError)
    head_motion: str = choice(motion.FILE, motion.ROOT, motion.OBJECT, motion.NECK, motion.CAMERA)
    camera: bool = True
    sound: bool = True
    scene_end: bool = True
    pose_layout: str = choice(AUTO, *SIXD_LAYOUTS, *POSE_LAYOUTS, refusal=SequenceError)
    body_rotation: bool = False
    convert: bool = False
    copy_expression: bool = False

    @property
    def scene_follows(self) -> bool:
        """Whether the scene takes the clip's frame rate."""
        return self.frame_rate == scene_time.SCENE_FOLLOWS


def importing(
    path: Path,
    obj: bpy.types.Object | None,
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    options: ClipOptions,
) -> Generator[float, None, ImportedAnimation]:
    """Bring a clip in, on ``obj`` or on a new head (``models.for_new_heads``); yields the share that is done.

    Closed early, or on a FlameError, nothing has changed.
    """
    entry = models.for_new_heads() if obj is None else _model_of(obj)
    clip = yield from part_of(loading_sequence(path, Choices(options.pose_layout, options.body_rotation)), 0.0, READING)
    clip = _adjusted(clip, scene, options)
    motion.check(clip, options.head_motion)
    yield READING
    taking_over = other_model.taking_over(clip, entry, options.convert, options.copy_expression)
    clip, trouble = yield from part_of(taking_over, READING, 1.0)
    untouched, scene_end = scene_time.is_untouched(scene), None
    with head_under_work(obj, scene, collection) as work:
        work.remember()
        work.finish()
        head = work.of_model(entry)
        clip, matrices = motion.moved(head, clip, options.head_motion)
        carried = options.head_motion == motion.FILE and body_motion.is_carried(head, clip)
        shown = body_motion.straight(clip) if carried else clip
        warnings = (*trouble, *animation.write_clip(head, shown, options.start_frame))
        if carried:
            warnings = (*warnings, body_motion.turn_body(head, clip, options.start_frame))
        if options.scene_follows:
            scene_time.follow_rate(scene, clip.fps)
        stand = motion.write_motion(head, matrices, options.start_frame)
        if options.camera or options.head_motion == motion.CAMERA:
            warnings += clip_camera.add_camera(head, clip, options.start_frame, path.parent, stand)
        if options.scene_end:
            scene_end = scene_time.make_room(scene, options.start_frame, len(clip), shorten=untouched)
        sound = sound_beside(path) if options.sound else None
        if sound is not None:
            warnings += add_sound(scene, sound, options.start_frame)
    properties = parameters.require_head(head)
    widths = len(properties.shape), len(coefficients(properties, "expression"))
    made_of = entry.name if obj is None else ""
    clip = clip.with_notes(*warnings)
    return ImportedAnimation(head, clip, options.start_frame, warnings, widths, made_of, bool(trouble), scene_end)


def _adjusted(clip: FlameSequence, scene: bpy.types.Scene, options: ClipOptions) -> FlameSequence:
    """The clip at the frame rate, with the identity and as smooth as was asked for."""
    if options.fps is not None:
        clip = dataclasses.replace(clip, fps=options.fps)
    if options.hold_identity:
        clip = with_steady_identity(clip)
    if options.smooth:
        clip = smoothed(clip, options.smooth)
    if not options.scene_follows:
        clip = animation.at_frame_rate(clip, scene.render.fps / scene.render.fps_base)
    return clip


def _model_of(obj: bpy.types.Object) -> ModelEntry:
    """The installed model of a head. Raises ParameterError."""
    head = parameters.require_head(obj)
    parameters.require_evaluator(head)
    return models.find(head.fingerprint) or models.built_in()
