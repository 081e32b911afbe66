"""What lies where on a face board: its knobs, and which of their ways moves which named control.

Places are in units of the board, from its middle: x to the head's left, y up. A knob goes from 0 to 1, or from -1 to 1.
Names of bones end with .L and .R where they have a side, so that Blender's mirror tools know them; a knob without one
that moves controls of both sides is there for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

SIDES = {"L": "Left", "R": "Right"}
AXES = "XYZ"


class Way(NamedTuple):
    """One way that a knob can go: along ``axis`` (0 or 1) of its bone, by ``sign``."""

    bone: str
    axis: int
    sign: int


@dataclass(frozen=True)
class Knob:
    """A slider or a box. ``moves``: by (axis, sign) the controls that it moves, one of each side for a knob of both."""

    bone: str
    place: tuple[float, float]
    label: str
    moves: Mapping[tuple[int, int], tuple[str, ...]]

    @property
    def both(self) -> bool:
        """Whether it moves what has a knob of its own on each side."""
        return any(len(names) > 1 for names in self.moves.values())

    def limits(self, axis: int) -> tuple[float, float]:
        """How far it goes along an axis, from its place at rest."""
        return -float((axis, -1) in self.moves), float((axis, 1) in self.moves)


LEFT_OF, UP, DOWN, ACROSS = (0, 1), (1, 1), (1, -1), (0, -1)
# movements with a side: name of the bone, label, x on the left half, x of the one for both, y, and what goes which way
_SIDED: tuple[tuple[str, str, float, float | None, float, dict[tuple[int, int], str]], ...] = (
    ("brow", "brow", 4.6, 1.1, 9.4, {UP: "browOuterUp", DOWN: "browDown"}),
    ("lid", "lid", 3.7, -1.0, 5.9, {UP: "eyeWide", DOWN: "eyeBlink"}),
    ("squint", "squint", 5.6, 1.0, 5.4, {UP: "eyeSquint"}),
    ("gaze", "", 4.6, 0.0, 2.5, {UP: "eyeLookUp", DOWN: "eyeLookDown", LEFT_OF: "eyeLookOut", ACROSS: "eyeLookIn"}),
    ("cheek", "cheek", 3.7, -1.9, -0.5, {UP: "cheekSquint"}),
    ("sneer", "sneer", 5.6, 1.9, -0.5, {UP: "noseSneer"}),
    (
        "corner", "", 4.6, 0.0, -3.1,
        {UP: "mouthSmile", DOWN: "mouthFrown", LEFT_OF: "mouthStretch", ACROSS: "mouthDimple"},
    ),
    ("upper_lip", "up", 3.0, -1.5, -6.0, {UP: "mouthUpperUp"}),
    ("lower_lip", "low", 4.6, 0.0, -5.0, {DOWN: "mouthLowerDown"}),
    ("press", "press", 6.2, 1.5, -6.0, {UP: "mouthPress"}),
)  # fmt: skip
_MIDDLE: tuple[Knob, ...] = (
    Knob("brow_inner", (-1.1, 8.9), "inner", {UP: ("browInnerUp",)}),
    Knob("puff", (0.0, -0.5), "puff", {UP: ("cheekPuff",)}),
    Knob("roll_upper", (-6.0, -8.7), "roll\nupper", {UP: ("mouthRollUpper",)}),
    Knob("roll_lower", (-4.0, -8.7), "roll\nlower", {UP: ("mouthRollLower",)}),
    Knob("shrug_upper", (-2.0, -8.7), "shrug\nupper", {UP: ("mouthShrugUpper",)}),
    Knob("shrug_lower", (0.0, -8.7), "shrug\nlower", {UP: ("mouthShrugLower",)}),
    Knob("funnel", (2.0, -8.7), "funnel", {UP: ("mouthFunnel",)}),
    Knob("pucker", (4.0, -8.7), "pucker", {UP: ("mouthPucker",)}),
    Knob("close", (6.0, -8.7), "close", {UP: ("mouthClose",)}),
    Knob("mouth", (-4.6, -11.7), "mouth side", {LEFT_OF: ("mouthLeft",), ACROSS: ("mouthRight",)}),
    Knob("jaw_box", (0.0, -11.2), "jaw", {LEFT_OF: ("jawLeft",), ACROSS: ("jawRight",), DOWN: ("jawOpen",)}),
    Knob("jaw_forward", (3.4, -12.2), "forward", {UP: ("jawForward",)}),
    Knob("tongue", (5.8, -12.2), "tongue", {UP: ("tongueOut",)}),
)
# handles on the face, and the knobs to which they add
HANDLES = {f"on_{name}.{side}": f"{name}.{side}" for name in ("brow", "lid", "corner") for side in SIDES}
HANDLES["on_chin"] = "jaw_box"
HEADINGS = {"Brows": 9.4, "Eyes": 5.9, "Gaze": 2.5, "Cheeks": 0.0, "Corners": -3.1, "Lips": -5.5, "Mouth": -8.2,
            "Jaw": -11.7}  # fmt: skip
LEFT, RIGHT, TOP, BOTTOM = -10.6, 7.5, 12.0, -13.5  # of the frame
SIDE_LABELS = {"Right": -4.6, "Both": 0.0, "Left": 4.6}
SIDE_LABELS_AT = 11.5


def _sided() -> Iterator[Knob]:
    for bone, label, x, middle, y, moves in _SIDED:
        for side, sign in (("L", 1), ("R", -1)):
            # out of the face and into it are mirrored: a bone of the right goes out to the other side
            own = {(axis, way * sign if axis == 0 else way): (f"{name}{SIDES[side]}",)
                   for (axis, way), name in moves.items()}  # fmt: skip
            yield Knob(f"{bone}.{side}", (x * sign, y), label, own)
        if middle is not None:
            yield Knob(bone, (middle, y), label, _for_both(moves))


def _for_both(moves: dict[tuple[int, int], str]) -> Mapping[tuple[int, int], tuple[str, ...]]:
    """Of a knob for both sides. To one side, both eyes look there; the corners of a mouth both go out."""
    both = {way: (f"{name}Left", f"{name}Right") for way, name in moves.items()}
    if LEFT_OF in moves and moves[LEFT_OF] == "eyeLookOut":
        both[LEFT_OF], both[ACROSS] = ("eyeLookOutLeft", "eyeLookInRight"), ("eyeLookInLeft", "eyeLookOutRight")
    return both


KNOBS: tuple[Knob, ...] = (*_sided(), *_MIDDLE)
OWN = {name: Way(knob.bone, *way) for knob in KNOBS if not knob.both for way, (name,) in knob.moves.items()}
OF_BOTH = {name: Way(knob.bone, *way) for knob in KNOBS if knob.both for way, names in knob.moves.items()
           for name in names}  # fmt: skip


@lru_cache(maxsize=1)
def pairs() -> dict[tuple[str, int], tuple[str | None, str | None]]:
    """By bone and axis of the knobs that move one control alone: those of its positive and of its negative way."""
    found: dict[tuple[str, int], list[str | None]] = {}
    for name, way in OWN.items():
        found.setdefault((way.bone, way.axis), [None, None])[0 if way.sign > 0 else 1] = name
    return {key: (names[0], names[1]) for key, names in found.items()}


@lru_cache(maxsize=128)
def limits_of(way: tuple[str, int]) -> tuple[float, float]:
    """How far a bone's knob goes along an axis."""
    return next(knob for knob in KNOBS if knob.bone == way[0]).limits(way[1])


