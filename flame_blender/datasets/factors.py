"""What a recipe can vary: each factor's values with their limits, what they are when left out, and their streams.

A stream's number never changes and is never given again: the samples of earlier recipes depend on it. What came after
the first recipes is ``later``: neither a recipe nor a sample tells of it where it is left out, so that theirs stay.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..flame.controls import ARKIT_NAMES
from ..hair_strands.styles import BEARD, MOUSTACHE, SCALP, names_of
from ..looks.complexion import Complexion
from .distributions import Distribution, Fixed

IRISES = {  # linear colours
    "default": None,
    "brown": (0.10, 0.045, 0.018),
    "hazel": (0.16, 0.10, 0.035),
    "green": (0.10, 0.16, 0.075),
    "grey": (0.20, 0.23, 0.25),
    "blue": (0.09, 0.19, 0.32),
}
USUAL = Complexion()
FACE, HEAD = "face", "head"
WORLD, PLAIN = "world", "plain"
OWN, ADDED = "own", "added"
NONE, UNSEEN = "none", ("BUZZ", "STUBBLE")  # too short for strips of hair
HAIR = {
    piece.lower(): tuple(name.lower() for name in names_of(piece) if name not in UNSEEN)
    for piece in (SCALP, BEARD, MOUSTACHE)
}
NO_LIGHT = "none"
STUDIO_LIGHTS = ("city", "courtyard", "forest", "interior", "night", "studio", "sunrise", "sunset")  # Blender's own
CLIPS = (".npz", ".npy", ".pkl", ".pickle", ".frame", ".pt", ".pth", ".json", ".csv", ".tsv", ".txt")
DEGREES = (-180.0, 180.0)


@dataclass(frozen=True)
class Number:
    """A number between ``least`` and ``most``; ``default`` when it is left out, where None is a meaning of its own."""

    stream: int
    default: float | None
    least: float
    most: float
    later: bool = False

    @property
    def left_out(self) -> Distribution:
        return Fixed(self.default)


@dataclass(frozen=True)
class Word:
    """One of ``words``; any text where there are none."""

    stream: int
    default: str
    words: tuple[str, ...] = ()
    later: bool = False

    @property
    def left_out(self) -> Distribution:
        return Fixed(self.default)


Entry = Number | Word
FACTORS: dict[str, dict[str, Entry]] = {
    "model": {"name": Word(1, "Built-in Head"), "mouth": Word(2, OWN, (OWN, ADDED), later=True)},
    "identity": {"strength": Number(10, 0.0, 0.0, 10.0)},  # and 11 for the coefficients
    "expression": {
        "strength": Number(20, 0.0, 0.0, 10.0),  # and 21 for the coefficients
        "face": Word(22, ""),
        "face_strength": Number(23, 1.0, 0.0, 1.0),
        "arkit": Number(24, 0.0, 0.0, 1.0, later=True),  # and 25 for the scores
    },
    "controls": {name: Number(1000 + row, 0.0, 0.0, 1.0, later=True) for row, name in enumerate(ARKIT_NAMES)},
    "pose": {
        "yaw": Number(30, 0.0, *DEGREES),
        "pitch": Number(31, 0.0, *DEGREES),
        "roll": Number(32, 0.0, *DEGREES),
        "neck_yaw": Number(33, 0.0, -90.0, 90.0),
        "neck_pitch": Number(34, 0.0, -90.0, 90.0),
        "neck_roll": Number(35, 0.0, -90.0, 90.0),
        "jaw": Number(36, 0.0, -5.0, 40.0),
    },
    "gaze": {"yaw": Number(40, 0.0, -60.0, 60.0), "pitch": Number(41, 0.0, -60.0, 60.0)},
    "lids": {"closed": Number(50, 0.0, 0.0, 1.0)},
    "skin": {
        "value": Number(60, 1.0, 0.0, 2.0),
        "saturation": Number(61, 1.0, 0.0, 2.0),
        "hue": Number(62, 0.5, 0.0, 1.0),
        "tone": Number(66, USUAL.tone, 0.0, 1.0, later=True),
        "undertone": Number(67, USUAL.undertone, -1.0, 1.0, later=True),
        "age": Number(68, USUAL.age, 0.0, 120.0, later=True),
        "freckles": Number(69, USUAL.freckles, 0.0, 1.0, later=True),
        "stubble": Number(71, USUAL.stubble, 0.0, 1.0, later=True),
    },
    "texture": {
        "model": Word(63, "", later=True),
        "strength": Number(64, 1.0, 0.0, 10.0, later=True),  # and 65 for the coefficients
    },
    "hair": {
        "scalp": Word(140, NONE, HAIR["scalp"], later=True),
        "beard": Word(141, NONE, HAIR["beard"], later=True),
        "moustache": Word(142, NONE, HAIR["moustache"], later=True),
        "melanin": Number(143, 0.75, 0.0, 1.0, later=True),
        "redness": Number(144, 0.25, 0.0, 1.0, later=True),
        "greyness": Number(145, 0.0, 0.0, 1.0, later=True),
    },
    "eyes": {"iris": Word(70, "default", tuple(IRISES))},
    "camera": {
        "focal": Number(80, 85.0, 10.0, 1000.0),
        "distance": Number(81, None, 0.25, 100.0),
        "yaw": Number(82, 0.0, *DEGREES),
        "pitch": Number(83, 0.0, -89.0, 89.0),
        "roll": Number(84, 0.0, *DEGREES),
        "framing": Word(85, FACE, (FACE, HEAD)),
        "fill": Number(86, 0.7, 0.01, 4.0),
        "shift_x": Number(87, 0.0, -2.0, 2.0),
        "shift_y": Number(88, 0.0, -2.0, 2.0),
        "spread": Number(89, 0.0, 0.0, 360.0, later=True),
        "motion_blur": Number(120, 0.0, 0.0, 1.0, later=True),
        "aperture": Number(121, 0.0, 0.0, 128.0, later=True),
    },
    "clip": {
        "folder": Word(110, "", later=True),  # 111 for the file, and 112 for where it begins
        "yaw": Number(113, 0.0, *DEGREES, later=True),
        "pitch": Number(114, 0.0, -90.0, 90.0, later=True),
    },
    "occluder": {
        "folder": Word(130, "", later=True),  # and 131 for the file
        "distance": Number(132, 0.15, 0.02, 10.0, later=True),
        "x": Number(133, 0.0, -2.0, 2.0, later=True),
        "y": Number(134, 0.0, -2.0, 2.0, later=True),
        "turn": Number(135, 0.0, *DEGREES, later=True),
        "size": Number(136, 1.0, 0.01, 100.0, later=True),
    },
    "light": {
        "world": Word(90, "studio", (*STUDIO_LIGHTS, NO_LIGHT)),
        "turn": Number(91, 0.0, -360.0, 360.0),
        "strength": Number(92, 1.0, 0.0, 100.0),
        "lamp_power": Number(93, 0.0, 0.0, 10_000.0),
        "lamp_yaw": Number(94, 0.0, *DEGREES),
        "lamp_pitch": Number(95, 30.0, -89.0, 89.0),
        "lamp_distance": Number(96, 1.0, 0.3, 100.0),
        "lamp_size": Number(97, 0.5, 0.001, 100.0),
        "folder": Word(98, "", later=True),  # and 99 for the file
    },
    "background": {
        "kind": Word(100, WORLD, (WORLD, PLAIN)),
        "grey": Number(101, 0.5, 0.0, 1.0),
        "folder": Word(102, "", later=True),  # and 103 for the file
    },
}
IDENTITY_STREAM, EXPRESSION_STREAM, ARKIT_STREAM, TEXTURE_STREAM = 11, 21, 25, 65
CLIP_START_STREAM = 112
OF_A_VIEW = 1 << 32  # what is added to the camera's streams for each camera after the first


@dataclass(frozen=True)
class Source:
    """A factor whose ``folder`` has files, of which each sample takes one; "" takes none."""

    stream: int
    endings: tuple[str, ...]
    holds: str
    folders: bool = False  # are files too, of many


SOURCES = {
    "light": Source(99, (".hdr", ".exr"), "pictures of surroundings"),
    "clip": Source(111, CLIPS, "clips", folders=True),
    "occluder": Source(131, (".blend",), "things"),
    "background": Source(103, (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"), "pictures"),
}
