"""A head's animation as ARKit scores: found, written to files, and brought to other characters."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import bpy

from ..blender_pointers import shown_scene
from ..character import arkit, shape_keys
from ..character.arkit import ArkitOptions
from ..character.shape_keys import Retargeted, RetargetOptions
from ..long_work import result_of
from ..model_controls.scores import ArkitScores


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
