"""ARKit scores over time: captured faces brought in, a head's animation found, written, and brought to others."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path

import bpy

from ..blender_pointers import shown_scene, there
from ..character import arkit, captured, shape_keys
from ..character.arkit import ArkitOptions
from ..character.captured import CaptureOptions, ImportedScores
from ..character.shape_keys import Retargeted, RetargetOptions
from ..long_work import result_of
from ..model_controls.scores import ArkitScores
from ..score_clips.loading import holds_scores


def import_arkit(  # noqa: PLR0913  (each is a choice in the operator's panel)
    path: str | Path,
    obj: bpy.types.Object | None = None,
    *,
    start_frame: float = 1.0,
    fps: float | None = None,
    frame_rate: str = "RESAMPLE",
    neutral: int = 0,
    smooth: float = 0.0,
    head_motion: str = "NECK",
    eyes: str = "SCORES",
    angles: str = "AUTO",
    gains: Mapping[str, float] | None = None,
    mapping: Mapping[str, str] | None = None,
    sound: bool = True,
    scene_end: bool = True,
    progress: Callable[[float], None] | None = None,
) -> ImportedScores:
    """Key a head with a captured face: Live Link Face's CSV, MediaPipe's, LAM's, Audio2Face's or NeuroSync's JSON.

    Or any table with ARKit's names; what the file is, is told by what is in it. The keys are those of the head's named
    controls, which add to its own expression, jaw and eyes.

    Parameters
    ----------
    path : str or Path
        The file.
    obj : bpy.types.Object or None, default None
        The head; None adds one. Where its model has no named controls they are computed first.
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
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    ImportedScores
        The head, the clip as it was keyed, and what was left out.

    Raises
    ------
    SequenceError
        The file holds no scores, or an option does not fit them.
    ParameterError
        ``obj`` is no head, its model is not installed, or a choice is unknown.
    """
    options = CaptureOptions(
        start_frame=start_frame,
        fps=fps,
        frame_rate=frame_rate,
        neutral=neutral,
        smooth=smooth,
        head_motion=head_motion,
        eyes=eyes,
        angles=angles,
        gains=gains,
        mapping=mapping,
        sound=sound,
        scene_end=scene_end,
    )
    return result_of(importing_arkit(path, obj, options), progress)


def importing_arkit(
    path: str | Path, obj: bpy.types.Object | None = None, options: CaptureOptions | None = None
) -> Generator[float, None, ImportedScores]:
    """:func:`import_arkit` in steps: yields the share that is done. Closed early, nothing is keyed.

    Parameters
    ----------
    path : str or Path
        As of :func:`import_arkit`.
    obj : bpy.types.Object or None, default None
        As of :func:`import_arkit`.
    options : CaptureOptions or None, default None
        The keywords of :func:`import_arkit`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`import_arkit`, and it raises the same.
    """
    collection = there(bpy.context.collection, "a collection")
    return captured.importing(Path(path), obj, shown_scene(), collection, options or CaptureOptions())


def holds_arkit(path: str | Path) -> bool:
    """Whether :func:`import_arkit` takes a file, by its beginning.

    Parameters
    ----------
    path : str or Path
        Any file.

    Returns
    -------
    bool
        Where ARKit's names stand in the first rows of a table, or in JSON.
    """
    return holds_scores(path)


def solve_arkit(
    obj: bpy.types.Object,
    *,
    smoothing: float = 1.0,
    largest: float = 1.0,
    correctives: bool = True,
    frames: tuple[int, int] | None = None,
    fps: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> ArkitScores:
    """Which of ARKit's 52 scores a head's animation is, whatever it was made by: the least squares over its skin.

    Turns of the whole head are told beside them. A head that is moved by named scores alone has these as they are. For
    a clip without a head there is ``sequences.solve_arkit``.

    Parameters
    ----------
    obj : bpy.types.Object
        The head. Where its model has no named controls they are computed first (see :func:`compute_controls`).
    smoothing : float, default 1.0
        How much a score is held to those of the frames beside it. At 1 the scores of a tracked clip are nearest to
        the true ones, with a quarter less jitter; 10 halves it; 0 takes each frame for itself.
    largest : float, default 1.0
        The largest score; more lets faces be told that are stronger than the controls' full movements.
    correctives : bool, default True
        Whether a score stands for all of its movement, or for what FLAME's own directions do of it, as it always does
        on a head that is FLAME only.
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    fps : float or None, frames per second, default None
        How many rows a second; None is one for each frame of the scene.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    ArkitScores
        The scores, and what they leave of the movement in mm.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or an option is out of its range.
    """
    options = ArkitOptions(smoothing=smoothing, largest=largest, correctives=correctives, frames=frames, fps=fps)
    return result_of(solving_arkit(obj, options), progress)


def solving_arkit(obj: bpy.types.Object, options: ArkitOptions | None = None) -> Generator[float, None, ArkitScores]:
    """:func:`solve_arkit` in steps: yields the share that is done.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    options : ArkitOptions or None, default None
        The keywords of :func:`solve_arkit`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`solve_arkit`, and it raises the same.
    """
    return arkit.solving(shown_scene(), obj, options or ArkitOptions())


def export_arkit(
    obj: bpy.types.Object,
    path: str | Path,
    *,
    smoothing: float = 1.0,
    largest: float = 1.0,
    correctives: bool = True,
    frames: tuple[int, int] | None = None,
    fps: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> ArkitScores:
    """Write a head's animation as ARKit scores: as Live Link Face does, or as LAM and its kin.

    Parameters
    ----------
    obj : bpy.types.Object
        The head. Where its model has no named controls they are computed first (see :func:`compute_controls`).
    path : str or Path
        Ends in .csv (Live Link Face's, with the turns of head and eyes in radians) or in .json (names and weights).
    smoothing : float, default 1.0
        How much a score is held to those of the frames beside it. At 1 the scores of a tracked clip are nearest to
        the true ones, with a quarter less jitter; 10 halves it; 0 takes each frame for itself.
    largest : float, default 1.0
        The largest score; more lets faces be told that are stronger than the controls' full movements.
    correctives : bool, default True
        Whether a score stands for all of its movement, or for what FLAME's own directions do of it, as it always does
        on a head that is FLAME only.
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    fps : float or None, frames per second, default None
        How many rows a second; None is one for each frame of the scene.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    ArkitScores
        What was written, and what it leaves of the movement in mm.

    Raises
    ------
    FlameError
        The name has another ending.
    ParameterError
        ``obj`` is no head, its model is not installed, or an option is out of its range.
    WriteError
        The file cannot be written.
    """
    options = ArkitOptions(smoothing=smoothing, largest=largest, correctives=correctives, frames=frames, fps=fps)
    return result_of(exporting_arkit(obj, path, options), progress)


def exporting_arkit(
    obj: bpy.types.Object, path: str | Path, options: ArkitOptions | None = None
) -> Generator[float, None, ArkitScores]:
    """:func:`export_arkit` in steps: yields the share that is done. Closed early, nothing is written.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        As of :func:`export_arkit`.
    options : ArkitOptions or None, default None
        The keywords of :func:`export_arkit`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`export_arkit`, and it raises the same.
    """
    return arkit.exporting(shown_scene(), obj, Path(path), options or ArkitOptions())


def retarget_arkit(
    obj: bpy.types.Object,
    targets: Iterable[bpy.types.Object],
    *,
    smoothing: float = 1.0,
    largest: float = 1.0,
    correctives: bool = True,
    frames: tuple[int, int] | None = None,
    existing: str = "KEYS",
    progress: Callable[[float], None] | None = None,
) -> Retargeted:
    """Bring a head's animation to another character: keys of its shape keys with ARKit's names, one a frame.

    Names may be spelled jawOpen, JawOpen, jaw_open, eyeBlink_L or Left Eye Blink, and lie on several meshes. Shape keys
    that are driven are left as they are, and values end where a shape key's range does.

    Parameters
    ----------
    obj : bpy.types.Object
        The head. Where its model has no named controls they are computed first (see :func:`compute_controls`).
    targets : iterable of bpy.types.Object
        The character's meshes.
    smoothing : float, default 1.0
        How much a score is held to those of the frames beside it. At 1 the scores of a tracked clip are nearest to
        the true ones, with a quarter less jitter; 10 halves it; 0 takes each frame for itself.
    largest : float, default 1.0
        The largest score; more lets faces be told that are stronger than the controls' full movements. A shape key's
        own range ends it all the same.
    correctives : bool, default True
        Whether a score stands for all of its movement, or for what FLAME's own directions do of it, as it always does
        on a head that is FLAME only.
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    existing : str, default "KEYS"
        What becomes of keys that are there: "KEYS": those of the same shape keys in these frames are replaced;
        "ACTION": the keys come into a new action, and the one of before stays in the file; "KEEP": shape keys that are
        animated already are left as they are.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Retargeted
        The scores, what is missing and what was left out.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, a target has no shape keys or linked ones, none of them has one
        of ARKit's names, or an option is out of its range.
    """
    options = RetargetOptions(
        smoothing=smoothing, largest=largest, correctives=correctives, frames=frames, existing=existing
    )
    return result_of(retargeting_arkit(obj, targets, options), progress)


def retargeting_arkit(
    obj: bpy.types.Object, targets: Iterable[bpy.types.Object], options: RetargetOptions | None = None
) -> Generator[float, None, Retargeted]:
    """:func:`retarget_arkit` in steps: yields the share that is done. Closed early, nothing is keyed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    targets : iterable of bpy.types.Object
        The character's meshes.
    options : RetargetOptions or None, default None
        The keywords of :func:`retarget_arkit`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`retarget_arkit`, and it raises the same.
    """
    return shape_keys.retargeting(shown_scene(), obj, list(targets), options or RetargetOptions())


def has_arkit_keys(obj: bpy.types.Object) -> bool:
    """Whether :func:`retarget_arkit` finds something to key on an object.

    Parameters
    ----------
    obj : bpy.types.Object
        Any object.

    Returns
    -------
    bool
        Where one of its shape keys has one of ARKit's names.
    """
    return shape_keys.has_arkit_keys(obj)
