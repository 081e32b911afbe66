"""When the rows of a file are: by time codes, by time stamps in a unit that the steps tell, or by numbers of frames."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..errors import SequenceError

USUAL_FPS = 30.0
CODE = re.compile(r"(\d+):(\d+):(\d+)[:;.](\d+(?:\.\d+)?)")  # ; is how drop-frame time codes are written
SLOW, FAST = 30.0, 60.0  # frames a second that a time code counts
DAY = 86400.0
SECONDS, MILLISECONDS, FRAMES = (
    ("time", "seconds", "timestamp", "timecode"),
    ("timems", "timestampms", "ms"),
    ("frame",),
)
UNITS = {"seconds": 1.0, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}  # in a second
LONGEST_STEP = 1.0  # a step in seconds beyond it tells of a smaller unit


def kind_of(name: str) -> str | None:
    """Of what a column or key of this name tells times: "seconds", "ms", "frame"; None for another."""
    bare = re.sub(r"[^a-z]", "", name.lower())
    for kind, names in (("seconds", SECONDS), ("ms", MILLISECONDS), ("frame", FRAMES)):
        if bare in names:
            return kind
    return None


def from_codes(codes: Sequence[str], source: str) -> np.ndarray:
    """(N,) float64 seconds from the first of time codes ``hh:mm:ss:frame.zzz``.

    Frames beyond 29 tell that a second has 60 of them, or 59.94, as Live Link Face counts. A clip may go over midnight.
    Raises SequenceError, naming ``source`` and the row, for what is no time code.
    """
    parts = []
    for row, code in enumerate(codes):
        found = CODE.fullmatch(code.strip())
        if found is None:
            raise SequenceError(
                f"{source}: expected a time code such as 12:00:00:07.250 in row {row + 1}, found {code[:40]!r}; set "
                "the clip's frame rate to do without."
            )
        parts.append([float(each) for each in found.groups()])
    hours, minutes, seconds, frames = np.array(parts).T
    rate = SLOW if frames.max() < SLOW else FAST
    times = hours * 3600 + minutes * 60 + seconds + frames / rate
    days = np.cumsum(np.diff(times, prepend=times[0]) < -DAY / 2)
    return times + days * DAY - times[0]


def from_stamps(stamps: np.ndarray, kind: str) -> tuple[np.ndarray, str]:
    """(N,) float64 seconds from the first of stamps (N,), and their unit, which the steps tell unless it is "ms"."""
    times = stamps - stamps[0]
    if kind == "ms":
        return times / 1000, "milliseconds"
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    unit = next((unit for unit, scale in UNITS.items() if step <= LONGEST_STEP * scale), "nanoseconds")
    return times / UNITS[unit], unit


def rising(times: np.ndarray, source: str) -> np.ndarray:
    """(N,) which rows to keep, in their order: of several at one time the last.

    Raises SequenceError, naming ``source`` and the row, where times go back.
    """
    steps = np.diff(times)
    if (steps < 0).any():
        row = int(np.flatnonzero(steps < 0)[0]) + 2
        raise SequenceError(
            f"{source}: expected times that rise, found row {row} before the one above it; set the clip's frame rate "
            "to do without."
        )
    return np.append(steps > 0, True)
