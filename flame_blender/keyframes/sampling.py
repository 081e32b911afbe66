"""A head's values over time, read at once where its curves alone tell them, frame by frame where more is at work."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from typing import Any

import bpy
import numpy as np

from ..flame.params import VECTOR_FIELDS, FlameParams
from ..flame.value_layout import EYELIDS
from ..head import effective, parameters
from ..head.mesh import mesh_of
from ..head.properties import FLAME_PG_head, collection_of, flame_of, layout_of, read_values
from ..head.sculpt import read_offsets
from .animation import curves_of

ITEM = re.compile(r"flame\.(shape|expression|movements|controls)\[(\d+)\]\.value")
COLLECTIONS = ("shape", "expression", "movements", "controls")
OF_SKIN = "flame.texture["  # which moves no vertex
TIMES_AT_ONCE = 64


def range_of(scene: bpy.types.Scene, frames: tuple[int, int] | None) -> tuple[int, int]:
    """First and last frame: those given, or with None the scene's."""
    return (scene.frame_start, scene.frame_end) if frames is None else frames


def sampling(
    scene: bpy.types.Scene, obj: bpy.types.Object, times: Sequence[float]
) -> Generator[float, None, np.ndarray]:
    """(N, S + E + 21 + C) float32 as ``properties.read_values`` gives them at ``times`` (frames, fractions allowed).

    Yields the share that is done. Drivers, NLA, linked curves and whatever else than plain curves animates the head go
    through the dependency graph, frame by frame; the frame that was shown is shown again afterwards.
    """
    head = parameters.require_head(obj)
    columns = _columns(obj, head) if only_curves(obj) else None
    if columns is not None:
        return (yield from _read_curves(obj, head, columns, times))
    return (yield from frame_by_frame(scene, obj, times))


def only_curves(obj: bpy.types.Object) -> bool:
    """Whether the object's own curves are all that animates it."""
    data: Any = obj.animation_data
    if data is None:
        return True
    whole = data.action is None or (data.action_influence == 1 and data.action_blend_type == "REPLACE")
    return whole and not data.nla_tracks and not data.drivers and not data.use_tweak_mode and obj.library is None


def params_of(obj: bpy.types.Object, values: np.ndarray) -> FlameParams:
    """What the head shows of values (N, S + E + 21 + C), as a batch; an identity that never changes is held once.

    Offsets are (N, V, 3) where correctives of named controls or a template sequence are at work: ask for some hundred
    frames at once.
    """
    return effective.params_of(parameters.require_head(obj), values, read_offsets(mesh_of(obj)))


def _columns(obj: bpy.types.Object, head: FLAME_PG_head) -> list[tuple[int, Any]] | None:
    """Each curve that moves the head, with the column it fills; None where one of them is not understood."""
    layout = layout_of(head)
    starts = {"shape": layout.identity.start, collection_of(head, "expression"): layout.expression.start}
    starts |= {name: layout.vector(name).start for name in VECTOR_FIELDS} | {"controls": layout.controls.start}
    starts |= {name: layout.eyelid(name) for name in EYELIDS} | {"template_frame": layout.template}
    found = []
    for curve in curves_of(obj) or ():
        if not curve.data_path.startswith("flame.") or curve.data_path.startswith(OF_SKIN):
            continue
        item = ITEM.fullmatch(curve.data_path)
        field, index = (item[1], int(item[2])) if item else (curve.data_path.removeprefix("flame."), curve.array_index)
        counted = field in COLLECTIONS
        if field not in starts or counted != (item is not None) or (counted and index >= len(getattr(head, field))):
            return None
        if not curve.mute and not (curve.group is not None and curve.group.mute):
            found.append((starts[field] + index, curve))
    return found


def _read_curves(
    obj: bpy.types.Object, head: FLAME_PG_head, columns: list[tuple[int, Any]], times: Sequence[float]
) -> Generator[float, None, np.ndarray]:
    values = np.tile(read_values(head), (len(times), 1))
    for done, (column, curve) in enumerate(columns):
        values[:, column] = [curve.evaluate(time) for time in times]
        yield (done + 1) / len(columns)
    return effective.with_symmetric_eyes(head, values)


def frame_by_frame(
    scene: bpy.types.Scene,
    obj: bpy.types.Object,
    times: Sequence[float],
    read: Callable[[FLAME_PG_head], np.ndarray] = read_values,
) -> Generator[float, None, np.ndarray]:
    """:func:`sampling` through the dependency graph, whatever animates the head; ``read`` tells its numbers."""
    shown = scene.frame_current, scene.frame_subframe
    rows = []
    try:
        for done, time in enumerate(times):
            scene.frame_set(int(np.floor(time)), subframe=float(time % 1.0))
            rows.append(read(flame_of(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()))))
            if done % TIMES_AT_ONCE == 0:
                yield (done + 1) / len(times)
    finally:
        scene.frame_set(shown[0], subframe=shown[1])
    return np.stack(rows)
