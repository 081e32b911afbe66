"""Computed controls in a file, by the fingerprint of the model that they are for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from ..errors import ModelError
from ..files.archive import read_npz
from ..files.npz_file import save_arrays
from ..flame.controls import Controls
from ..flame.model import FlameModel
from ..model_files.project_file import arrays_of_controls, controls_of
from .quality import ControlQuality

FORMAT = "flame_blender controls 1"
_QUALITY = "quality/"
_FIELDS = tuple(field.name for field in dataclasses.fields(ControlQuality))


def save_controls(path: Path, model: FlameModel, controls: Controls, qualities: tuple[ControlQuality, ...]) -> None:
    """Write the controls computed for ``model``. Raises WriteError."""
    arrays = arrays_of_controls(controls, model.expression_directions)
    arrays |= {"format": np.array(FORMAT), "fingerprint": np.array(model.fingerprint)}
    for name in _FIELDS:
        arrays[f"{_QUALITY}{name}"] = np.array([getattr(quality, name) for quality in qualities])
    save_arrays(path, arrays)


def load_controls(path: Path, model: FlameModel) -> tuple[Controls, tuple[ControlQuality, ...]]:
    """The controls of ``model`` that were kept in ``path``, and how well each does what it is named for.

    Raises ModelError where there are none, or those of another model.
    """
    arrays = read_npz(path)
    said = str(arrays.get("format")), str(arrays.get("fingerprint"))
    if said != (FORMAT, model.fingerprint):
        expected = f"{FORMAT!r} of {model.fingerprint[:8]}"
        raise ModelError(f"{path}: expected {expected}, found {said[0]!r} of {said[1][:8]}; compute them again.")
    controls = controls_of(arrays, model, str(path))
    columns = {name: arrays.get(f"{_QUALITY}{name}", np.zeros(0)) for name in _FIELDS}
    if any(column.shape != (len(controls.names),) for column in columns.values()):
        raise ModelError(f"{path}: expected the quality of {len(controls.names)} controls; compute them again.")
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return controls, tuple(ControlQuality(*row) for row in rows)
