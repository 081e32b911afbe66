"""Parameters as text: what Copy puts on the clipboard and Paste reads."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from ..errors import ParameterError
from .params import COEFFICIENT_FIELDS, VECTOR_FIELDS, FlameParams

KIND = "FLAME parameters"
LONGEST_TEXT = 1_000_000


def params_to_text(
    params: FlameParams,
    model_name: str,
    scores: Mapping[str, float] | None = None,
    skin: tuple[str, np.ndarray] | None = None,
    only: Collection[str] = (*COEFFICIENT_FIELDS, *VECTOR_FIELDS),
) -> str:
    """One frame of a head's own parameters, and scores of its named controls, as JSON; floats read back exactly.

    ``skin``: the fingerprint of a texture model, and its coefficients (K,). ``only``: which fields besides eyelids and
    scores. Trailing zeros, and scores of zero, are left out.
    """
    fields: dict[str, object] = {"kind": KIND, "model": model_name}
    for name in (each for each in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS) if each in only):
        values = getattr(params, name)
        if name in COEFFICIENT_FIELDS:
            values = np.trim_zeros(values, "b")
        fields[name] = [float(str(value)) for value in values]
    if params.eyelids is not None:
        fields["eyelids"] = [float(str(value)) for value in params.eyelids]
        fields["eyelids_unturned"] = bool(params.eyelids_unturned)
    used = {name: score for name, score in (scores or {}).items() if score}
    if used:
        fields["controls"] = used
    if skin is not None:
        fields["texture_model"] = skin[0]
        fields["texture"] = [float(str(value)) for value in np.trim_zeros(skin[1], "b")]
    return json.dumps(fields)


def params_from_text(text: str) -> FlameParams:
    """The parameters of :func:`params_to_text`. Raises ParameterError for any other text."""
    fields = _fields_of(text)
    try:
        names = (*COEFFICIENT_FIELDS, *VECTOR_FIELDS, "eyelids", "eyelids_unturned")
        return FlameParams(**{name: fields[name] for name in names if name in fields})
    except ValueError as error:  # also NumPy's, for lists within lists
        raise ParameterError(f"The clipboard holds {KIND} that cannot be used: {error}") from error


def fields_in_text(text: str) -> tuple[str, ...]:
    """Which coefficients, rotations and translation :func:`params_to_text` wrote. Raises ParameterError."""
    fields = _fields_of(text)
    return tuple(name for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS) if name in fields)


def model_of_text(text: str) -> str:
    """The name of the model of the head that the text is of. Raises ParameterError."""
    return str(_fields_of(text).get("model", ""))


def scores_from_text(text: str) -> dict[str, float]:
    """The scores of :func:`params_to_text` that are not zero. Raises ParameterError for any other text."""
    scores = _fields_of(text).get("controls", {})
    sound = isinstance(scores, dict) and all(type(score) in (int, float) for score in scores.values())
    if not sound or not all(map(math.isfinite, scores.values())):
        raise ParameterError(
            f"The clipboard holds {KIND} that cannot be used: controls must be finite numbers by name, found others."
        )
    return scores


def texture_from_text(text: str) -> tuple[str, np.ndarray] | None:
    """Fingerprint and coefficients (k,) float32 of the skin of :func:`params_to_text`; None where it has none.

    Raises ParameterError for any other text.
    """
    fields = _fields_of(text)
    model, values = fields.get("texture_model"), fields.get("texture")
    if model is None and values is None:
        return None
    numbers = isinstance(values, list) and all(type(value) in (int, float) for value in values)
    if not isinstance(model, str) or not numbers or not all(map(math.isfinite, values or ())):
        raise ParameterError(
            f"The clipboard holds {KIND} that cannot be used: texture must be finite numbers of a model, found others."
        )
    return model, np.array(values, np.float32)


def _fields_of(text: str) -> dict[str, Any]:
    wrong = f"The clipboard: expected {KIND} as copied from a head, found other text; copy from a head first."
    if len(text) > LONGEST_TEXT:
        raise ParameterError(wrong)
    try:
        fields = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ParameterError(wrong) from error
    if not isinstance(fields, dict) or fields.get("kind") != KIND:
        raise ParameterError(wrong)
    return fields
