"""Life: what a face does by itself, on a layer of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable

import bpy

from ...blender_pointers import shown_scene
from ...head import parameters
from ...life import adding, blinks, layer
from ...life.adding import AddedLife, LifeOptions
from ...life.blinks import BlinkOptions
from ...long_work import result_of


def add_life(
    obj: bpy.types.Object,
    *,
    seed: int = 1,
    frames: tuple[int, int] | None = None,
    blinks: float = 17.0,
    variation: float = 0.625,
    manner: str = "TALKING",
    glances: float = 1.0,
    drift: float = 1.0,
    breaths: float = 0.0,
    progress: Callable[[float], None] | None = None,
) -> AddedLife:
    """Let a head blink, look about and sway, beside whatever else moves it; in place of the life that it has.

    Its keys are on properties of their own, in a track of the head's NLA. They are added when the head is evaluated, so
    that no key, slider, driver or clip of the head is touched. A blink shuts what is left open of the lids, none begins
    where the head's own keys shut them, and a gaze goes no further than its controls do. Bakes and exports have it.

    Parameters
    ----------
    obj : bpy.types.Object
        The head. Where its model has no named controls they are computed first.
    seed : int, default 1
        Of the random numbers: the same seed gives the same life.
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    blinks : float, default 17.0
        A minute, 0 to 60: people blink 17 times at rest, 26 in conversation, 4.5 while they read. 0 is none.
    variation : float, default 0.625
        Standard deviation of the times between blinks by their mean, 0 to 2.
    manner : str, default "TALKING"
        How often the eyes leave the one who is looked at: "TALKING", every three seconds, or "LISTENING", every eight.
    glances : float, default 1.0
        What the sizes of all jumps of the eyes are multiplied by, 0 to 2. 0 is none.
    drift : float, default 1.0
        How much the head sways, 0 to 5: at 1 by half a degree to a degree. 0 is none.
    breaths : float, default 0.0
        A minute, 0 to 60: people at rest take 12 to 20. 0 is none.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    AddedLife
        Where the blinks are, and how many glances.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, it comes from another file, or a keyword is out of its range.
    ModelError
        The model is no head, so that it has no named controls.
    """
    options = LifeOptions(
        seed=seed,
        frames=frames,
        blinks=blinks,
        variation=variation,
        manner=manner,
        glances=glances,
        drift=drift,
        breaths=breaths,
    )
    return result_of(adding_life(obj, options), progress)


def adding_life(obj: bpy.types.Object, options: LifeOptions | None = None) -> Generator[float, None, AddedLife]:
    """:func:`add_life` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    options : LifeOptions or None, default None
        The keywords of :func:`add_life`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`add_life`, and it raises the same.
    """
    return adding.adding(shown_scene(), obj, options or LifeOptions())


def life_options(obj: bpy.types.Object) -> LifeOptions | None:
    """What the life of a head was made with.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    LifeOptions or None
        None where it has none. The defaults, where somebody else wrote them into the file as they cannot be.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    found = layer.layer_of(obj)
    return None if found is None else adding.options_of(found.told)


def mute_life(obj: bpy.types.Object, muted: bool = True) -> None:
    """Do not show the life of a head, or show it again.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    muted : bool, default True
        False shows it.

    Raises
    ------
    ParameterError
        ``obj`` is no head, comes from another file, or has no life.
    """
    parameters.require_head(obj)
    parameters.require_own(obj)
    layer.mute(obj, muted, shown_scene().frame_current_final)


def remove_life(obj: bpy.types.Object) -> bool:
    """Take the life of a head away, with its tracks and actions; what else moves the head stays.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        Whether there was any.

    Raises
    ------
    ParameterError
        ``obj`` is no head, comes from another file, or a strip of it is being edited.
    """
    parameters.require_head(obj)
    parameters.require_own(obj)
    return layer.remove(obj)


def add_blinks(
    obj: bpy.types.Object,
    *,
    count: int = 1,
    duration: int | None = None,
    frames: tuple[int, int] | None = None,
    at: Iterable[float] | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[float, ...]:
    """Key blinks on a head: eyeBlinkLeft and eyeBlinkRight of its named controls, so on every FLAME release.

    Keys of before stay outside the blinks, which begin and end at the value that the lids have there. For the first
    head of a model without controls :func:`compute_controls` is called, which takes 20 to 30 seconds.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    count : int, default 1
        How many, spread evenly as VOCA's edit_sequences.py does.
    duration : int or None, frames, default None
        Of one blink: a third shutting, a third shut, a third opening. None is a quarter of a second.
    frames : (int, int) or None, default None
        First and last that the blinks are spread over; None is the scene's range.
    at : iterable of float or None, default None
        The middles of the blinks, in place of ``count`` and ``frames``.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    tuple of float
        The frames of their middles.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or the blinks do not fit.
    ModelError
        The model is no head, so that it has no such controls.
    """
    options = BlinkOptions(count=count, duration=duration, frames=frames, at=at)
    return result_of(adding_blinks(obj, options), progress)


def adding_blinks(
    obj: bpy.types.Object, options: BlinkOptions | None = None
) -> Generator[float, None, tuple[float, ...]]:
    """:func:`add_blinks` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    options : BlinkOptions or None, default None
        The keywords of :func:`add_blinks`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`add_blinks`, and it raises the same.
    """
    return blinks.adding(shown_scene(), obj, options or BlinkOptions())
