"""Named faces: ARKit's scores, expressions and visemes; blinks and speech."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import bpy

from ..blender_pointers import shown_scene, there
from ..character import live_capture, spoken, under_way
from ..character import scores as named_scores
from ..character.live_capture import LiveCapture, LiveOptions
from ..character.spoken import ImportedSpeech, SpeechOptions
from ..head import parameters
from ..long_work import result_of
from ..speech.loading import holds_speech


def set_arkit(obj: bpy.types.Object, scores: Mapping[str, float], frame: float | None = None) -> tuple[str, ...]:
    """Show a face given as scores of ARKit's 52 blend shapes.

    Sets ``flame.controls``, which add to the head's own expression, jaw and eyes; these stay as they are. The built-in
    head has them; for the first head of another model :func:`compute_controls` is called, which takes 20 to 30 seconds.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    scores : mapping of str to float
        0 rest to 1 the full movement, under ARKit's, Live Link's or MediaPipe's names; those left out are 0. A row of
        Live Link Face may come whole.
    frame : float or None, default None
        Where to key what was set; None keys nothing.

    Returns
    -------
    tuple of str
        Names that nothing was taken of: Live Link's rotations of head and eyes, and its time code.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or a name or score is wrong.
    ModelError
        The model is no head, so that it has no such controls.
    """
    return named_scores.set_arkit(obj, scores, frame)


def presets(obj: bpy.types.Object) -> tuple[str, ...]:
    """Names of the faces that :func:`apply_preset` takes: expressions and visemes.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    tuple of str
        The same before and after the controls of its model are computed.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or its model is not installed.
    """
    controls = named_scores.described(parameters.require_head(obj))
    return tuple(preset.name for preset in controls.presets)


def apply_preset(obj: bpy.types.Object, name: str, strength: float = 1.0, frame: float | None = None) -> None:
    """Show a named expression or viseme, as :func:`set_arkit` shows scores.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    name : str
        One of :func:`presets`.
    strength : float, default 1.0
        What its scores are multiplied by.
    frame : float or None, default None
        Where to key what was set; None keys nothing.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, the name is unknown or the strength not finite.
    ModelError
        The model is no head, so that it has no such controls.
    """
    result_of(applying_preset(obj, name, strength, frame))


def applying_preset(
    obj: bpy.types.Object, name: str, strength: float = 1.0, frame: float | None = None
) -> Generator[float, None, None]:
    """:func:`apply_preset` in steps: yields the share that is done of computing the controls, where that is due.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    name : str
        One of :func:`presets`.
    strength : float, default 1.0
        What its scores are multiplied by.
    frame : float or None, default None
        Where to key what was set; None keys nothing.

    Returns
    -------
    generator
        It raises the same, and sets nothing where it is closed early.
    """
    return named_scores.applying_preset(obj, name, strength, frame)


def get_arkit(obj: bpy.types.Object) -> dict[str, float]:
    """The scores of a head's named controls at the current frame, which :func:`set_arkit` takes.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    dict of str to float
        ARKit's 52 names, and those that its model has besides. The face is the same only where the head's own
        expression, jaw and eyes are.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    return named_scores.scores_of(obj)


