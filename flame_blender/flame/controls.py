"""Named controls of a model: ARKit's 52 scores turned into expression, jaw and eyes, and presets made of such scores.

The names and their meanings are those of Apple's ``ARFaceAnchor.BlendShapeLocation``
(https://developer.apple.com/documentation/arkit/arfaceanchor/blendshapelocation); MediaPipe's face landmarker gives the
same 52. Left and right are the subject's. 0 is rest, 1 the full movement.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from ..errors import ParameterError
from .evaluator import Added, FlameEvaluator
from .value_layout import ValueLayout

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
SETS_KEPT = 4  # of the directions of scores that are not zero together
STILL = 1e-7  # metres: a vertex that moves less stays, so that ten scores are not a micrometre off
_GAZES = ("eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp")
_GROUPS = {"eye": "Eyes", "brow": "Brows", "cheek": "Cheeks and nose", "nose": "Cheeks and nose", "jaw": "Jaw"}
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
    ``eyelids`` (C, 2) float32: what a score of 1 adds to the left and the right eyelid, by the model's eyelid shapes;
    None where it is nothing.
    """

    names: tuple[str, ...]
    table: np.ndarray
    presets: tuple[Preset, ...] = ()
    opposites: tuple[tuple[str, ...], ...] = ()
    with_open_jaw: tuple[str, ...] = ()
    correctives: np.ndarray | None = None
    eyelids: np.ndarray | None = None

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
        """(C,) scores -> fields of FlameParams: ``expression`` (E,), ``jaw``, ``left_eye`` and ``right_eye`` (3,).

        And ``eyelids`` (2,), where controls move those.
        """
        given = np.asarray(scores, np.float32)
        of_skin = skin_scores(self.names, given)
        expression, rotations = of_skin @ self.table[:, :-N_ROTATIONS], given @ self.table[:, -N_ROTATIONS:]
        rotations = rotations.reshape(-1, 3)
        lids = {} if self.eyelids is None else {"eyelids": of_skin @ self.eyelids}
        return {"expression": expression, **dict(zip(ROTATIONS, rotations, strict=True)), **lids}

    def preset(self, name: str) -> Preset:
        """The preset of that name. Raises ParameterError."""
        for preset in self.presets:
            if preset.name == name:
                return preset
        known = ", ".join(preset.name for preset in self.presets)
        raise ParameterError(f"preset: expected one of {known}, found {name!r}.")


def skin_scores(names: tuple[str, ...], scores: np.ndarray) -> np.ndarray:
    """Scores (..., C) by which controls move the skin: as far as a blink shuts an eye, its gaze moves the lids no more.

    A lid that follows the gaze goes by a share of what is open; else a blink and a look down together would carry it
    beyond shut, and a look up would open it. Joints turn by the scores themselves.
    """
    gazes, blinks = _gazes_and_blinks(names)
    if not len(gazes):
        return scores
    shut = scores[..., blinks]
    if not shut.any():
        return scores
    result = scores.copy()
    result[..., gazes] *= 1 - np.clip(shut, 0, 1)
    return result


