"""Which heads need evaluating, and the evaluation of one head.

Nothing here is saved and nothing refers to Blender data between calls: states are keyed by ``session_uid`` and dropped
when a file is loaded and on undo. A head is evaluated only when the dependency graph reports its object as updated and
its values differ from those last written, so an idle scene costs nothing, however many objects it has.

The values come from the evaluated object and the vertices go to the original mesh: the only combination that is right
in ``frame_set``, in renders and with drivers.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..flame.axes import to_blender, to_flame
from ..flame.evaluator import FlameEvaluator, PreparedIdentity
from . import landmarks, mesh, models, sculpt
from .properties import FLAME_PG_head, coefficients, eyelids_of, head_of, pose_of, pose_start, read_values

UNTOUCHABLE_MODES = {"EDIT", "SCULPT"}


@dataclass(eq=False)
class HeadState:
    """What was written last for one head, to tell whether there is anything to do."""

    fingerprint: str
    evaluator: FlameEvaluator
    identity: PreparedIdentity | None = None
    values: np.ndarray | None = None
    offsets: np.ndarray | None = None
    positions: np.ndarray | None = None
    switches: tuple = ()
    landmarks_wait: bool = False


_states: dict[int, HeadState] = {}


def forget() -> None:
    """Drop every state: after loading a file and after undo the objects behind them are others."""
    _states.clear()


def follow(depsgraph: bpy.types.Depsgraph) -> None:
    """Evaluate the heads that the dependency graph has just updated, from their evaluated values."""
    for update in list(depsgraph.updates):
        if isinstance(update.id, bpy.types.Object):
            head = head_of(update.id)
            if head is not None:
                refresh(update.id.original, head, may_be_sculpted=update.is_updated_geometry)
    waiting = {uid for uid, state in _states.items() if state.landmarks_wait}
    if waiting and not landmarks.user_is_moving_something():
        for obj in bpy.data.objects:
            if obj.session_uid in waiting:
                refresh(obj)


def refresh_all() -> None:
    """Evaluate every head in the file from its own values, as after loading."""
    for obj in bpy.data.objects:
        head = head_of(obj)
        if head is not None:
            refresh(obj, head)


def refresh(obj: bpy.types.Object, head: FLAME_PG_head | None = None, may_be_sculpted: bool = True) -> None:
    """Bring the mesh and the landmark empties of ``obj`` up to date with the values of ``head``.

    ``head`` is the evaluated object's group, or by default the original's own. What the user sculpted since the last
    write becomes offsets first, unless the mesh is known to be untouched (not ``may_be_sculpted``). A head that cannot
    be evaluated (:func:`trouble` says why) is left as it is.
    """
    head = head or head_of(obj)
    if head is None or not head.live or blocked(obj) is not None:
        return
    state = _state_of(obj, head)
    if state is None:
        return
    values = read_values(head)
    written_with = values if state.values is None else state.values
    look = may_be_sculpted or state.values is None
    sculpted = look and sculpt.keep(obj, state.evaluator, written_with, state.positions)
    offsets = sculpt.read_offsets(mesh.mesh_of(obj))
    switches = (head.edit_landmarks, head.yaw_sign, len(head.landmarks))
    if sculpted or switches != state.switches or not _equal(values, state.values) or not _equal(offsets, state.offsets):
        _write(obj, head, state, values, offsets)
        state.switches, state.landmarks_wait = switches, True
    if state.landmarks_wait:
        state.landmarks_wait = not _follow_landmarks(obj, head, state)


def _write(
    obj: bpy.types.Object, head: FLAME_PG_head, state: HeadState, values: np.ndarray, offsets: np.ndarray | None
) -> None:
    n_shape = len(head.shape)
    shape, expression = values[:n_shape], values[n_shape : pose_start(head)]
    pose = pose_of(head, values)
    before = None if state.values is None else state.values[:n_shape]
    if state.identity is None or not _equal(shape, before) or not _equal(offsets, state.offsets):
        state.identity = state.evaluator.prepare(shape, offsets)
    planar = state.identity.frame(expression, pose[:5], pose[5])
    lids = state.evaluator.eyelid_movement(eyelids_of(values))
    if lids is not None:
        planar += lids
    _own_mesh(obj)
    state.positions = to_blender(planar.T)
    mesh.write_positions(mesh.mesh_of(obj), state.positions)
    state.values, state.offsets = values, offsets


def _follow_landmarks(obj: bpy.types.Object, head: FLAME_PG_head, state: HeadState) -> bool:
    """Put the empties on the face; False when that must wait until the user has let go of what is being moved."""
    if not head.landmarks or head.edit_landmarks or state.values is None:
        return True
    if landmarks.user_is_moving_something():
        return False
    pose = pose_of(head, state.values)
    vertices = to_flame(state.positions)
    landmarks.move_empties(obj, state.evaluator.model, vertices, global_rotation=pose[0], neck=pose[1])
    return True


def _own_mesh(obj: bpy.types.Object) -> None:
    """Give a head that shares its mesh (Alt-D), or overrides a linked one, a mesh of its own before it is written.

    Not while a window renders: handlers then run in a worker thread, where data must not be exchanged.
    """
    head_mesh = obj.data
    shared = head_mesh.users - head_mesh.use_fake_user > 1 or head_mesh.library is not None
    if shared and obj.library is None and not bpy.app.is_job_running("RENDER"):
        obj.data = head_mesh.copy()


def _state_of(obj: bpy.types.Object, head: FLAME_PG_head) -> HeadState | None:
    state = _states.get(obj.session_uid)
    evaluator = models.evaluator(head.fingerprint)
    if state is not None and state.evaluator is evaluator:
        return state
    if evaluator is None or _mismatch(obj, head, evaluator) is not None:
        return None
    present = {other.session_uid for other in bpy.data.objects}
    for uid in [uid for uid in _states if uid not in present]:
        del _states[uid]
    state = _states[obj.session_uid] = HeadState(head.fingerprint, evaluator)
    return state


def _equal(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.tobytes() == other.tobytes()  # several times quicker than array_equal on a few hundred numbers


def blocked(obj: bpy.types.Object) -> str | None:
    """Why the mesh must not be written just now, in one sentence; None when it may."""
    if obj.mode in UNTOUCHABLE_MODES or obj.data.is_editmode:
        return f"{obj.name} is in {obj.mode.title()} Mode: it follows its parameters again in Object Mode."
    state = _states.get(obj.session_uid)
    if state is not None and len(obj.data.vertices) != state.evaluator.model.n_vertices:
        return _count_mismatch(obj, state.evaluator)
    return None


def trouble(obj: bpy.types.Object) -> str | None:
    """Why the head does not follow its parameters, in one sentence; None when it does."""
    head = head_of(obj)
    if head is None:
        return f"{obj.name} is not a FLAME head."
    evaluator = models.evaluator(head.fingerprint)
    if evaluator is None:
        why = models.why_missing(head.fingerprint)
        return f"{obj.name} keeps its last shape: its model {head.model_name!r} {why}"
    if not head.live:
        return f"Live is off for {obj.name}: it keeps its last shape."
    return blocked(obj) or _mismatch(obj, head, evaluator)


def _mismatch(obj: bpy.types.Object, head: FLAME_PG_head, evaluator: FlameEvaluator) -> str | None:
    model = evaluator.model
    if len(obj.data.vertices) != model.n_vertices:
        return _count_mismatch(obj, evaluator)
    counts = len(head.shape), len(coefficients(head, "expression"))
    if counts != (model.n_identity, model.n_expression):
        return (
            f"{obj.name} has {counts[0]} + {counts[1]} coefficients, its model "
            f"{model.n_identity} + {model.n_expression}: add the head again."
        )
    return None


def _count_mismatch(obj: bpy.types.Object, evaluator: FlameEvaluator) -> str:
    return (
        f"{obj.name} has {len(obj.data.vertices)} vertices, its model {evaluator.model.n_vertices}: "
        "undo the edit, or add a new head."
    )
