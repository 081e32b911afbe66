"""Computed controls in a file, by the fingerprint of the model that they are for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from ..correspondence.kept import arrays_of_correspondence, correspondence_of
from ..errors import ModelError
from ..files.archive import read_npz
from ..files.npz_file import save_arrays
from ..flame.model import FlameModel
from ..model_files.project_file import arrays_of_controls, controls_of
from .computed import ComputedControls
from .quality import ControlQuality

FORMAT = "flame_blender controls 9"
_QUALITY, _CORRECTIVES, _EYELIDS = "quality/", "correctives", "eyelids"
_FIELDS = tuple(field.name for field in dataclasses.fields(ControlQuality))


def save_computed(path: Path, model: FlameModel, computed: ComputedControls) -> None:
    """Write what was computed for ``model``. Raises WriteError."""
    controls = computed.controls
    arrays = arrays_of_controls(controls, model.expression_directions) | arrays_of_correspondence(
        computed.correspondence
    )
    arrays |= {"format": np.array(FORMAT), "fingerprint": np.array(model.fingerprint)}
    for name in (_CORRECTIVES, _EYELIDS):
        if getattr(controls, name) is not None:
            arrays[name] = getattr(controls, name)
    for name in _FIELDS:
        arrays[f"{_QUALITY}{name}"] = np.array([getattr(quality, name) for quality in computed.qualities])
    save_arrays(path, arrays)


def load_computed(path: Path, model: FlameModel) -> ComputedControls:
    """What was computed for ``model`` and kept in ``path``.

    Raises ModelError where there is nothing, or what belongs to another model.
    """
    arrays = read_npz(path)
    said = str(arrays.get("format")), str(arrays.get("fingerprint"))
    if said != (FORMAT, model.fingerprint):
        expected = f"{FORMAT!r} of {model.fingerprint[:8]}"
        raise ModelError(f"{path}: expected {expected}, found {said[0]!r} of {said[1][:8]}; compute them again.")
    controls = controls_of(arrays, model, str(path))
    count = len(controls.names)
    shapes = {_CORRECTIVES: (count, model.n_vertices, 3), _EYELIDS: (count, 2)}
    others = {name: arrays[name] for name in shapes if name in arrays}
    for name, array in others.items():
        if array.shape != shapes[name] or array.dtype != np.float32:
            found = f"{array.dtype} {array.shape}"
            raise ModelError(f"{path}: expected {name} {shapes[name]} in float32, found {found}; compute them again.")
    if _EYELIDS in others and model.eyelid_shapes is None:
        raise ModelError(f"{path}: expected the eyelid files with which it was computed, found none; compute it again.")
    columns = {name: arrays.get(f"{_QUALITY}{name}", np.zeros(0)) for name in _FIELDS}
    if any(column.shape != (count,) for column in columns.values()):
        raise ModelError(f"{path}: expected the quality of {count} controls; compute them again.")
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return ComputedControls(
        dataclasses.replace(controls, correctives=others.get(_CORRECTIVES), eyelids=others.get(_EYELIDS)),
        tuple(ControlQuality(*row) for row in rows),
        correspondence_of(arrays, model, str(path)),
    )
