"""One clip of ARKit scores, and what is done to it before it comes onto a head."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import SequenceError
from ..flame.controls import ARKIT_NAMES, group_of
from ..geometry.rotation_curves import interpolated
from ..geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from ..sequences.smoothing import smoothed_rotations, smoothed_values

TURNING = ("head", "left_eye", "right_eye")  # fields of a clip
# what gains may name beside scores -> the group of the scores
REGIONS = {"brows": "Brows", "eyes": "Eyes", "cheeks": "Cheeks and nose", "jaw": "Jaw", "mouth": "Mouth"}
MAX_ROWS = 1_000_000
EDGE = 1e-6  # of a row: the last one still counts where rounding puts it behind the end


@dataclass(frozen=True, eq=False)
class ScoreClip:
    """Named scores over time, as a file tells them.

    Attributes
    ----------
    source : str
        What the file is, for a report.
    names : tuple of str
        The C controls that it tells, by ARKit's names.
    scores : (N, C) float64
        0 rest to 1 the full movement.
    times : (N,) float64, seconds
        Rising, from 0.
    head : (N, 3) float64, radians, or None
        Rotation vectors of the head in FLAME's axes.
    left_eye : (N, 3) float64, radians, or None
        Of the left eye within the head.
    right_eye : (N, 3) float64, radians, or None
        Of the right eye within the head.
    left_out : tuple of str
        Names in the file that nothing was taken of.
    notes : tuple of str
        What was assumed, one sentence each.
    """

    source: str
    names: tuple[str, ...]
    scores: np.ndarray
    times: np.ndarray
    head: np.ndarray | None = None
    left_eye: np.ndarray | None = None
    right_eye: np.ndarray | None = None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.times)

    @property
    def fps(self) -> float | None:
        """Rows a second, by the middle one of the steps; None of a single row."""
        return float(1 / np.median(np.diff(self.times))) if len(self) > 1 else None

    def of(self, name: str) -> np.ndarray:
        """(N,) float64: the scores of one control. Raises ValueError for another name."""
        return self.scores[:, self.names.index(name)]

    def with_turns(self, **turns: np.ndarray | None) -> ScoreClip:
        """The clip with other rotation vectors of ``head``, ``left_eye`` or ``right_eye``."""
        return dataclasses.replace(self, **turns)  # type: ignore[arg-type]  # these are all arrays

    def turns(self) -> dict[str, np.ndarray]:
        """The rotation vectors that there are, by what turns."""
        given = {name: getattr(self, name) for name in TURNING}
        return {name: each for name, each in given.items() if each is not None}


def resampled(clip: ScoreClip, fps: float) -> ScoreClip:
    """The clip in even steps, ``fps`` a second from its first row on: scores linearly, rotations along great circles.

    Raises SequenceError for over MAX_ROWS of them.
    """
    count = clip.times[-1] * fps + EDGE
    if not 0 < fps < np.inf or count >= MAX_ROWS:
        raise SequenceError(f"A clip must have at most {MAX_ROWS} frames, found {count:.0f} at {fps:g} a second.")
    times = np.arange(int(count) + 1) / fps
    rows = np.interp(times, clip.times, np.arange(len(clip)))  # where each lies between rows of the file
    scores = np.stack([np.interp(times, clip.times, column) for column in clip.scores.T], 1)
    turns = {name: interpolated(vectors, rows) for name, vectors in clip.turns().items()}
    return dataclasses.replace(clip.with_turns(**turns), scores=scores, times=times)


def without_neutral(clip: ScoreClip, row: int) -> ScoreClip:
    """The clip with the face of one row, counted from 1, as rest: its scores go off all others, its turns off theirs.

    Scores end at 0. Raises SequenceError where there is no such row.
    """
    if not 1 <= row <= len(clip):
        raise SequenceError(f"neutral: expected a row from 1 to {len(clip)} of the clip, found {row}.")
    scores = np.maximum(clip.scores - clip.scores[row - 1], 0.0)
    return dataclasses.replace(
        clip.with_turns(**{name: _from_rest(vectors, row - 1) for name, vectors in clip.turns().items()}), scores=scores
    )


def _from_rest(vectors: np.ndarray, rest: int) -> np.ndarray:
    matrices = matrix_from_axis_angle(vectors)
    return axis_angle_from_matrix(matrices[rest].T @ matrices)


def smoothed(clip: ScoreClip, strength: float) -> ScoreClip:
    """The clip with jitter taken out: a Gaussian over its rows whose standard deviation is ``strength`` rows."""
    if strength == 0:
        return clip
    turns = {name: smoothed_rotations(vectors, strength) for name, vectors in clip.turns().items()}
    return dataclasses.replace(clip.with_turns(**turns), scores=smoothed_values(clip.scores, strength))


def with_gains(clip: ScoreClip, gains: Mapping[str, float]) -> ScoreClip:
    """The clip with scores times the gains of their names, and of their regions; those that are not named stay.

    Raises SequenceError for what is none of ARKit's names or of REGIONS, and no finite number.
    """
    for name, gain in gains.items():
        if name not in REGIONS:
            _require_name("gains", name)
        if not np.isfinite(gain):
            raise SequenceError(f"gains: expected a finite number for {name}, found {gain}.")
    region = {group: gains.get(name, 1.0) for name, group in REGIONS.items()}
    factors = [gains.get(name, 1.0) * region[group_of(name)] for name in clip.names]
    return dataclasses.replace(clip, scores=clip.scores * factors)


def renamed(clip: ScoreClip, mapping: Mapping[str, str]) -> ScoreClip:
    """The clip with scores told by other names: ``mapping`` from a name in the clip to ARKit's name, or "" for none.

    Several of one name are added up. Raises SequenceError for a name that the clip, or ARKit, does not have.
    """
    for old, new in mapping.items():
        if old not in clip.names:
            raise SequenceError(f"mapping: expected names of the clip, such as {clip.names[0]}, found {old!r}.")
        if new:
            _require_name("mapping", new)
    goals = [mapping.get(name, name) for name in clip.names]
    names = tuple(dict.fromkeys(goal for goal in goals if goal))
    scores = np.zeros((len(clip), len(names)))
    for column, goal in enumerate(goals):
        if goal:
            scores[:, names.index(goal)] += clip.scores[:, column]
    return dataclasses.replace(clip, names=names, scores=scores)


def _require_name(option: str, name: str) -> None:
    if name not in ARKIT_NAMES:
        raise SequenceError(f"{option}: expected one of ARKit's names, such as jawOpen, found {name!r}.")
