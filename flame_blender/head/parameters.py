"""Setting, getting, keying and evaluating a head's parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import bpy
import numpy as np

from .. import followers
from ..errors import ParameterError
from ..flame.controls import ROTATIONS as ROTATIONS_OF_CONTROLS
from ..flame.evaluator import FlameEvaluator
from ..flame.params import COEFFICIENT_FIELDS, POSE_FIELDS, VECTOR_FIELDS, FlameParams, checked
from ..flame.value_layout import EYELIDS
from . import effective, live, models, sculpt
from .frame import frame_of
from .mesh import mark_as_written, mesh_of, read_positions
from .properties import FLAME_PG_head, coefficients, head_of, layout_of, read_own_values, read_values, value_path

IDENTITY, EXPRESSION, ROTATIONS, TRANSLATION = "identity", "expression", "rotations", "translation"
CONTROLS, TEXTURE = "controls", "texture"  # scores and texture coefficients, which are no fields of FlameParams
EYELID_VALUES, UNTURNED = "eyelids", "eyelids_unturned"
GROUPS = {
    IDENTITY: ("shape",),
    EXPRESSION: ("expression",),
    ROTATIONS: POSE_FIELDS,
    TRANSLATION: ("translation",),
    EYELID_VALUES: (EYELID_VALUES,),
    CONTROLS: (CONTROLS,),
    TEXTURE: (TEXTURE,),
}
ALL_FIELDS = (*COEFFICIENT_FIELDS, *VECTOR_FIELDS, EYELID_VALUES, UNTURNED, "offsets")
ITEMS = (*COEFFICIENT_FIELDS, CONTROLS, TEXTURE)  # what is kept as items of a collection
MOVED = ("expression", *ROTATIONS_OF_CONTROLS)  # what named controls can move
KEYED_BY_DEFAULT = (EXPRESSION, CONTROLS, ROTATIONS, TRANSLATION, EYELID_VALUES)


def require_head(obj: bpy.types.Object) -> FLAME_PG_head:
    """The head's properties. Raises ParameterError when ``obj`` is no FLAME head."""
    head = head_of(obj)
    if head is None:
        found = "nothing" if obj is None else f"{obj.name!r} ({obj.type.title()})"
        raise ParameterError(f"Expected a FLAME head, found {found}; add one with Add > Mesh > FLAME Head.")
    return head


def require_own(obj: bpy.types.Object) -> None:
    """Raise ParameterError for a linked head, of which no file keeps what is set here; an override of it keeps that."""
    if obj.library is not None:
        raise ParameterError(
            f"{obj.name} comes from another file: change it there, or make a library override of it first."
        )


def require_evaluator(head: FLAME_PG_head) -> FlameEvaluator:
    """The evaluator of the head's model. Raises ParameterError when the model is not installed."""
    evaluator = models.evaluator(head.fingerprint)
    if evaluator is None:
        raise ParameterError(str(models.missing(head.fingerprint, head.model_name)))
    return evaluator


def has_eyelids(head: FLAME_PG_head) -> bool:
    """Whether the head's eyelid values move anything: its model is FLAME's and both eyelid files are installed."""
    evaluator = models.evaluator(head.fingerprint)
    return evaluator is not None and evaluator.eyelid_rows is not None


def has_controls(head: FLAME_PG_head) -> bool:
    """Whether the head's scores move anything: its model is installed and has named controls."""
    evaluator = models.evaluator(head.fingerprint)
    return evaluator is not None and evaluator.model.controls is not None and len(head.controls) > 0


def fields_of(groups: Iterable[str]) -> tuple[str, ...]:
    """The property names that groups stand for: group names, or single fields such as ``"jaw"``."""
    names: list[str] = []
    for group in (groups,) if isinstance(groups, str) else groups:
        if group not in GROUPS and group not in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS):
            known = ", ".join((*GROUPS, *VECTOR_FIELDS))
            raise ParameterError(f"groups: expected some of {known}, found {group!r}.")
        names += GROUPS.get(group, (group,))
    return tuple(dict.fromkeys(names))


def set_params(obj: bpy.types.Object, fields: Mapping[str, object]) -> None:
    """Set the given fields, "controls" among them, and evaluate the head.

    A short coefficient vector zeroes the rest; offsets None removes the head's own, eyelids None are zero. The head
    then shows the fields as given: scores of named controls that move one of them are set to zero, and offsets are
    lessened by the correctives of those that stay and by what a template sequence adds. With "controls" all fields are
    the head's own, and are added to.
    Everything is checked before anything is written. Raises ParameterError.
    """
    head = require_head(obj)
    offsets_given, offsets = "offsets" in fields, fields.get("offsets")
    arrays = {name: _checked(head, name, value) for name, value in fields.items() if name not in ("offsets", UNTURNED)}
    unturned: Any = fields.get(UNTURNED, head.eyelids_unturned)
    FlameParams(eyelids_unturned=unturned)  # which checks it
    if offsets is not None:
        offsets = checked("offsets", offsets, (len(mesh_of(obj).vertices), 3))
    own = CONTROLS in arrays
    scores = arrays.pop(CONTROLS) if own else _scores_that_stay(head, arrays)
    if offsets_given:
        live.refresh(obj)  # keeps what was sculpted before the offsets are replaced
    for name, array in arrays.items():
        if name in COEFFICIENT_FIELDS:
            coefficients(head, name).foreach_set("value", array)
        elif name == EYELID_VALUES:
            head.left_eyelid, head.right_eyelid = array.tolist()
        else:
            setattr(head, name, array)
    changed = not np.array_equal(scores, scores_of(head))
    head.controls.foreach_set("value", scores)
    head.eyelids_unturned = unturned
    if offsets_given:
        added = None if offsets is None or own else effective.added_offsets(head, read_values(head))
        sculpt.write_offsets(mesh_of(obj), offsets if added is None or offsets is None else offsets - added)
    obj.update_tag()
    followers.take(obj, {*arrays, CONTROLS} if own or changed else arrays.keys())
    live.refresh(obj)


