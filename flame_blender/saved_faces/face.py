"""A face with a name, told by scores of named controls: it means the same on every model that has such controls.

As text it is JSON::

    {"kind": "FLAME face", "version": 1, "name": "Wink", "others": "stay", "model": "generic_model",
     "controls": {"eyeBlinkLeft": 1.0}, "rotations": {"jaw": [0.1, 0, 0]}}

Scores are 0, none of a movement, to 1, all of it; rotation vectors are radians in FLAME's axes. ``others`` tells what
becomes of controls that are not named: "zero", or "stay".
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ModelError, ParameterError
from ..files.json_text import parse_json
from ..flame.clipboard import KIND as COPIED
from ..flame.clipboard import params_from_text, scores_from_text
from ..model_controls.sides import mirrored_rotation, other_side
from ..plain_text import as_name

KIND, VERSION = "FLAME face", 1
ZERO, STAY = "zero", "stay"
TURNED = ("neck", "jaw", "left_eye", "right_eye")  # what a face may turn
LONGEST_NAME = 63  # bytes of UTF-8, which the names of data-blocks have in every Blender
MOST_CONTROLS, LONGEST_CONTROL = 1000, 100
LARGEST_SCORE, LARGEST_TURN = 10.0, 2 * math.pi
LARGEST_TEXT = 1_000_000  # bytes


@dataclass(frozen=True, kw_only=True)
class Face:
    """A face with a name.

    Attributes
    ----------
    name : str
        Up to 63 bytes of UTF-8.
    scores : mapping of str to float
        Of named controls: 0 rest to 1 the full movement.
    rotations : mapping of str to (float, float, float), radians
        Rotation vectors of "neck", "jaw", "left_eye" and "right_eye", those of them that the face turns.
    others_stay : bool, default False
        Whether controls that are not named stay as they are; else they are zero.
    model : str, default ""
        Name of the model of the head that it was taken of; it may be shown on any.
    """

    name: str
    scores: Mapping[str, float] = field(default_factory=dict)
    rotations: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    others_stay: bool = False
    model: str = ""

    def __post_init__(self) -> None:
        _check(self)

    def as_text(self) -> str:
        """The face as the JSON that its file has, for :meth:`of_text`."""
        return face_to_text(self)

    @staticmethod
    def of_text(text: str) -> Face:
        """The face of such a text, or of what Copy puts on the clipboard. Raises ParameterError."""
        return face_from_text(text, "The text of a face")

    def mirrored(self) -> Face:
        """The same face the other way round."""
        swapped = {"left_eye": "right_eye", "right_eye": "left_eye"}
        turns = {swapped.get(name, name): mirrored_rotation(vector) for name, vector in self.rotations.items()}
        return Face(
            name=self.name,
            scores={other_side(name): score for name, score in self.scores.items()},
            rotations={name: _triple(vector.tolist()) for name, vector in turns.items()},
            others_stay=self.others_stay,
            model=self.model,
        )


def face_to_text(face: Face) -> str:
    """The face as JSON; numbers read back exactly."""
    fields: dict[str, object] = {"kind": KIND, "version": VERSION, "name": face.name, "model": face.model}
    fields |= {"others": STAY if face.others_stay else ZERO, "controls": dict(face.scores)}
    fields |= {"rotations": {name: list(vector) for name, vector in face.rotations.items()}}
    return json.dumps(fields, indent=1, ensure_ascii=False)


def face_from_text(text: str, source: str, name: str = "Face") -> Face:
    """The face of :func:`face_to_text`, or of what Copy puts on the clipboard, which is called ``name``.

    Raises ParameterError, which names ``source``, for any other text.
    """
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > LARGEST_TEXT:
        raise ParameterError(f"{source}: expected a face, found {len(raw)} bytes; a face has under {LARGEST_TEXT}.")
    try:
        fields = parse_json(raw, source)
    except ModelError as error:
        raise ParameterError(str(error)) from error
    kind = fields.get("kind") if isinstance(fields, dict) else None
    if isinstance(fields, dict) and kind == COPIED:
        return _copied(text, source, name)
    if not isinstance(fields, dict) or kind != KIND:
        raise ParameterError(
            f"{source}: expected a face as Save Face writes it, found other JSON; choose another file."
        )
    version = fields.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise ParameterError(
            f"{source}: expected a face of version {VERSION}, found {str(version)[:20]!r}; bring the add-on up to date."
        )
    try:
        return _of_fields(fields)
    except (ParameterError, ValueError, TypeError, AttributeError) as error:
        raise ParameterError(f"{source}: expected a face as Save Face writes it, but {error}") from error


def _copied(text: str, source: str, name: str) -> Face:
    """Of Copy in Expression, the only way in which a face could be kept before."""
    try:
        params, scores = params_from_text(text), scores_from_text(text)
        turns = {each: _triple(getattr(params, each).tolist()) for each in TURNED if getattr(params, each).any()}
        return Face(name=tidy_name(name), scores=scores, rotations=turns)
    except (ParameterError, ValueError, TypeError, AttributeError) as error:
        raise ParameterError(f"{source}: expected a face, but {error}") from error


def _of_fields(fields: Mapping[str, Any]) -> Face:
    others = fields.get("others", ZERO)
    if others not in (ZERO, STAY):
        raise ParameterError(f"others must be {ZERO!r} or {STAY!r}, found {str(others)[:20]!r}.")
    name, model = fields.get("name"), fields.get("model", "")
    if not isinstance(name, str) or not isinstance(model, str):
        raise ParameterError("name and model must be texts, found others.")
    rotations = {each: _triple(vector) for each, vector in _mapping(fields, "rotations").items()}
    return Face(
        name=tidy_name(name),
        scores=_mapping(fields, "controls"),
        rotations=rotations,
        others_stay=others == STAY,
        model=as_name(model)[:LONGEST_CONTROL],
    )


def _mapping(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = fields.get(name, {})
    if not isinstance(found, dict):
        raise ParameterError(f"{name} must be values by name, found others.")
    return found


def _triple(vector: Any) -> tuple[float, float, float]:
    x, y, z = vector
    return x, y, z


def tidy_name(text: str) -> str:
    """A name that files, data-blocks and menus take, as near to ``text`` as can be. Raises ParameterError for none."""
    name = cut_to(" ".join(as_name(text[: 4 * LONGEST_NAME]).split()), LONGEST_NAME)
    if not name.strip(" ._"):
        raise ParameterError("The name of a face: expected letters or digits, found none; give it a name.")
    return name


def cut_to(text: str, n_bytes: int) -> str:
    """The beginning of a text that has no more than so many bytes of UTF-8, without spaces at its end."""
    return text.encode("utf-8")[:n_bytes].decode("utf-8", "ignore").rstrip()


def _check(face: Face) -> None:
    """Raise ParameterError for what no face can have, in words that follow "but"."""
    if tidy_name(face.name) != face.name:
        raise ParameterError(f"the name of a face must be a short line, found {face.name[:LONGEST_NAME]!r}.")
    if len(face.scores) > MOST_CONTROLS:
        raise ParameterError(f"a face has {MOST_CONTROLS} controls at most, found {len(face.scores)}.")
    for name, score in face.scores.items():
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_CONTROL or not name.isprintable():
            raise ParameterError(f"controls must have short names, found {str(name)[:LONGEST_CONTROL]!r}.")
        if not _within(score, LARGEST_SCORE):
            raise ParameterError(f"{name} must be a score from 0 to 1, found {str(score)[:20]!r}.")
    for name, vector in face.rotations.items():
        if name not in TURNED:
            raise ParameterError(f"rotations must be of {', '.join(TURNED)}, found {str(name)[:LONGEST_CONTROL]!r}.")
        if len(vector) != 3 or not all(_within(each, LARGEST_TURN) for each in vector):
            raise ParameterError(f"{name} must be a rotation vector in radians, found {str(vector)[:40]}.")


def _within(value: object, largest: float) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and abs(value) <= largest  # type: ignore[arg-type]
