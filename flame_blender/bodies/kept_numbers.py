"""Numbers that are kept with a mesh, for modifiers to read: its attributes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
import numpy as np


def put(mesh: bpy.types.Mesh, name: str, kind: str, values: np.ndarray, domain: str = "POINT") -> None:
    """Keep one of the kind's values for each vertex or face: INT, FLOAT, FLOAT_VECTOR or BOOLEAN."""
    known: Any = mesh
    attribute = known.attributes.new(name, kind, domain)
    attribute.data.foreach_set("vector" if kind == "FLOAT_VECTOR" else "value", np.ascontiguousarray(values).ravel())


def read(mesh: bpy.types.Mesh, name: str, kind: type) -> np.ndarray:
    """(N,) or (N, 3) what is kept for each vertex."""
    known: Any = mesh
    attribute = known.attributes[name]
    width = 3 if attribute.data_type == "FLOAT_VECTOR" else 1
    values: np.ndarray = np.empty(width * len(known.vertices), kind)
    attribute.data.foreach_get("vector" if width == 3 else "value", values)
    return values.reshape(-1, 3) if width == 3 else values


def forget(mesh: bpy.types.Mesh, names: Iterable[str]) -> None:
    """Keep none of these any more."""
    known: Any = mesh
    for name in names:
        if name in known.attributes:
            known.attributes.remove(known.attributes[name])
