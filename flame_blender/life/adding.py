"""Life added to a head: blinks, glances, a drifting head and breath, drawn from a seed."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..character.scores import computing_for
from ..errors import ParameterError
from ..head import effective, parameters
from ..head.properties import FLAME_PG_head, names_of_controls, value_path
from ..head.saved.life_values import BLINKS, DOWN, TO_LEFT, TO_RIGHT, UP
from ..keyframes import sampling
from ..keyframes.animation import curves_of
from ..keyframes.layers import Curve
from ..long_work import Options, choice, number
from . import layer, rhythms
from .rhythms import Keys

USUAL_GAZE = np.radians(30)  # of a score of 1, where the model tells none
LONGEST = 10_000_000  # frames


@dataclass(frozen=True, kw_only=True)
class LifeOptions(Options):
    """The keywords of :func:`add_life`, for :func:`adding_life`.

    Attributes
    ----------
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
    """

    seed: int = number(1, least=0)
    frames: tuple[int, int] | None = None
    blinks: float = number(17.0, least=0, most=60)
    variation: float = number(0.625, least=0, most=2)
    manner: str = choice("TALKING", "LISTENING")
    glances: float = number(1.0, least=0, most=2)
    drift: float = number(1.0, least=0, most=5)
    breaths: float = number(0.0, least=0, most=60)


@dataclass(frozen=True, eq=False)
class AddedLife:
    """What :func:`add_life` made.

    Attributes
    ----------
    blinks : tuple of float
        The frames at which blinks begin.
    left_out : int
        Blinks that met a lid which the head's own keys shut, and were left out.
    glances : int
        How often the gaze leaves.
    frames : (int, int)
        First and last.
    """

    blinks: tuple[float, ...]
    left_out: int
    glances: int
    frames: tuple[int, int]

    def summary(self) -> str:
        """One sentence for a person."""
        first, last = self.frames
        told = f"Frames {first} to {last}: blinks {len(self.blinks)}, glances {self.glances}"
        return f"{told}; left out beside keyed ones: {self.left_out}" if self.left_out else told


def options_of(told: Mapping[str, Any]) -> LifeOptions:
    """What is told in a file; the defaults, where nobody could have asked for that."""
    known = {each.name for each in dataclasses.fields(LifeOptions)}
    asked = {name: value for name, value in told.items() if name in known}
    try:
        first, last = asked.pop("frames", None) or (None, None)
        frames = None if first is None or last is None else (int(first), int(last))
        return LifeOptions(frames=frames, **asked)
    except (TypeError, ValueError):  # of which a ParameterError is one
        return LifeOptions()


def adding(scene: bpy.types.Scene, obj: bpy.types.Object, options: LifeOptions) -> Generator[float, None, AddedLife]:
    """Put life on a head in place of what it has; see ``api.add_life``. Yields the share that is done.

    Raises FlameError before anything has changed.
    """
    parameters.require_evaluator(parameters.require_head(obj))
    parameters.require_own(obj)
    layer.require_no_tweaking(obj)
    first, last = sampling.range_of(scene, options.frames)
    if not 2 <= last - first <= LONGEST:
        raise ParameterError(f"frames: expected an end 2 to {LONGEST} frames after the start, found {first} to {last}.")
    obj = yield from computing_for(obj)
    head = parameters.require_head(obj)
    fps = scene.render.fps / scene.render.fps_base
    seconds = (last - first) / fps
    # a generator for each, so that one of them turned off leaves the others as they were
    draw = [np.random.default_rng([int(options.seed), part]) for part in range(4)]
    times = rhythms.blink_times(seconds, options.blinks, options.variation, draw[0])
    drawn = rhythms.blink_keys(times, fps)
    blinks = rhythms.without_shut(drawn, _shut(obj, head, first, last))
    gaze = rhythms.gaze_keys(seconds, options.manner, options.glances, fps, draw[1])
    sway = rhythms.sway_keys(seconds, options.drift, fps, draw[2])
    breath = rhythms.breath_keys(seconds, options.breaths, fps, draw[3])
    scores = Keys(gaze.frames, _scores_of(head, gaze.values))
    parts = [("life_blink", Keys(blinks.frames, np.repeat(blinks.values, 2, 1)), False)]
    parts += [("life_gaze", scores, False), ("life_neck", sway, True), ("life_breath", breath, True)]
    curves = [
        Curve(f"flame.{name}", index, layer.GROUP, keys.frames + first, values, smooth)
        for name, keys, smooth in parts
        for index, values in enumerate(keys.values.T if keys.values.any() else ())
    ]
    layer.put_on(obj, curves, (first, last), dataclasses.asdict(options), scene.frame_current_final)
    left = np.hypot(*gaze.values.T) > 1e-9
    return AddedLife(
        tuple((blinks.frames[::4] + first).tolist()),
        (len(drawn.frames) - len(blinks.frames)) // 4,
        int(np.count_nonzero(left[1:] & (np.hypot(*np.diff(gaze.values, axis=0).T) > 1.0))),
        (first, last),
    )


def _shut(obj: bpy.types.Object, head: FLAME_PG_head, first: int, last: int) -> np.ndarray:
    """(frames,) how far the head's own keys shut one of its lids."""
    names = names_of_controls(head)
    paths = {value_path(head, "controls", names.index(name)) for name in BLINKS if name in names}
    shut = np.zeros(last - first + 1)
    for curve in curves_of(obj) or ():
        if curve.data_path in paths:
            shut = np.maximum(shut, [curve.evaluate(frame) for frame in range(first, last + 1)])
    return shut


def _scores_of(head: FLAME_PG_head, degrees: np.ndarray) -> np.ndarray:
    """(N, 2) scores of the gaze up and to the left, of angles in degrees, as the head's model turns its eyes."""
    ways = [[_turn(head, name, axis) for name in names] for names, axis in ((UP, 0), (DOWN, 0), (TO_LEFT, 1))]
    ways.append([_turn(head, name, 1) for name in TO_RIGHT])
    up, down, left, right = (float(np.mean(turns)) for turns in ways)
    radians = np.radians(degrees)
    by = np.where(radians > 0, (up, left), (down, right))
    scores: np.ndarray = np.clip(radians / by, -1.0, 1.0)
    return scores


def _turn(head: FLAME_PG_head, name: str, axis: int) -> float:
    """By how many radians a score of 1 turns its own eye about an axis."""
    directions, names = effective.directions_of(head), names_of_controls(head)
    if directions is None or name not in names:
        return float(USUAL_GAZE)
    eye = 1 if name.endswith("Left") else 2
    turn = abs(float(directions.rotations[names.index(name), 3 * eye + axis]))
    return turn if turn > np.radians(5) else float(USUAL_GAZE)
