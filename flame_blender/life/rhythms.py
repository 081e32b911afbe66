"""When a face blinks, where its eyes jump and how its head drifts: random numbers after published measurements.

- Blinks: 17 a minute at rest, 26 in conversation, 4.5 while reading (Bentivoglio et al. 1997, "Analysis of blink rate
  patterns in normal subjects"). The times between are skewed: drawn from a log-normal distribution here.
- Glances: sizes, directions, durations and how long is looked at whom, are those of Lee, Badler and Badler 2002, "Eyes
  Alive": the share of saccades of A degrees falls as 15.7 exp(-A / 6.9) per cent, from 15 per cent on; one takes
  25 ms + 2.4 ms a degree; the eyes rest on the other person and away from him as long as told below.
- Between them small saccades of a fixation, of up to about a degree, one or two a second (Martinez-Conde, Macknik and
  Hubel 2004, "The role of fixational eye movements in visual perception").

The sway of the head and the shape of a breath are by eye. All is told in frames; no numbers here know a head.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

CLOSING, CLOSED, OPENING = 0.1, 0.05, 0.2  # seconds of a blink: it opens half as fast as it closes
BETWEEN_BLINKS = 0.5  # seconds at least from the beginning of one to the next
LIKELY = 0.25  # of the mean time between blinks: what lasts so long has one at least
LARGEST_SHARE, SHARE, DECAY = 15.0, 15.7, 6.9  # per cent, per cent, degrees
LARGEST = {"TALKING": 27.5, "LISTENING": 22.7}  # degrees of a glance
# degrees from the head's right hand, by the left hand up: per cent of saccades
DIRECTIONS = {0: 15.54, 45: 6.46, 90: 17.69, 135: 7.44, 180: 16.80, 225: 7.89, 270: 20.38, 315: 7.79}
# seconds that the eyes rest on the other and away: mean and standard deviation, told in 30ths of a second
AT_THE_OTHER = {"TALKING": (93.9 / 30, 94.9 / 30), "LISTENING": (237.5 / 30, 47.1 / 30)}
AWAY = {"TALKING": (27.8 / 30, 24.0 / 30), "LISTENING": (13.0 / 30, 7.1 / 30)}
SHORTEST_FIXATION = 0.1  # seconds
SACCADE, A_DEGREE = 0.025, 0.0024  # seconds
SMALL, SMALL_RATE = 0.25, 1.2  # degrees as standard deviation about a target, and how many a second
SWAY = np.radians((0.5, 0.8, 0.4))  # standard deviations of nod, turn and tilt
SWAY_STEP, SWAY_KEPT = 0.8, 0.6  # seconds from one key to the next; how much of one is left in it
INHALED = 0.4  # share of a breath
STRAIGHT_ON = np.zeros(2)  # degrees of the gaze


class Keys(NamedTuple):
    """Keys of some channels: frames (N,), rising, and values (N, channels)."""

    frames: np.ndarray
    values: np.ndarray


def blink_times(seconds: float, rate: float, variation: float, rng: np.random.Generator) -> np.ndarray:
    """(n,) seconds at which blinks begin, ``rate`` a minute.

    ``variation``: standard deviation of the times between them by their mean.
    """
    if rate <= 0:
        return np.empty(0)
    mean = 60.0 / rate
    least = min(BETWEEN_BLINKS, mean)
    count = int(3 * seconds / mean + 6 * np.sqrt(seconds / mean) + 10)
    between = np.full(count, mean)
    free = mean - least
    if variation and free > 0:
        spread = np.sqrt(np.log1p((variation * mean / free) ** 2))
        between = least + free * np.exp(rng.normal(-spread * spread / 2, spread, count))
    times = np.cumsum(between) - mean * rng.random()
    latest = seconds - (CLOSING + CLOSED + OPENING)
    times = times[(times >= 0) & (times <= latest)]
    if not len(times) and latest > 0 and seconds > LIKELY * mean:  # a short scene, in which it is just not seen
        return np.array([latest * rng.random()])
    return times


def blink_keys(times: np.ndarray, fps: float) -> Keys:
    """Four keys a blink: open, shut, shut, open; on whole frames, of which each part takes one at least."""
    parts = [max(1, round(part * fps)) for part in (CLOSING, CLOSED, OPENING)]
    ends, last = [], -1
    for begin in np.round(np.asarray(times) * fps).astype(int).tolist():
        if begin > last:
            ends.append(begin + np.concatenate([[0], np.cumsum(parts)]))
            last = begin + sum(parts)
    frames = np.concatenate(ends).astype(float) if ends else np.empty(0)
    return Keys(frames, np.tile([0.0, 1.0, 1.0, 0.0], len(ends))[:, None])


def without_shut(keys: Keys, shut: np.ndarray, limit: float = 0.3) -> Keys:
    """Blinks that do not meet a lid which is shut by other keys: ``shut`` (frames,) tells how far, frame by frame."""
    kept = []
    for at in range(0, len(keys.frames), 4):
        first, last = int(keys.frames[at]) - 1, int(keys.frames[at + 3]) + 2
        if not (shut[max(first, 0) : last] > limit).any():
            kept += list(range(at, at + 4))
    return Keys(keys.frames[kept], keys.values[kept])


def saccade_sizes(count: int, manner: str, rng: np.random.Generator) -> np.ndarray:
    """(count,) degrees: drawn as Eyes Alive draws them, and drawn anew where larger than its largest."""
    low = SHARE * np.exp(-LARGEST[manner] / DECAY)
    return -DECAY * np.log(rng.uniform(low, LARGEST_SHARE, count) / SHARE)


def gaze_keys(seconds: float, manner: str, strength: float, fps: float, rng: np.random.Generator) -> Keys:
    """Keys of the gaze in degrees, up and to the head's left: it rests, jumps away, and comes back."""
    angles, shares = np.radians(list(DIRECTIONS)), np.array(list(DIRECTIONS.values()))
    targets: list[tuple[float, np.ndarray]] = [(0.0, np.zeros(2))]
    time, away = _duration(AT_THE_OTHER[manner], rng) * rng.random(), False
    while time < seconds:
        away = not away
        goal = np.zeros(2)
        if away:
            angle = rng.choice(angles, p=shares / shares.sum())
            goal = saccade_sizes(1, manner, rng)[0] * np.array([np.sin(angle), -np.cos(angle)])
        targets.append((time, goal))
        time += _duration((AWAY if away else AT_THE_OTHER)[manner], rng)
    jumps = _with_small_ones(targets, seconds, rng)
    return _jump_keys([(at, strength * goal) for at, goal in jumps], seconds, fps)


