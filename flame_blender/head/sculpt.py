"""What a user does to a head's mesh: a sculpt is kept as the head's offsets, applied transforms as its own frame.

Offsets are rest-pose displacements in FLAME's axes, stored as a point attribute of the mesh, so that they are saved,
copied, undone and seen like any other mesh data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.evaluator import FlameEvaluator
from ..flame.offsets import offsets_from_vertices
from ..flame.params import FlameParams
from ..geometry.frame import Frame, move_between, rounding
from . import landmarks, mesh
from .effective import added_offsets, params_of
from .frame import frame_of, keep_frame
from .mouth import mouth_object, riders
from .properties import flame_of, layout_of

ATTRIBUTE = "flame_offsets"


def read_offsets(head_mesh: bpy.types.Mesh) -> np.ndarray | None:
    """(V, 3) float32 offsets, metres, FLAME axes, or None when the mesh has none."""
    attribute: Any = head_mesh.attributes.get(ATTRIBUTE)
    if attribute is None or attribute.data_type != "FLOAT_VECTOR" or attribute.domain != "POINT":
        return None
    offsets = np.empty((len(attribute.data), 3), np.float32)
    attribute.data.foreach_get("vector", offsets.ravel())
    return offsets


def write_offsets(head_mesh: bpy.types.Mesh, offsets: np.ndarray | None) -> None:
    """Store (V, 3) float32 offsets, or remove them with None."""
    attribute: Any = head_mesh.attributes.get(ATTRIBUTE)
    if offsets is None:
        if attribute is not None:
            head_mesh.attributes.remove(attribute)
        return
    if attribute is None:
        attribute = head_mesh.attributes.new(ATTRIBUTE, "FLOAT_VECTOR", "POINT")
    attribute.data.foreach_set("vector", np.ascontiguousarray(offsets, np.float32).ravel())


@dataclass(frozen=True, eq=False)
class Edit:
    """What the user did to a head's mesh.

    ``frame`` is the head's own from now on; ``sculpted`` (V, 3) are positions in the object that become offsets, None
    where nothing was sculpted.
    """

    frame: Frame
    sculpted: np.ndarray | None


def examine(
    obj: bpy.types.Object,
    evaluator: FlameEvaluator,
    values: np.ndarray,
    last_written: np.ndarray | None,
    take_stretched: bool = False,
) -> Edit | None:
    """What was done to the mesh since the layer last wrote it, and nothing changed yet; None for nothing.

    ``last_written`` (V, 3) are the positions then, and ``values`` the head's; where the first is not known the mesh's
    checksum tells whether anything was done, and the values saved with it what it looked like before. A mesh that was
    stretched as a whole is taken for its nearest similarity and a sculpt, if ``take_stretched``, and else raises
    ParameterError, as does one whose vertices are in another order.
    """
    positions = _not_as_written(mesh.mesh_of(obj), last_written)
    if positions is None:
        return None
    if not mesh.is_in_order(mesh.mesh_of(obj), evaluator.model):
        raise ParameterError(
            f"The vertices of {obj.name} are no longer in the order of its model's: undo the edit, or add a new head."
        )
    frame = frame_of(obj)
    before = last_written
    if before is None:
        before = frame.to_object(evaluator.vertices(_params_before(obj, values)))
    gone = ~np.isfinite(positions).all(axis=1)
    positions[gone] = before[gone]  # no place at all, a script's mistake: where they were
    if np.abs(positions - before).max() <= rounding(before, positions):
        return Edit(frame, None)
    moved = move_between(before, positions)
    if moved.is_stretched and not take_stretched:
        raise ParameterError(
            f"{obj.name} was stretched unevenly by applying its scale: undo it, or press Keep Sculpt to keep it so."
        )
    is_whole = moved.is_similar or moved.is_stretched
    return Edit(moved.then(frame) if is_whole else frame, None if moved.is_similar else positions)


def _not_as_written(head_mesh: bpy.types.Mesh, last_written: np.ndarray | None) -> np.ndarray | None:
    """The positions, where they are other than the layer's last; None where they are those."""
    if head_mesh.library is not None:
        return None
    positions = mesh.read_positions(head_mesh)
    if last_written is not None and np.array_equal(positions, last_written):
        return None
    return None if mesh.is_as_written(head_mesh, positions) else positions


def keep(obj: bpy.types.Object, evaluator: FlameEvaluator, values: np.ndarray, edit: Edit) -> None:
    """Keep what :func:`examine` found: the head's own frame, and the sculpt as offsets."""
    head_mesh = mesh.mesh_of(obj)
    if edit.sculpted is not None:
        params = _params_before(obj, values)
        vertices = edit.frame.to_flame(edit.sculpted)
        offsets = offsets_from_vertices(evaluator, params, vertices)
        added = added_offsets(flame_of(obj), _values_before(obj, values))
        write_offsets(head_mesh, offsets if added is None else offsets - added)
    if edit.frame.matrix.tolist() != frame_of(obj).matrix.tolist():
        keep_frame(obj, edit.frame)
        landmarks.stand_as_added(obj)
        mouth_object.stand_as_added(obj)
        riders.stand_as_added(obj)


def _params_before(obj: bpy.types.Object, values: np.ndarray) -> FlameParams:
    """What the mesh was written with."""
    return params_of(flame_of(obj), _values_before(obj, values), read_offsets(mesh.mesh_of(obj)))


def _values_before(obj: bpy.types.Object, values: np.ndarray) -> np.ndarray:
    """The values saved with the mesh, or those of the head; one of before heads had scores or templates has fewer."""
    saved = mesh.values_written_with(mesh.mesh_of(obj))
    if saved is None:
        return values
    missing = len(values) - len(saved)
    if missing in (1, 1 + layout_of(flame_of(obj)).n_controls):
        return np.concatenate([saved, np.zeros(missing, np.float32)])
    return values if missing else saved
