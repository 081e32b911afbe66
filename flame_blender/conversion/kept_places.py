"""Where a model and the built-in head lie on each other, in a file: found once, kept for the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import ModelError
from ..files.archive import read_npz
from ..files.npz_file import save_arrays
from ..flame.model import FlameModel
from .places import Places

FORMAT = "flame_blender places 1"
_FIELDS = ("vertices", "corners", "weights", "trust")


def save_places(path: Path, model: FlameModel, built_in: FlameModel, on_built_in: Places, on_model: Places) -> None:
    """Write where the vertices of ``model`` lie on the built-in head, and its on the model. Raises WriteError."""
    header = {"format": FORMAT, "fingerprint": model.fingerprint, "built_in": built_in.fingerprint}
    arrays = {key: np.array(text) for key, text in header.items()}
    for name, places in (("on_built_in", on_built_in), ("on_model", on_model)):
        arrays |= {f"{name}/{field}": getattr(places, field) for field in _FIELDS}
    save_arrays(path, arrays)


def load_places(path: Path, model: FlameModel, built_in: FlameModel) -> tuple[Places, Places]:
    """What :func:`save_places` wrote. Raises ModelError for what is damaged or belongs to other models."""
    arrays = read_npz(path)
    expected = (FORMAT, model.fingerprint, built_in.fingerprint)
    if tuple(str(arrays.get(key)) for key in ("format", "fingerprint", "built_in")) != expected:
        raise ModelError(f"{path}: expected places of these models, found others; they are found again.")
    return (
        _places(arrays, "on_built_in", model, built_in, path),
        _places(arrays, "on_model", built_in, model, path),
    )


def _places(arrays: dict[str, np.ndarray], name: str, target: FlameModel, source: FlameModel, path: Path) -> Places:
    fields = [np.asarray(arrays.get(f"{name}/{field}", np.zeros(0))) for field in _FIELDS]
    vertices, corners, weights, trust = fields
    count = len(vertices)
    fits = corners.ndim == 2 and vertices.shape == trust.shape == (count,) and weights.shape == corners.shape
    if not (fits and count and len(corners) == count and _within(vertices, target) and _within(corners, source)):
        raise ModelError(
            f"{path}: expected places of {target.n_vertices} vertices, found others; they are found again."
        )
    return Places(vertices, corners, weights, trust)


def _within(ids: np.ndarray, model: FlameModel) -> bool:
    return ids.dtype.kind in "iu" and ids.min() >= 0 and ids.max() < model.n_vertices
