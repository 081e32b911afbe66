"""One face blended into what a head shows, or added on top of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .face import Face

Vector = tuple[float, float, float]


class Shown(NamedTuple):
    """What of a head a face changes: scores of all its controls by name, and rotation vectors by joint, radians."""

    scores: Mapping[str, float]
    rotations: Mapping[str, Vector]


def blended(shown: Shown, face: Face, strength: float, *, add: bool = False) -> Shown:
    """``shown`` gone over into ``face`` by ``strength``: 0 is ``shown``, 1 the face, and beyond 1 it is overdone.

    With ``add`` scores and rotations times ``strength`` are added, and the scores end at 0 and 1, as sliders do, or
    where they were already. Rotation vectors are blended straight, which is exact about one axis. Controls that the
    face does not name go to 0 or stay, as it says, and stay where it is added; controls that ``shown`` does not have,
    and joints, are left out.
    """
    goals = {} if add or face.others_stay else dict.fromkeys(shown.scores, 0.0)
    goals |= {name: score for name, score in face.scores.items() if name in shown.scores}
    blend = _added if add else _between
    scores = {name: blend(before, goals[name], strength) if name in goals else before
              for name, before in shown.scores.items()}  # fmt: skip
    return Shown(scores, {**shown.rotations, **_turned(shown.rotations, face.rotations, strength, add)})


def left_out(shown: Shown, face: Face) -> tuple[str, ...]:
    """Controls of the face that move something and that the head does not have."""
    return tuple(name for name, score in face.scores.items() if score and name not in shown.scores)


def _between(before: float, goal: float, strength: float) -> float:
    """Below nothing, or what was lower still, no score goes, however much a face is overdone."""
    if strength == 1.0:
        return goal
    return max(before + strength * (goal - before), min(0.0, before, goal))


def _added(before: float, goal: float, strength: float) -> float:
    return float(np.clip(before + strength * goal, min(0.0, before), max(1.0, before)))


def _turned(before: Mapping[str, Vector], goals: Mapping[str, Vector], strength: float, add: bool) -> dict[str, Vector]:
    result = {}
    for name, goal in goals.items():
        if name in before:
            start, end = np.array(before[name], np.float64), np.array(goal, np.float64)
            x, y, z = (start + strength * (end if add else end - start)).tolist()
            result[name] = (x, y, z)
    return result
