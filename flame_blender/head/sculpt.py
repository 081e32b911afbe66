"""What a user sculpts on a head, kept as the head's offsets.

Offsets are rest-pose displacements in FLAME's axes, stored as a point attribute of the mesh, so that they are saved,
copied, undone and seen like any other mesh data.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..flame.axes import to_flame
from ..flame.evaluator import FlameEvaluator
from ..flame.offsets import offsets_from_vertices
from . import mesh
from .properties import params_from_values

ATTRIBUTE = "flame_offsets"


def read_offsets(head_mesh: bpy.types.Mesh) -> np.ndarray | None:
    """(V, 3) float32 offsets, metres, FLAME axes, or None when the mesh has none."""
    attribute = head_mesh.attributes.get(ATTRIBUTE)
    if attribute is None or attribute.data_type != "FLOAT_VECTOR" or attribute.domain != "POINT":
        return None
    offsets = np.empty((len(attribute.data), 3), np.float32)
    attribute.data.foreach_get("vector", offsets.ravel())
    return offsets


def write_offsets(head_mesh: bpy.types.Mesh, offsets: np.ndarray | None) -> None:
    """Store (V, 3) float32 offsets, or remove them with None."""
    attribute = head_mesh.attributes.get(ATTRIBUTE)
    if offsets is None:
        if attribute is not None:
            head_mesh.attributes.remove(attribute)
        return
    if attribute is None:
        attribute = head_mesh.attributes.new(ATTRIBUTE, "FLOAT_VECTOR", "POINT")
    attribute.data.foreach_set("vector", np.ascontiguousarray(offsets, np.float32).ravel())


def keep(obj: bpy.types.Object, evaluator: FlameEvaluator, values: np.ndarray, last_written: np.ndarray | None) -> bool:
    """Turn what the user sculpted since the layer last wrote the mesh into offsets; whether there was anything.

    ``values`` are those that the mesh was written with; ``last_written`` (V, 3) its positions, where they are known
    (otherwise the mesh's checksum tells).
    """
    head_mesh = mesh.mesh_of(obj)
    if head_mesh.library is not None:
        return False
    positions = mesh.read_positions(head_mesh)
    if last_written is not None and np.array_equal(positions, last_written):
        return False
    if mesh.is_as_written(head_mesh, positions):
        return False
    params = params_from_values(obj.flame, values, offsets=read_offsets(head_mesh))
    write_offsets(head_mesh, offsets_from_vertices(evaluator, params, to_flame(positions)))
    return True