def scores_of(head: FLAME_PG_head) -> np.ndarray:
    """(C,) float32 of the head's named controls, in its own order, as they are set."""
    return read_own_values(head)[layout_of(head).controls]


def _scores_that_stay(head: FLAME_PG_head, fields: Iterable[str]) -> np.ndarray:
    """The head's scores without those that move one of the fields; of a model without controls none may in time."""
    scores, directions = scores_of(head), effective.directions_of(head)
    for name in set(fields) & set(MOVED) if scores.any() else ():
        scores[... if directions is None else directions.moves(name)] = 0.0
    return scores


def _checked(head: FLAME_PG_head, name: str, value: object) -> np.ndarray:
    if name not in (*ALL_FIELDS, CONTROLS):
        raise ParameterError(f"set_params: expected fields among {', '.join(ALL_FIELDS)}, found {name!r}.")
    widths = dict.fromkeys(VECTOR_FIELDS, 3) | {EYELID_VALUES: 2}
    given = checked(name, np.zeros(2) if name == EYELID_VALUES and value is None else value, (widths.get(name),))
    if given.ndim != 1:
        raise ParameterError(
            f"{name}: expected the values of one frame, found {len(given)} frames; key frame by frame."
        )
    if name in widths:
        return given
    count = len(coefficients(head, name))
    if len(given) > count:
        raise ParameterError(f"{name}: expected at most {count} coefficients ({head.model_name}), found {len(given)}.")
    full = np.zeros(count, np.float32)
    full[: len(given)] = given
    return full


def get_params(obj: bpy.types.Object, *, correctives: bool = True) -> FlameParams:
    """What the head shows at the current frame, named controls and offsets included. Raises ParameterError.

    Without ``correctives`` offsets are the head's own: no template sequence is in them either.
    """
    head = require_head(obj)
    return effective.params_of(head, read_values(head), sculpt.read_offsets(mesh_of(obj)), correctives=correctives)


def get_own_params(obj: bpy.types.Object) -> FlameParams:
    """The head's own parameters, without what named controls add. Raises ParameterError."""
    head = require_head(obj)
    return effective.own_params_of(head, read_own_values(head), sculpt.read_offsets(mesh_of(obj)))


def evaluate(obj: bpy.types.Object) -> np.ndarray:
    """(V, 3) float32 vertices of the head's current parameters, FLAME axes. Raises ParameterError."""
    return require_evaluator(require_head(obj)).vertices(get_params(obj))


def to_world(obj: bpy.types.Object, points: np.ndarray) -> np.ndarray:
    """(..., 3) points of the head, FLAME axes -> (..., 3) float32 in Blender's world."""
    matrix = np.array(obj.matrix_world, np.float32)
    return frame_of(obj).to_object(points) @ matrix[:3, :3].T + matrix[:3, 3]


def keyframe(obj: bpy.types.Object, frame: float, groups: Iterable[str] = KEYED_BY_DEFAULT) -> int:
    """Key the current values of the groups at ``frame``; how many channels were keyed. Raises ParameterError.

    Eyelids and named controls are keyed on a head that has them.
    """
    head = require_head(obj)
    keyed, fields = 0, fields_of(groups)
    for other, channels in followers.channels(obj, fields):
        for path, index, group, _value in channels:
            keyed += other.keyframe_insert(path, index=index, frame=frame, group=group)
    driven = followers.driven(obj)
    for name in fields:
        if name in ITEMS:
            if name == CONTROLS and not has_controls(head):
                continue
            for index in range(len(coefficients(head, name))):
                path = value_path(head, name, index)
                if path not in driven:
                    keyed += obj.keyframe_insert(path, frame=frame, group=name.title())
        elif name == EYELID_VALUES:
            keyed += sum(
                obj.keyframe_insert(f"flame.{each}", frame=frame, group="Expression")
                for each in (EYELIDS if has_eyelids(head) else ())
            )
        elif f"flame.{name}" not in driven:
            keyed += 3 * obj.keyframe_insert(f"flame.{name}", frame=frame, group="Pose")
    return keyed


def keep_sculpt(obj: bpy.types.Object) -> bool:
    """Turn what was sculpted since the last evaluation into offsets; whether there was anything.

    Raises ParameterError.
    """
    head = require_head(obj)
    reason = live.blocked(obj)
    if reason is not None:
        raise ParameterError(reason)
    evaluator, values = require_evaluator(head), read_values(head)
    edit = sculpt.examine(obj, evaluator, values, None, take_stretched=True)
    if edit is not None:
        sculpt.keep(obj, evaluator, values, edit)
        mark_as_written(mesh_of(obj), read_positions(mesh_of(obj)))
        live.forget_head(obj)
    obj.update_tag()
    live.refresh(obj)
    return edit is not None and edit.sculpted is not None
