"""How far each vertex of a head's skin is folded, as an attribute of its mesh: the painted skin cuts furrows by it."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import bpy
import numpy as np

from ...flame.evaluator import PreparedIdentity
from ...flame.model import FlameModel
from ...geometry.frame import Frame
from ...looks.folds import Folds, folds_of
from ...shading.skin_layers import FOLDS

_folds: WeakKeyDictionary[FlameModel, Folds | None] = WeakKeyDictionary()


def of_model(model: FlameModel) -> Folds | None:
    """The gauges of a model, found once; None for a model that cannot have them."""
    if model not in _folds:
        _folds[model] = folds_of(model)
    return _folds[model]


class Resting:
    """How long the gauges of one identity are at rest in the object's space, worked out once."""

    def __init__(self) -> None:
        self._identity: PreparedIdentity | None = None
        self._linear: np.ndarray | None = None
        self._lengths = np.zeros(0)

    def lengths(self, folds: Folds, identity: PreparedIdentity, frame: Frame) -> np.ndarray:
        """(K,) of a head at rest whose object has this frame."""
        same_frame = self._linear is not None and np.array_equal(frame.linear, self._linear)
        if identity is not self._identity or not same_frame:
            self._lengths = folds.lengths(identity.rest.T, frame.linear)
            self._identity, self._linear = identity, frame.linear
        return self._lengths


def write(
    mesh: bpy.types.Mesh, resting: Resting, identity: PreparedIdentity, positions: np.ndarray, frame: Frame
) -> None:
    """Write how far ``positions`` (V, 3), object space, are folded against the same head at rest.

    Not on a linked mesh, where Blender ignores bulk writes.
    """
    folds = of_model(identity.evaluator.model)
    if folds is None or mesh.library is not None:
        return
    attribute: Any = mesh.attributes.get(FOLDS)
    if attribute is None:
        if bpy.app.is_job_running("RENDER"):  # a handler in a thread of its own adds nothing
            return
        attribute = mesh.attributes.new(FOLDS, "FLOAT", "POINT")
    attribute.data.foreach_set("value", folds.folded(positions, resting.lengths(folds, identity, frame)))