def _duration(mean_and_deviation: tuple[float, float], rng: np.random.Generator) -> float:
    """Seconds of a fixation: a gamma distribution of this mean and deviation, which is never negative."""
    mean, deviation = mean_and_deviation
    shape = (mean / deviation) ** 2
    return max(SHORTEST_FIXATION, float(rng.gamma(shape, mean / shape)))


def _with_small_ones(
    targets: list[tuple[float, np.ndarray]], seconds: float, rng: np.random.Generator
) -> list[tuple[float, np.ndarray]]:
    """The jumps to the targets, and small ones about each while it is looked at."""
    found = []
    for (time, goal), (end, _) in zip(targets, [*targets[1:], (seconds, STRAIGHT_ON)], strict=True):
        found.append((time, goal))
        small = time + SHORTEST_FIXATION + rng.exponential(1 / SMALL_RATE)
        while small < end - SHORTEST_FIXATION:
            found.append((small, goal + rng.normal(0, SMALL, 2)))
            small += SHORTEST_FIXATION + rng.exponential(1 / SMALL_RATE)
    return found


def _jump_keys(jumps: list[tuple[float, np.ndarray]], seconds: float, fps: float) -> Keys:
    """Two keys a jump, on whole frames: where the eyes leave, and where they arrive; straight on at both ends."""
    last = max(round(seconds * fps), 1)
    frames, values = [0], [np.zeros(2)]
    for time, goal in jumps:
        takes = _frames_of(goal - values[-1], fps)
        begin = max(round(time * fps), frames[-1])
        if takes == 0 or begin + takes >= last:
            continue
        if begin > frames[-1]:
            frames.append(begin)
            values.append(values[-1])
        frames.append(begin + takes)
        values.append(goal)
    takes = _frames_of(values[-1], fps)
    while len(frames) > 1 and frames[-1] > last - takes:
        frames.pop()
        values.pop()
        takes = _frames_of(values[-1], fps)
    if last - takes > frames[-1]:
        frames.append(last - takes)
        values.append(values[-1])
    if last > frames[-1]:
        frames.append(last)
        values.append(STRAIGHT_ON)
    return Keys(np.array(frames, float), np.array(values))


def _frames_of(jump: np.ndarray, fps: float) -> int:
    """How many frames a jump of the gaze takes, (2,) degrees; none where it does not move."""
    size = float(np.hypot(*jump))
    return max(1, round((SACCADE + A_DEGREE * size) * fps)) if size else 0


def sway_keys(seconds: float, strength: float, fps: float, rng: np.random.Generator) -> Keys:
    """Keys of the neck, a rotation vector in radians, to be joined smoothly; straight at both ends."""
    count = max(2, int(seconds / SWAY_STEP) + 1)
    frames = np.unique(np.round(np.linspace(0, seconds, count) * fps))
    drawn, values = rng.normal(size=(len(frames), 3)), np.zeros((len(frames), 3))
    for at in range(1, len(frames) - 1):
        values[at] = SWAY_KEPT * values[at - 1] + np.sqrt(1 - SWAY_KEPT**2) * drawn[at]
    return Keys(frames, values * SWAY * strength)


def breath_keys(seconds: float, rate: float, fps: float, rng: np.random.Generator) -> Keys:
    """Keys of breathing, 0 out to 1 in, ``rate`` a minute, to be joined smoothly."""
    frames, values, time = [0.0], [0.0], 0.0
    while rate > 0:
        takes = 60 / rate * float(np.clip(rng.normal(1, 0.08), 0.7, 1.3))
        depth = float(np.clip(rng.normal(0.9, 0.08), 0.6, 1.0))
        if time + takes > seconds:
            break
        frames += [round((time + INHALED * takes) * fps), round((time + takes) * fps)]
        values += [depth, 0.0]
        time += takes
    different, places = np.unique(np.array(frames, float), return_index=True)
    return Keys(different, np.array(values)[places][:, None])
