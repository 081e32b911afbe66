"""What a head's skin and eyes show, as text: a preset that any head can take.

It is JSON::

    {"kind": "FLAME looks", "version": 1, "looks": {"skin_tone": 0.3, "iris_colour": [0.05, 0.03, 0.01]}}

Names are those of :class:`..head.saved.looks_properties.HeadLooks`. What is not named stays as it is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ..errors import ModelError, ParameterError
from ..files.archive import FilePath, open_file
from ..files.json_text import parse_json

KIND, VERSION, SUFFIX = "FLAME looks", 1, ".json"
LARGEST = 1 << 16  # bytes
COLOURS = ("iris_colour", "iris_centre")  # linear RGB
RANGES: Mapping[str, tuple[float, float]] = {
    "skin_tone": (0.0, 1.0), "skin_undertone": (-1.0, 1.0), "skin_age": (0.0, 120.0), "freckles": (0.0, 1.0),
    "stubble": (0.0, 1.0), "wrinkles": (0.0, 1.0), "painted_brows": (0.0, 1.0), "iris_centre_amount": (0.0, 1.0),
    **dict.fromkeys(COLOURS, (0.0, 1000.0)),
}  # fmt: skip
Looks = Mapping[str, float | tuple[float, float, float]]


def looks_to_text(looks: Looks) -> str:
    """The looks as JSON; numbers read back exactly."""
    return json.dumps({"kind": KIND, "version": VERSION, "looks": dict(looks)}, indent=1) + "\n"


def load_looks(path: FilePath) -> dict[str, float | tuple[float, float, float]]:
    """The looks of a file that :func:`looks_to_text` filled. Raises ParameterError, which names it, for any other."""
    try:
        with open_file(path) as file:
            raw = file.read(LARGEST + 1)
        fields = parse_json(raw, str(path)) if len(raw) <= LARGEST else None
    except ModelError as error:
        raise ParameterError(str(error)) from error
    if not isinstance(fields, dict) or fields.get("kind") != KIND or not isinstance(fields.get("looks"), dict):
        raise ParameterError(f"{path}: expected looks as Skin and Eyes keeps them, found others; choose another file.")
    if fields.get("version") != VERSION:
        raise ParameterError(
            f"{path}: expected looks of version {VERSION}, found {str(fields.get('version'))[:20]!r}; bring the add-on "
            "up to date."
        )
    return {name: _checked(name, value, path) for name, value in fields["looks"].items()}


def _checked(name: str, value: Any, path: FilePath) -> float | tuple[float, float, float]:
    low, high = RANGES.get(name, (math.inf, -math.inf))
    numbers = value if name in COLOURS and isinstance(value, list) else [value]
    if len(numbers) != (3 if name in COLOURS else 1) or not all(
        type(each) in (int, float) and low <= each <= high for each in numbers
    ):
        known = "a name of Skin and Eyes" if low > high else f"{3 if name in COLOURS else 1} from {low:g} to {high:g}"
        raise ParameterError(f"{path}: {name[:40]}: expected {known}, found {str(value)[:40]!r}.")
    if name in COLOURS:
        red, green, blue = map(float, numbers)
        return red, green, blue
    return float(numbers[0])