def knob_of_both(bone: str, axis: int) -> tuple[str, int] | None:
    """The knob for both sides that moves what this axis of a bone moves, and 1, or -1 where it goes the other way."""
    for name in pairs()[bone, axis]:
        way, own = OF_BOTH.get(name or ""), OWN.get(name or "")
        if way is not None and own is not None:
            return way.bone, way.sign * own.sign
    return None


@lru_cache(maxsize=128)
def others(bone: str, axis: int) -> tuple[Way, ...]:
    """Whatever else moves what an axis of a knob moves: the knob for both sides, and the handle on the face."""
    both = knob_of_both(bone, axis)
    found = [] if both is None else [Way(both[0], axis, both[1])]
    return (*found, *(Way(handle, axis, 1) for handle, own in HANDLES.items() if own == bone))


def moved_by(other: Way) -> list[tuple[str, int]]:
    """By bone and axis, the knobs to which one of :func:`others` adds."""
    return [key for key in pairs() if any(each[:2] == other[:2] for each in others(*key))]


def more_of(control: str) -> str:
    """The bone's property with what a control has beyond its knob; both sides have the same, so that poses flip."""
    return control.removesuffix("Left").removesuffix("Right") if OWN[control].bone.endswith((".L", ".R")) else control


def mirrored(bone: str) -> str:
    """The bone of the other side."""
    other = {".L": ".R", ".R": ".L"}.get(bone[-2:])
    return bone[:-2] + other if other else bone