@lru_cache
def _gazes_and_blinks(names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Places of the controls that turn eyes, and of those that shut the same eyes."""
    places = {name: place for place, name in enumerate(names)}
    pairs = [(f"{gaze}{side}", f"eyeBlink{side}") for side in ("Left", "Right") for gaze in _GAZES]
    found = [(places[gaze], places[blink]) for gaze, blink in pairs if gaze in places and blink in places]
    gazes, blinks = np.array(found, np.intp).reshape(-1, 2).T
    return gazes, blinks


def group_of(name: str) -> str:
    """The group of a control, as the built-in head's movements have it."""
    return next((group for start, group in _GROUPS.items() if name.startswith(start)), "Mouth")


def _finite(name: str, value: object) -> float:
    try:
        score = float(value)  # type: ignore[arg-type]  # whatever is no number is refused
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{name}: expected a number, found {value!r}.") from error
    if not np.isfinite(score):
        raise ParameterError(f"{name}: expected a finite number, found {score}.")
    return score


class _Block(NamedTuple):
    """What K scores, those of ``rows`` among all, do to N numbers and to the joints.

    ``told`` (K, N + 3 J + 9): planar coordinates of the skin, which ``places`` names, or None for all of them; then the
    joints, then the rotations. In one array, because each step of so small a work costs as much as its numbers.
    """

    rows: np.ndarray
    told: np.ndarray
    places: np.ndarray | None


class ControlDirections:
    """Controls of a model as directions of a head: what a score of 1 adds to its skin, its joints and its rotations.

    They are those called ``names``, in that order; names that the model does not have do nothing. A control moves the
    skin by expression and by a corrective, which ``flame_only`` leaves out. Both are one direction here, so a score
    costs what a coefficient costs, however many coefficients stand behind it.
    """

    def __init__(self, evaluator: FlameEvaluator, names: tuple[str, ...], flame_only: bool) -> None:
        model = evaluator.model
        self.evaluator, self.names = evaluator, names
        self._rows = _rows_of(names, model.controls)
        table = np.zeros((len(names), model.n_expression + N_ROTATIONS), np.float32)
        self.correctives: np.ndarray | None = None  # (C, V, 3) metres
        self.eyelids = np.zeros((len(names), 2), np.float32)
        if model.controls is not None:
            if model.controls.eyelids is not None:
                self.eyelids[self._rows >= 0] = model.controls.eyelids[self._rows[self._rows >= 0]]
            table[self._rows >= 0] = model.controls.table[self._rows[self._rows >= 0]]
            self.correctives = None if flame_only else model.controls.correctives
        self.expression = table[:, :-N_ROTATIONS]  # (C, E)
        self.rotations = table[:, -N_ROTATIONS:]  # (C, 9): jaw, left eye, right eye
        self._used = lru_cache(SETS_KEPT)(self._used_directions)
        self._blinks = sorted(set(_gazes_and_blinks(names)[1].tolist()))
        self._above = np.array([group_of(name) in ("Eyes", "Brows") for name in names])

    @cached_property
    def skin(self) -> np.ndarray:
        """(C, 3 V) float32, planar, metres: what each adds to the head at rest, exactly 0 where a vertex stays."""
        skin = self.expression @ self.evaluator.driven_directions[: self.expression.shape[1]]
        if self.evaluator.eyelid_rows is not None:
            skin += self.eyelids @ self.evaluator.eyelid_rows
        if self.correctives is not None:
            skin += self._ours(np.swapaxes(self.correctives, 1, 2).reshape(len(self.correctives), -1))
        vertices = skin.reshape(len(self.names), 3, -1)
        vertices *= (np.abs(vertices).max(1) >= STILL)[:, None]  # what a corrective takes back leaves rounding
        return skin

    @cached_property
    def _moved(self) -> np.ndarray:
        """(C, V) bool: which vertices each moves."""
        return np.asarray(self.skin.reshape(len(self.names), 3, -1).any(1))

    @cached_property
    def joints(self) -> np.ndarray:
        """(C, 3 J) float32, metres: what each adds to the joints."""
        return self.evaluator.regress_joints(self.skin).reshape(len(self.names), -1)

    @cached_property
    def same_as(self) -> dict[int, int]:
        """Those that move what one expression direction of the same name moves, by its number."""
        numbers = {
            direction.name: number for number, direction in enumerate(self.evaluator.model.expression_directions)
        }
        alike = {}
        for index, name in enumerate(self.names):
            number = numbers.get(name)
            if number is not None and self.expression[index, number] == 1 and self.expression[index].sum() == 1:
                alike[index] = number
        return {} if self.correctives is not None else alike

    @cached_property
    def others(self) -> dict[int, str]:
        """Names of the others that move the skin."""
        moving = np.flatnonzero(self.skin.any(1)).tolist()
        return {index: self.names[index] for index in moving if index not in self.same_as}

    def moves(self, field: str) -> np.ndarray:
        """(C,) bool: which of them move that field of the parameters, one of FlameParams's names.

        Those that turn nothing are counted to the expression, whatever they move.
        """
        if field == "expression":
            return np.asarray(self.expression.any(1) | ~self.rotations.any(1))
        if field not in ROTATIONS:
            return np.zeros(len(self.names), bool)
        start = 3 * ROTATIONS.index(field)
        return np.asarray(self.rotations[:, start : start + 3].any(1))

    def added(self, scores: np.ndarray) -> Added | None:
        """What scores (C,) add to one frame; None where all are zero."""
        used = scores.nonzero()[0]
        if not used.size:
            return None
        blocks, blinking = self._used(used.tobytes())
        of_skin = skin_scores(self.names, scores) if blinking else scores
        movements, told_of_joints, end = [], [], 3 * len(self.evaluator.parents) + N_ROTATIONS
        for rows, told, places in blocks:
            moved = of_skin[rows].dot(told)
            movements.append((moved[:-end], places))
            told_of_joints.append(moved[-end:])
        turned = told_of_joints[0] if len(blocks) == 1 else told_of_joints[0] + told_of_joints[1]  # two at most
        rotations = scores @ self.rotations if blinking else turned[-N_ROTATIONS:]
        return Added(movements, turned[:-N_ROTATIONS].reshape(-1, 3), rotations)

    def _used_directions(self, used: bytes) -> tuple[list[_Block], bool]:
        """Eyes and brows apart from the rest, of each what it moves; all vertices where these would be more.

        Of ten scores of a FLAME file a third of the numbers is left. And whether a blink is among them.
        """
        rows = np.frombuffer(used, np.intp)
        above, n_vertices = self._above[rows], self.evaluator.model.n_vertices
        parts = [part for part in (rows[above], rows[~above]) if part.size]
        moved = [np.flatnonzero(self._moved[part].any(0)) for part in parts]
        places: list[np.ndarray | None] = [
            (vertices + n_vertices * np.arange(3)[:, None]).ravel() for vertices in moved
        ]
        if sum(map(len, moved)) > n_vertices:
            parts, places = [rows], [None]
        blocks = []
        for part, where in zip(parts, places, strict=True):
            skin = self.skin[part] if where is None else self.skin[part[:, None], where]
            blocks.append(_Block(part, np.concatenate([skin, self.joints[part], self.rotations[part]], 1), where))
        return blocks, any(blink in rows for blink in self._blinks)

    def rotated(self, layout: ValueLayout, values: np.ndarray) -> np.ndarray:
        """A copy of values (..., size) with the rotations that their scores add."""
        turned = values.copy()
        turned[..., layout.face_rotations] += values[..., layout.controls] @ self.rotations
        return turned

    def effective(self, layout: ValueLayout, values: np.ndarray) -> np.ndarray:
        """A copy of values (..., size) with all that their scores add but for the correctives; scores stay."""
        shown, scores = self.rotated(layout, values), skin_scores(self.names, values[..., layout.controls])
        shown[..., layout.expression] += scores @ self.expression
        shown[..., layout.eyelids] += scores @ self.eyelids
        return shown

    def offsets(self, scores: np.ndarray) -> np.ndarray | None:
        """(..., V, 3) float32, metres: the correctives of scores (..., C); None where there are none at work."""
        if self.correctives is None or not scores.any():
            return None
        theirs = np.zeros((*scores.shape[:-1], len(self.correctives)), np.float32)
        known = self._rows >= 0
        theirs[..., self._rows[known]] = skin_scores(self.names, scores)[..., known]
        used = np.flatnonzero(theirs.reshape(-1, len(self.correctives)).any(0))
        if not self.correctives[used].any():
            return None
        flat = theirs[..., used] @ self.correctives[used].reshape(len(used), -1)
        return flat.reshape(*scores.shape[:-1], *self.correctives.shape[1:])

    def _ours(self, theirs: np.ndarray) -> np.ndarray:
        """Rows (K, ...) of the model's controls in the order of ``names``; zeros for a name that it does not have."""
        ours = np.zeros((len(self.names), *theirs.shape[1:]), np.float32)
        ours[self._rows >= 0] = theirs[self._rows[self._rows >= 0]]
        return ours


def _rows_of(names: tuple[str, ...], controls: Controls | None) -> np.ndarray:
    """(C,) which of the model's controls each is; -1 for none."""
    known = {} if controls is None else {name: row for row, name in enumerate(controls.names)}
    return np.array([known.get(name, -1) for name in names], np.intp)