def missing_controls(obj: bpy.types.Object) -> str | None:
    """Why :func:`set_arkit` and :func:`apply_preset` cannot show a face at once.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    str or None
        A sentence where its model is not installed, or its controls are not computed yet; None where they are there.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    return named_scores.missing(obj)


def import_speech(
    path: str | Path,
    obj: bpy.types.Object | None = None,
    *,
    start_frame: float = 1.0,
    fps: float | None = None,
    strength: float = 1.0,
    overlap: float = 0.125,
    hold: float = 0.03125,
    sound: bool = True,
    scene_end: bool = True,
    progress: Callable[[float], None] | None = None,
) -> ImportedSpeech:
    """Key a head with speech: Rhubarb's mouth shapes, switch files of Papagayo and Moho, visemes as JSON, TextGrids.

    What the file is, is told by what is in it. The keys are those of the named controls that the visemes of the head
    move; all others stay.

    Parameters
    ----------
    path : str or Path
        The file.
    obj : bpy.types.Object or None, default None
        The head; None adds one. Where its model has no named controls they are computed first.
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
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    ImportedSpeech
        The head, the visemes that were keyed, and what was left out.

    Raises
    ------
    SequenceError
        The file holds no mouth shapes.
    ParameterError
        ``obj`` is no head, its model is not installed, or an option is out of its range.
    ModelError
        The model is no head, so that it has no such controls.
    """
    options = SpeechOptions(
        start_frame=start_frame,
        fps=fps,
        strength=strength,
        overlap=overlap,
        hold=hold,
        sound=sound,
        scene_end=scene_end,
    )
    return result_of(importing_speech(path, obj, options), progress)


def importing_speech(
    path: str | Path, obj: bpy.types.Object | None = None, options: SpeechOptions | None = None
) -> Generator[float, None, ImportedSpeech]:
    """:func:`import_speech` in steps: yields the share that is done. Closed early, nothing is keyed.

    Parameters
    ----------
    path : str or Path
        As of :func:`import_speech`.
    obj : bpy.types.Object or None, default None
        As of :func:`import_speech`.
    options : SpeechOptions or None, default None
        The keywords of :func:`import_speech`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`import_speech`, and it raises the same.
    """
    collection = there(bpy.context.collection, "a collection")
    return spoken.importing(Path(path), obj, shown_scene(), collection, options or SpeechOptions())


def holds_mouth_shapes(path: str | Path) -> bool:
    """Whether :func:`import_speech` takes a file, by its beginning.

    Parameters
    ----------
    path : str or Path
        Any file.

    Returns
    -------
    bool
        Where it is one of the files of lip-sync programs that it knows.
    """
    return holds_speech(path)


def begin_live_capture(
    obj: bpy.types.Object,
    *,
    port: int = 11111,
    everywhere: bool = False,
    head_motion: str = "NECK",
    eyes: str = "SCORES",
    progress: Callable[[float], None] | None = None,
) -> LiveCapture:
    """Let a head show what Live Link Face, or a program that sends Open Sound Control, sends to a port.

    Its ``look()`` shows what has come, ``record()`` keeps what comes, and ``stop()`` ends it and keys what was kept.

    Parameters
    ----------
    obj : bpy.types.Object
        The head. Where its model has no named controls they are computed first.
    port : int, default 11111
        That is listened to; 0 takes any that is free.
    everywhere : bool, default False
        Whether other computers and telephones may send, or only programs of this computer.
    head_motion : str, default "NECK"
        What the rotation of the head turns: "NECK", "ROOT" or "NONE".
    eyes : str, default "SCORES"
        What moves the eyes: "SCORES", by which the lids follow them, or the rotations that are sent, "TURNS".
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    LiveCapture
        Under way; there is one at a time.

    Raises
    ------
    FlameError
        The port is not free.
    ParameterError
        ``obj`` is no head, its model is not installed, an option is out of its range, or a capture is under way.
    """
    options = LiveOptions(port=port, everywhere=everywhere, head_motion=head_motion, eyes=eyes)
    return result_of(beginning_live_capture(obj, options), progress)


def beginning_live_capture(
    obj: bpy.types.Object, options: LiveOptions | None = None
) -> Generator[float, None, LiveCapture]:
    """:func:`begin_live_capture` in steps: yields the share that is done. Closed early, nothing is listened to.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    options : LiveOptions or None, default None
        The keywords of :func:`begin_live_capture`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`begin_live_capture`, and it raises the same.
    """
    return live_capture.beginning(obj, options or LiveOptions())


def live_capture_under_way() -> LiveCapture | None:
    """The capture that is under way.

    Returns
    -------
    LiveCapture or None
        None where there is none.
    """
    return under_way.running()
