"""What ARKit's 52 scores move on the built-in head, and which movements exclude each other."""

from __future__ import annotations

import numpy as np

from flame_blender.flame.controls import N_ROTATIONS, Controls, Preset

from .presets_table import EXPRESSIONS, VISEMES

JAW, LEFT_EYE, RIGHT_EYE = range(3)
X, Y = 0, 1
# control -> joint, axis, degrees. FLAME's axes: +X turns the gaze and the chin down, +Y to the subject's left.
TURNS = {
    "jawOpen": (JAW, X, 20.0),  # mouthClose is made for this opening
    "eyeLookUpLeft": (LEFT_EYE, X, -25.0),
    "eyeLookUpRight": (RIGHT_EYE, X, -25.0),
    "eyeLookDownLeft": (LEFT_EYE, X, 30.0),
    "eyeLookDownRight": (RIGHT_EYE, X, 30.0),
    "eyeLookOutLeft": (LEFT_EYE, Y, 30.0),
    "eyeLookInLeft": (LEFT_EYE, Y, -30.0),
    "eyeLookOutRight": (RIGHT_EYE, Y, -30.0),
    "eyeLookInRight": (RIGHT_EYE, Y, 30.0),
}
WITH_OPEN_JAW = ("mouthClose", "tongueOut")
SIDES = ("Left", "Right")
LIDS = ("eyeBlink", "eyeWide", "eyeSquint", "eyeLookUp", "eyeLookDown")
OPPOSITES = (
    *(tuple(name + side for name in LIDS) for side in SIDES),
    *((f"browDown{side}", f"browOuterUp{side}") for side in SIDES),
    *((f"mouthSmile{side}", f"mouthFrown{side}", f"mouthStretch{side}", "mouthPucker", "mouthFunnel") for side in SIDES),
    *((f"mouthPress{side}", f"mouthUpperUp{side}", "mouthRollUpper", "mouthShrugUpper", "mouthFunnel") for side in SIDES),
    *((f"mouthPress{side}", f"mouthLowerDown{side}", "mouthRollLower", "mouthShrugLower", "mouthFunnel") for side in SIDES),
    *(("mouthClose", f"mouthPress{side}", "mouthRollUpper") for side in SIDES),
    *(("mouthClose", f"mouthPress{side}", "mouthRollLower") for side in SIDES),
    ("jawLeft", "jawRight"),
    ("mouthLeft", "mouthRight"),
)  # fmt: skip


def controls(directions: list[str]) -> Controls:
    """The controls over expression ``directions``: each moves the direction of its name, and joints as ``TURNS`` say."""
    names = (*directions, *(name for name in TURNS if name not in directions))
    table = np.zeros((len(names), len(directions) + N_ROTATIONS), np.float32)
    table[: len(directions), : len(directions)] = np.eye(len(directions))
    for name, (joint, axis, degrees) in TURNS.items():
        table[names.index(name), len(directions) + 3 * joint + axis] = np.radians(degrees)
    table.setflags(write=False)
    plain = Controls(names, table)
    presets = tuple(
        Preset(name, group, plain.scores(both_sides(scores)))
        for group, faces in (("Expressions", EXPRESSIONS), ("Visemes", VISEMES))
        for name, scores in faces.items()
    )
    return Controls(names, table, presets, OPPOSITES, WITH_OPEN_JAW)


def both_sides(scores: dict[str, float]) -> dict[str, float]:
    """``mouthSmile*`` stands for ``mouthSmileLeft`` and ``mouthSmileRight``."""
    spelled = {}
    for name, score in scores.items():
        for written in [name[:-1] + side for side in SIDES] if name.endswith("*") else [name]:
            spelled[written] = score
    return spelled
