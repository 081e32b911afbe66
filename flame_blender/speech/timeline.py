"""A timeline of mouth shapes, and what it is as weights of visemes over time: each shape blends into the next."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SequenceError
from .sounds import SILENCE, VISEMES, Sound

CLOSING = ("PP", "FF")  # lips must meet, however short the sound
MOST_SECONDS = 4 * 3600.0  # every frame of which gets keys


@dataclass(frozen=True, eq=False)
class Timeline:
    """Which viseme is shown when.

    Attributes
    ----------
    source : str
        What the file is, for a report.
    times : (N + 1,) float64, seconds
        Where each of N shapes begins, and where the last one ends; rising.
    visemes : tuple of str
        N of :data:`~.sounds.VISEMES`.
    strengths : (N,) float64
        Of each, 0 to 1.
    notes : tuple of str
        What was assumed or left out, one sentence each.
    """

    source: str
    times: np.ndarray
    visemes: tuple[str, ...]
    strengths: np.ndarray
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.visemes)

    @property
    def seconds(self) -> float:
        """Where the last shape ends."""
        return float(self.times[-1])


def of_sounds(
    kind: str,
    path: str,
    starts: Sequence[float],
    ends: Sequence[float],
    sounds: Sequence[Sound],
    notes: tuple[str, ...] = (),
) -> Timeline:
    """A timeline of sounds, whose visemes share their time evenly; silence where there is none between them.

    ``kind`` is what the file is. Raises SequenceError naming ``path`` where there are none, or times do not rise.
    """
    times, visemes, strengths = [0.0], list[str](), list[float]()
    for start, end, sound in zip(starts, ends, sounds, strict=True):
        if not np.isfinite([start, end]).all() or start < times[-1] - 1e-6 or end < start:
            raise SequenceError(
                f"{path}: expected times that rise, found {start:g} to {end:g} s after {times[-1]:g} s."
            )
        if start > times[-1]:
            _append(times, visemes, strengths, start, SILENCE, 1.0)
        begin = times[-1]
        for part, (name, strength) in enumerate(sound, 1):
            _append(times, visemes, strengths, begin + (end - begin) * part / len(sound), name, strength)
    if not visemes:
        raise SequenceError(f"{path}: expected mouth shapes over time, found none.")
    if times[-1] > MOST_SECONDS:
        found = f"{times[-1] / 3600:.3g}"
        raise SequenceError(f"{path}: expected at most {MOST_SECONDS / 3600:g} hours of speech, found {found}; cut it.")
    return Timeline(kind, np.array(times), tuple(visemes), np.array(strengths), notes)


def _append(
    times: list[float], visemes: list[str], strengths: list[float], end: float, name: str, strength: float
) -> None:
    """One more shape, or the last one longer where it is the same."""
    if end <= times[-1]:
        return
    if visemes and (visemes[-1], strengths[-1]) == (name, strength):
        times[-1] = end
        return
    times.append(end)
    visemes.append(name)
    strengths.append(strength)


def held(timeline: Timeline, shortest: float) -> Timeline:
    """The timeline without shapes of less than ``shortest`` seconds, whose time goes to those before them.

    Sounds that close the lips stay: seen without, they are missed most. They take what they lack from the shape before,
    up to half of its time.
    """
    lengths = np.diff(timeline.times)
    places = [
        at for at, viseme in enumerate(timeline.visemes) if lengths[at] >= shortest or viseme in CLOSING
    ]  # fmt: skip
    if not places:
        return timeline
    times = timeline.times[[*places, -1]]
    times[0] = timeline.times[0]
    for at, place in enumerate(places[1:], 1):
        lacks = shortest - (times[at + 1] - times[at])
        if timeline.visemes[place] in CLOSING and lacks > 0:
            times[at] -= min(lacks, (times[at] - times[at - 1]) / 2)
    visemes = tuple(timeline.visemes[place] for place in places)
    return dataclasses.replace(timeline, times=times, visemes=visemes, strengths=timeline.strengths[places])


def viseme_weights(timeline: Timeline, moments: np.ndarray, overlap: float) -> np.ndarray:
    """(M, 15) float64 weights of :data:`~.sounds.VISEMES` at ``moments`` (M,) seconds.

    From shape to shape within ``overlap`` seconds about their border, eased in and out (3 t^2 - 2 t^3), and within half
    of the shorter one's time, so that each is reached. Before the first and after the last there is silence. All
    weights with their strengths at 1 sum to 1.
    """
    lengths = np.concatenate([[np.inf], np.diff(timeline.times), [np.inf]])
    half = np.minimum(overlap, np.minimum(lengths[:-1], lengths[1:])) / 2  # about each border
    shares = (moments[:, None] - timeline.times + half) / np.maximum(2 * half, 1e-9)
    passed = np.clip(shares, 0.0, 1.0)
    passed = passed * passed * (3 - 2 * passed)  # how far each border is passed (M, N + 1)
    shown = passed[:, :-1] - passed[:, 1:]
    weights = np.zeros((len(moments), len(VISEMES)))
    for at, name in enumerate(timeline.visemes):
        weights[:, VISEMES.index(name)] += shown[:, at] * timeline.strengths[at]
    weights[:, VISEMES.index(SILENCE)] += 1 - shown.sum(1)
    return weights
