"""Named controls of a model: ARKit's 52 scores turned into expression, jaw and eyes, and presets made of such scores.

The names and their meanings are those of Apple's ``ARFaceAnchor.BlendShapeLocation``
(https://developer.apple.com/documentation/arkit/arfaceanchor/blendshapelocation); MediaPipe's face landmarker gives the
same 52. Left and right are the subject's. 0 is rest, 1 the full movement.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError

IGNORED = "_neutral"  # MediaPipe's first category: how little is going on
# What stands beside the scores in a row of Live Link Face, in its CSV and in its stream: no blend shapes.
LIVE_LINK_OTHERS = frozenset(
    {"Timecode", "BlendShapeCount", "BlendshapeCount"}
    | {f"{part}{turn}" for part in ("Head", "LeftEye", "RightEye") for turn in ("Yaw", "Pitch", "Roll")}
)
# in the order of Apple's documentation
ARKIT_NAMES = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
    "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight",
    "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel",
    "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight",
    "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper",
    "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft",
    "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp",
    "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft",
    "noseSneerRight", "tongueOut",
)  # fmt: skip
ROTATIONS = ("jaw", "left_eye", "right_eye")
N_ROTATIONS = 3 * len(ROTATIONS)
_SIDES = {"_L": "Left", "_R": "Right"}


@dataclass(frozen=True)
class Preset:
    """A named face: its group (``"Expressions"``, ``"Visemes"``) and (C,) float32 scores."""

    name: str
    group: str
    scores: np.ndarray


@dataclass(frozen=True, eq=False)
class Controls:
    """What the named controls of a model move.

    ``names``: the C controls. ``table`` (C, E + 9) float32: what a score of 1 adds to the E expression coefficients and
    to the rotation vectors of jaw, left eye and right eye (radians). Rotation vectors of one joint are added, which is
    exact about one axis and close to it for gazes of up to 30 degrees.
    ``opposites``: names of expression directions, in lists of which a face shows at most one at a time.
    ``with_open_jaw``: names of expression directions that mean nothing while the jaw is shut.
    ``correctives`` (C, V, 3) float32, metres: what a score of 1 adds to the head at rest, as offsets do, so that it
    shows what the model's own directions cannot; None where these can all.
    """

    names: tuple[str, ...]
    table: np.ndarray
    presets: tuple[Preset, ...] = ()
    opposites: tuple[tuple[str, ...], ...] = ()
    with_open_jaw: tuple[str, ...] = ()
    correctives: np.ndarray | None = None

    def scores(self, given: Mapping[str, float]) -> np.ndarray:
        """(C,) float32 of named scores; a control left out is 0.

        ``EyeBlinkLeft`` and ``eyeBlink_L`` are taken for ``eyeBlinkLeft``. MediaPipe's ``_neutral`` and what stands
        beside the scores in a row of Live Link Face are left out, see :meth:`left_out`.
        Raises ParameterError for an unknown name, a name given twice, or a score that is not a finite number.
        """
        scores = np.zeros(len(self.names), np.float32)
        seen: dict[str, str] = {}
        for written, value in given.items():
            if written == IGNORED or written in LIVE_LINK_OTHERS:
                continue
            name = self._known(written)
            if name in seen:
                raise ParameterError(f"{name}: expected one score, found two, as {seen[name]!r} and {written!r}.")
            seen[name] = written
            scores[self.names.index(name)] = _finite(name, value)
        return scores

    def left_out(self, given: Mapping[str, float]) -> tuple[str, ...]:
        """The names among ``given`` that :meth:`scores` takes nothing of: Live Link's rotations and time code."""
        return tuple(name for name in given if name in LIVE_LINK_OTHERS)

    def _known(self, written: str) -> str:
        text = str(written)
        name = text[:1].lower() + text[1:]
        name = name[:-2] + _SIDES[name[-2:]] if name[-2:] in _SIDES else name
        if name not in self.names:
            near = difflib.get_close_matches(name, self.names, 1)
            hint = f"did you mean {near[0]!r}" if near else f"such as {self.names[0]!r}"
            raise ParameterError(f"scores: expected names of the {len(self.names)} controls, found {text!r}; {hint}?")
        return name

    def fields(self, scores: np.ndarray) -> dict[str, np.ndarray]:
        """(C,) scores -> ``expression`` (E,), ``jaw``, ``left_eye`` and ``right_eye`` (3,): fields of FlameParams."""
        moved = np.asarray(scores, np.float32) @ self.table
        expression, rotations = moved[:-N_ROTATIONS], moved[-N_ROTATIONS:].reshape(-1, 3)
        return {"expression": expression, **dict(zip(ROTATIONS, rotations, strict=True))}

    def preset(self, name: str) -> Preset:
        """The preset of that name. Raises ParameterError."""
        for preset in self.presets:
            if preset.name == name:
                return preset
        known = ", ".join(preset.name for preset in self.presets)
        raise ParameterError(f"preset: expected one of {known}, found {name!r}.")


def _finite(name: str, value: object) -> float:
    try:
        score = float(value)  # type: ignore[arg-type]  # whatever is no number is refused
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{name}: expected a number, found {value!r}.") from error
    if not np.isfinite(score):
        raise ParameterError(f"{name}: expected a finite number, found {score}.")
    return score
