"""Scores of named controls: those of a named face, a few at random, those that a recipe names one by one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...flame.controls import ARKIT_NAMES, Controls
from ..distributions import Value
from ..factors import ARKIT_STREAM
from ..randomness import uniforms
from ..recipe import Recipe

ONE_IN = 4  # of random movements one is made at a time
ALIKE = 0.75  # of both sides of a face move as one
APART = (("jawLeft", "jawRight"), ("mouthLeft", "mouthRight"))  # of which a face shows one at a time
OF_OPEN_JAW = ("mouthClose", "tongueOut")
OPEN = 0.3  # of the jaw, for the tongue to come out
OTHER_FACTORS = ("eyeLook", "eyeBlink")  # gaze and lids vary by themselves


def random_scores(recipe: Recipe, index: int, strength: float) -> dict[str, float]:
    """A few of ARKit's 52 scores, evenly up to ``strength``; without gaze and blinks.

    Lips close no further than the jaw is open, the tongue comes out of an open mouth, and of two sides to which one
    thing moves it moves to one. Always of the same numbers, whichever of them a model has.
    """
    numbers = uniforms(recipe.seed, ARKIT_STREAM, index, 3 * len(ARKIT_NAMES)).reshape(-1, 3)
    opposite = {each for pair in APART for each in pair}
    found = {}
    for row, name in enumerate(ARKIT_NAMES):
        own, made, alone = numbers[row].tolist()
        left = name.replace("Right", "Left")
        if name != left and name not in opposite and alone < ALIKE:
            own, made, _ = numbers[ARKIT_NAMES.index(left)].tolist()
        if made * ONE_IN < 1 and not name.startswith(OTHER_FACTORS):
            found[name] = strength * own
    for one, other in APART:
        if one in found and other in found:
            del found[min((one, other), key=found.__getitem__)]
    jaw = found.get("jawOpen", 0.0)
    if "mouthClose" in found:
        found["mouthClose"] = min(found["mouthClose"], jaw)
    if jaw < OPEN:
        found.pop("tongueOut", None)
    return {name: score for name, score in found.items() if score}


def scores_of(recipe: Recipe, controls: Controls, values: Mapping[str, Mapping[str, Value]], index: int) -> np.ndarray:
    """(C,) float32 scores of a model's controls. A control that the recipe names takes the place of the others'."""
    own = {key: value for key, value in values["expression"].items() if isinstance(value, (int, float))}
    scores = np.zeros(len(controls.names), np.float32)
    if values["expression"]["face"]:
        scores += controls.preset(str(values["expression"]["face"])).scores * np.float32(own["face_strength"])
    random = random_scores(recipe, index, own["arkit"]) if own["arkit"] else {}
    rows = {name: row for row, name in enumerate(controls.names)}
    for name, score in random.items():
        if name in rows:
            scores[rows[name]] = min(scores[rows[name]] + np.float32(score), 1.0)
    for name, given in values["controls"].items():
        if given and name in rows:
            scores[rows[name]] = given
    return scores
