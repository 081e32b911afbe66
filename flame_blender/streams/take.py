"""A take: what came in while it was recorded, as a clip of scores."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import numpy as np

from ..flame.controls import ARKIT_NAMES
from ..score_clips.score_clip import TURNING, ScoreClip
from ..score_clips.turns import RADIANS, from_yaw_pitch_roll
from .packets import Packet

COLUMN = {name: column for column, name in enumerate(ARKIT_NAMES)}
WIDTH = len(ARKIT_NAMES) + 3 * len(TURNING)
MOST_ROWS = 1_000_000  # four hours and a half at 60 a second; a quarter of a gigabyte
LATE = 1.0  # seconds that the sender's clock may differ in a step from ours before ours is believed


@dataclass
class Take:
    """Rows of scores and angles with their times; what a packet does not tell stays as it was."""

    now: np.ndarray = field(default_factory=lambda: np.zeros(WIDTH))
    turning: set[str] = field(default_factory=set)
    _rows: array = field(default_factory=lambda: array("f"))
    _times: array = field(default_factory=lambda: array("d"))
    _sent: float | None = None  # the sender's time of the last packet

    def __len__(self) -> int:
        return len(self._times)

    def take(self, packet: Packet, arrived: float, recording: bool) -> None:
        """Have the packet's numbers as those of now; keep them as a row where it is ``recording``.

        ``arrived`` is our clock's, seconds. Rows are as far apart as the sender says, where it does.
        """
        for name, score in packet.scores.items():
            self.now[COLUMN[name]] = score
        for at, name in enumerate(TURNING):
            if name in packet.angles:
                start = len(ARKIT_NAMES) + 3 * at
                self.now[start : start + 3] = packet.angles[name]
                self.turning.add(name)
        sent, self._sent = self._sent, packet.seconds
        if not recording or len(self) >= MOST_ROWS:
            return
        time = arrived
        if len(self) and sent is not None and packet.seconds is not None:
            step = packet.seconds - sent
            if step == 0:  # the same one again
                return
            by_sender = self._times[-1] + step
            time = by_sender if step > 0 and abs(by_sender - arrived) < LATE else arrived
        if len(self) and time <= self._times[-1]:
            return
        self._times.append(time)
        self._rows.extend(self.now.tolist())

    def scores(self) -> dict[str, float]:
        """Those of now."""
        return dict(zip(ARKIT_NAMES, self.now.tolist(), strict=False))

    def turns(self) -> dict[str, np.ndarray]:
        """(3,) rotation vectors of now, of what the sender turns."""
        angles = self.now[len(ARKIT_NAMES) :].reshape(-1, 3)
        vectors = from_yaw_pitch_roll(angles, RADIANS)
        return {name: vectors[at] for at, name in enumerate(TURNING) if name in self.turning}

    def clip(self) -> ScoreClip | None:
        """What was recorded, if anything was."""
        if not len(self):
            return None
        rows = np.frombuffer(self._rows, np.float32).reshape(len(self), WIDTH).astype(np.float64)
        times = np.array(self._times)
        angles = rows[:, len(ARKIT_NAMES) :].reshape(len(self), -1, 3)
        turns = {
            name: from_yaw_pitch_roll(angles[:, at], RADIANS) for at, name in enumerate(TURNING) if name in self.turning
        }
        clip = ScoreClip("a live take", ARKIT_NAMES, rows[:, : len(ARKIT_NAMES)], times - times[0])
        return clip.with_turns(**turns)
