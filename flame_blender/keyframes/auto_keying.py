"""Auto Keying for what the add-on sets: keys at the current frame, as Blender's own tools insert them.

Sliders are keyed by Blender. What an operator sets at once (a preset, a reset, a dragged landmark ...) is keyed here,
by the same switches: Auto Keying and its mode, Only Active Keying Set, Only Insert Available, Only Insert Needed,
Cycle-Aware Keying and the type of new keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import bpy

from .. import followers
from ..blender_pointers import there
from ..flame.params import VECTOR_FIELDS
from ..flame.value_layout import EYELIDS
from ..head import parameters
from ..head.properties import FLAME_PG_head, coefficients, value_path
from .animation import GROUPS, curves_of

Path = tuple[str, int]  # of a channel: data path and index in its array
SCALAR = -1  # as keyframe_insert has it


def auto_key(scene: bpy.types.Scene, obj: bpy.types.Object, fields: Iterable[str]) -> int:
    """Key what was set of a head, where Auto Keying is on; how many channels.

    ``fields`` are names of ``parameters.ALL_FIELDS``, and "controls". All of a field is keyed, not only what has
    changed: a coefficient that rests at zero here must still do so when it moves elsewhere. Named controls, which are
    zero where a field that they move was set, are keyed along where they have curves.
    """
    if not _is_on(scene, obj):
        return 0
    fields = dict.fromkeys(fields)
    if fields.keys() & set(parameters.MOVED) and _has_keyed_controls(obj):
        fields[parameters.CONTROLS] = None
    keyed = _key(scene, obj, _channels(parameters.require_head(obj), fields))
    for other, channels in followers.channels(obj, fields):
        keyed += _key(scene, other, channels)
    return keyed


def _has_keyed_controls(obj: bpy.types.Object) -> bool:
    """Whether a head's named controls have curves, its own or those of what moves them."""
    if any(curve.data_path.startswith("flame.controls[") for curve in curves_of(obj) or ()):
        return True
    return any(
        {(path, max(index, 0)) for path, index, *_ in channels}
        & {(curve.data_path, curve.array_index) for curve in curves_of(other) or ()}
        for other, channels in followers.channels(obj, (parameters.CONTROLS,))
    )


def key_along(obj: bpy.types.Object, moved: str, along: str) -> int:
    """Key what a linked slider moved along, where Auto Keying is on and keys sliders: where one of both has keys.

    That counts for Only Insert Available too: else the two would part at the next frame.
    """
    scene = bpy.context.scene
    paths = {curve.data_path for curve in curves_of(obj) or ()}
    if scene is None or not _is_on(scene, obj) or not paths & {moved, along}:
        return 0
    value: Any = obj.path_resolve(along)
    return _key(scene, obj, [(along, SCALAR, GROUPS[parameters.CONTROLS], float(value))], new_too=True)


def _is_on(scene: bpy.types.Scene, obj: bpy.types.Object) -> bool:
    return bool(scene.tool_settings.use_keyframe_insert_auto) and obj.library is None


def _key(
    scene: bpy.types.Scene,
    obj: bpy.types.Object,
    channels: Iterable[tuple[str, int, str, float]],
    *,
    new_too: bool = False,
) -> int:
    """Key channels at the current frame, by Blender's switches; how many."""
    tools: Any = scene.tool_settings
    frame = scene.frame_current_final
    replace = tools.auto_keying_mode == "REPLACE_KEYS"
    edit: Any = there(bpy.context.preferences, "preferences").edit
    options: set[Any] = {"INSERTKEY_REPLACE"} if replace else set()
    options |= {"INSERTKEY_NEEDED"} if edit.use_auto_keyframe_insert_needed else set()
    options |= {"INSERTKEY_CYCLE_AWARE"} if tools.use_keyframe_cycle_aware else set()
    curves = {(curve.data_path, curve.array_index): curve for curve in curves_of(obj) or ()}
    chosen = _keying_set(scene, obj)
    keyed = 0
    for path, index, group, value in channels:
        curve = curves.get((path, max(index, 0)))
        if (chosen is not None and not chosen & {(path, max(index, 0)), (path, SCALAR)}) or _driven(obj, path, index):
            continue
        # Blender would warn of each channel that it leaves out
        if curve is None and (replace or (edit.use_keyframe_insert_available and not new_too)):
            continue
        if replace and curve is not None and not any(abs(key.co.x - frame) < 1e-3 for key in curve.keyframe_points):
            continue
        if "INSERTKEY_NEEDED" in options and curve is not None and curve.evaluate(frame) == value:
            continue
        keyed += obj.keyframe_insert(
            path, index=index, frame=frame, group=group, options=options, keytype=tools.keyframe_type
        )
    return keyed


def _channels(head: FLAME_PG_head, fields: Iterable[str]) -> Iterator[tuple[str, int, str, float]]:
    """Path, index, group and present value of each channel of the fields; offsets have none."""
    for name in fields:
        if name == parameters.CONTROLS and not parameters.has_controls(head):
            continue
        if name in parameters.ITEMS:
            for index, item in enumerate(coefficients(head, name)):
                yield value_path(head, name, index), SCALAR, GROUPS[name], item.value
        elif name in VECTOR_FIELDS:
            for axis, value in enumerate(getattr(head, name)):
                yield f"flame.{name}", axis, GROUPS[name], value
        elif name == parameters.EYELID_VALUES and parameters.has_eyelids(head):
            for lid in EYELIDS:
                yield f"flame.{lid}", SCALAR, GROUPS["expression"], getattr(head, lid)


def _driven(obj: bpy.types.Object, path: str, index: int) -> bool:
    data = obj.animation_data
    return data is not None and bool(data.drivers) and data.drivers.find(path, index=max(index, 0)) is not None


def _keying_set(scene: bpy.types.Scene, obj: bpy.types.Object) -> set[Path] | None:
    """The channels that the active keying set lets through, whole arrays as SCALAR; None where there is no such limit.

    Blender's own sets hold nothing of a head, but for Available: what has curves.
    """
    active: Any = scene.keying_sets_all.active
    if not scene.tool_settings.use_keyframe_insert_keyingset or active is None:
        return None
    if not active.is_path_absolute:
        curves = curves_of(obj) or () if active.bl_idname == "Available" else ()
        return {(curve.data_path, curve.array_index) for curve in curves}
    own = [path for path in active.paths if path.id == obj]
    return {(path.data_path, SCALAR if path.use_entire_array else path.array_index) for path in own}
