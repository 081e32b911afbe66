"""Parameters as text: what Copy puts on the clipboard and Paste reads."""

from __future__ import annotations

import json

import numpy as np

from ..errors import ParameterError
from .params import COEFFICIENT_FIELDS, VECTOR_FIELDS, FlameParams

KIND = "FLAME parameters"
LONGEST_TEXT = 1_000_000


def params_to_text(params: FlameParams, model_name: str) -> str:
    """One frame of parameters as JSON. Trailing zeros are left out; floats read back exactly."""
    fields: dict[str, object] = {"kind": KIND, "model": model_name}
    for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS):
        values = getattr(params, name)
        if name in COEFFICIENT_FIELDS:
            values = np.trim_zeros(values, "b")
        fields[name] = [float(str(value)) for value in values]
    if params.eyelids is not None:
        fields["eyelids"] = [float(str(value)) for value in params.eyelids]
        fields["eyelids_unturned"] = bool(params.eyelids_unturned)
    return json.dumps(fields)


def params_from_text(text: str) -> FlameParams:
    """The parameters of :func:`params_to_text`. Raises ParameterError for any other text."""
    wrong = f"The clipboard: expected {KIND} as copied from a head, found other text; copy from a head first."
    if len(text) > LONGEST_TEXT:
        raise ParameterError(wrong)
    try:
        fields = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ParameterError(wrong) from error
    if not isinstance(fields, dict) or fields.get("kind") != KIND:
        raise ParameterError(wrong)
    try:
        names = (*COEFFICIENT_FIELDS, *VECTOR_FIELDS, "eyelids", "eyelids_unturned")
        return FlameParams(**{name: fields[name] for name in names if name in fields})
    except ValueError as error:  # also NumPy's, for lists within lists
        raise ParameterError(f"The clipboard holds {KIND} that cannot be used: {error}") from error
