"""Which heads need evaluating, and the evaluation of one head.

Nothing here is saved and nothing refers to Blender data between calls: states are keyed by ``session_uid`` and dropped
when a file is loaded and on undo. A head is evaluated only when the dependency graph reports its object as updated and
its values differ from those last written, so an idle scene costs nothing, however many objects it has.

The values come from the evaluated object and the vertices go to the original mesh: the only combination that is right
in ``frame_set``, in renders and with drivers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import bpy
import numpy as np

from ..blender_pointers import there
from ..errors import FlameError, ParameterError
from ..flame.controls import ControlDirections
from ..flame.evaluator import FlameEvaluator, PreparedIdentity
from . import effective, landmarks, mesh, models, sculpt
from .folds import folding
from .frame import frame_of
from .mouth import following_head, mouth_object, riders
from .properties import FLAME_PG_head, coefficients, flame_of, head_of, layout_of, read_values, value_name
from .templates import template_sequence
from .templates.mapped import MappedTemplates

UNTOUCHABLE_MODES = {"EDIT", "SCULPT"}
LARGEST = 1e6  # of any value: what is more, or no number, is no head


@dataclass(eq=False)
class HeadState:
    """What was written last for one head, to tell whether there is anything to do."""

    evaluator: FlameEvaluator
    identity: PreparedIdentity | None = None
    of_template: PreparedIdentity | None = None  # the same without what a template sequence adds
    templates: MappedTemplates | None = None
    values: np.ndarray | None = None
    offsets: np.ndarray | None = None
    positions: np.ndarray | None = None
    switches: tuple = ()
    mouth: following_head.Mouth | None = None
    landmarks_wait: bool = False
    controls: ControlDirections | None = None
    resting: folding.Resting = field(default_factory=folding.Resting)


_states: dict[int, HeadState] = {}
_stopped: dict[int, str] = {}  # why a head was not evaluated when it was last to be


def forget() -> None:
    """Drop every state: after loading a file and after undo the objects behind them are others."""
    _states.clear()
    _stopped.clear()


def forget_head(obj: bpy.types.Object) -> None:
    """Drop what is known of one head: its mesh was changed, and marked as written, by other hands."""
    _states.pop(obj.session_uid, None)
    _stopped.pop(obj.session_uid, None)


def follow(depsgraph: bpy.types.Depsgraph) -> None:
    """Evaluate the heads that the dependency graph has just updated, from their evaluated values.

    Each head stands alone: what is wrong with one is told by :func:`trouble`, and the others follow all the same.
    Raises what is no FlameError, a mistake of the add-on's own, once all heads have had their turn.
    """
    failures: list[Exception] = []
    for update in list(depsgraph.updates):
        obj = update.id
        if isinstance(obj, bpy.types.Object):
            head, original = head_of(obj), obj.original
            if head is not None and original is not None:
                _refresh_alone(original, head, update.is_updated_geometry, failures)
    waiting = {uid for uid, state in _states.items() if state.landmarks_wait}
    if waiting and not landmarks.user_is_moving_something():
        for obj in bpy.data.objects:
            if obj.session_uid in waiting:
                _refresh_alone(obj, None, True, failures)
    _raise(failures)


def refresh_all() -> None:
    """Evaluate every head in the file from its own values, as after loading. Raises as :func:`follow` does."""
    failures: list[Exception] = []
    for obj in bpy.data.objects:
        head = head_of(obj)
        if head is not None:
            _mark_own(obj, head)
            _refresh_alone(obj, head, True, failures)
    _raise(failures)


def ask_for_evaluated() -> None:
    """Let the first evaluation of a file that is being loaded call :func:`follow` for its heads.

    Blender puts animated values back to their curves then, and drivers after them, but calls handlers for what was
    tagged in an existing dependency graph alone (measured, 4.2 to 5.2). Statistics make one without evaluating it,
    which at this point would leave every animated value of the scene as it was saved.
    """
    for window in there(bpy.context.window_manager, "a window manager").windows:
        window.scene.statistics(window.view_layer)
    for obj in bpy.data.objects:
        if head_of(obj) is not None:
            obj.update_tag()


def refresh(obj: bpy.types.Object, head: FLAME_PG_head | None = None, may_be_sculpted: bool = True) -> None:
    """Bring the mesh and the landmark empties of ``obj`` up to date with the values of ``head``.

    ``head`` is the evaluated object's group, or by default the original's own. What the user did to the mesh since the
    last write is kept first, unless it is known to be untouched (not ``may_be_sculpted``): a sculpt as offsets, applied
    transforms as the head's own frame. A head that cannot be evaluated (:func:`trouble` says why) is left as it is.
    """
    head = head or head_of(obj)
    if head is None or blocked(obj) is not None:
        return
    uid = obj.session_uid
    may_be_sculpted = may_be_sculpted or uid in _stopped
    if not head.live and not may_be_sculpted:
        return
    state = _state_of(obj, head)
    if state is None:
        return
    try:
        if head.live:
            _evaluate(obj, head, state, may_be_sculpted)
        else:
            _keep_frame_alone(obj, head, state)
    except FlameError as error:
        _stopped[uid] = str(error)
        return
    _stopped.pop(uid, None)


def _refresh_alone(
    obj: bpy.types.Object, head: FLAME_PG_head | None, may_be_sculpted: bool, failures: list[Exception]
) -> None:
    try:
        refresh(obj, head, may_be_sculpted)
    except Exception as error:  # noqa: BLE001  (raised by the caller, after the other heads)
        _stopped[obj.session_uid] = f"{obj.name} could not be evaluated: {type(error).__name__}, see the console."
        failures.append(error)


def _raise(failures: list[Exception]) -> None:
    if failures:
        raise ExceptionGroup("FLAME heads that could not be evaluated", failures)


def _evaluate(obj: bpy.types.Object, head: FLAME_PG_head, state: HeadState, may_be_sculpted: bool) -> None:
    values = read_values(head)
    _check_values(obj, head, values)
    written_with = values if state.values is None else state.values
    edit = None
    if may_be_sculpted or state.values is None:
        edit = sculpt.examine(obj, state.evaluator, written_with, state.positions)
    if edit is not None:
        sculpt.keep(obj, state.evaluator, written_with, edit)
    offsets = sculpt.read_offsets(mesh.mesh_of(obj))
    switches = (*_switches(head), *mouth_object.state(obj), *riders.state(obj))
    templates = template_sequence.state(obj)
    is_new = edit is not None or switches != state.switches or templates is not state.templates
    if is_new or state.controls is None:
        state.controls = effective.directions_of(head)
    if is_new or not _equal(values, state.values) or not _equal(offsets, state.offsets):
        _prepare(obj, head, state, values, offsets, templates)
        _write(obj, head, state, values)
        state.switches, state.landmarks_wait = switches, True
    if state.landmarks_wait:
        state.landmarks_wait = not _follow_landmarks(obj, head, state)


def _switches(head: FLAME_PG_head) -> tuple:
    """What changes a head, or its landmarks, besides its values."""
    of_landmarks = head.edit_landmarks, head.yaw_sign, len(head.landmarks)
    return (*of_landmarks, head.eyelids_unturned, head.flame_only, len(head.controls), head.wrinkles > 0)


def _keep_frame_alone(obj: bpy.types.Object, head: FLAME_PG_head, state: HeadState) -> None:
    """Of a head that keeps its shape: applied transforms are its own frame at once, a sculpt waits until it is live."""
    values = read_values(head) if state.values is None else state.values
    edit = sculpt.examine(obj, state.evaluator, values, state.positions)
    if edit is None or edit.sculpted is not None:
        return
    sculpt.keep(obj, state.evaluator, values, edit)
    head_mesh = mesh.mesh_of(obj)
    positions = mesh.read_positions(head_mesh)
    mesh.mark_as_written(head_mesh, positions)
    if state.values is not None:
        state.positions = positions


def _prepare(
    obj: bpy.types.Object,
    head: FLAME_PG_head,
    state: HeadState,
    values: np.ndarray,
    offsets: np.ndarray | None,
    templates: MappedTemplates | None,
) -> None:
    """Bring ``state.identity``, the head at rest, up to date with these values, offsets and templates."""
    layout, evaluator = layout_of(head), state.evaluator
    shape, before = values[layout.identity], None if state.values is None else state.values[layout.identity]
    at, was_at = values[layout.template], None if state.values is None else state.values[layout.template]
    is_new = state.of_template is None or not _equal(shape, before) or not _equal(offsets, state.offsets)
    if is_new or state.of_template is None:
        _check_offsets(obj, offsets)
        state.of_template = evaluator.prepare(shape, offsets)
    if is_new or templates is not state.templates or (templates is not None and at != was_at):
        state.identity = state.of_template
        if templates is not None:
            added = template_sequence.added_now(obj, evaluator.model, templates, float(at))
            state.identity = state.of_template.moved_by(added)
    state.offsets, state.templates = offsets, templates


def _write(obj: bpy.types.Object, head: FLAME_PG_head, state: HeadState, values: np.ndarray) -> None:
    layout, identity = layout_of(head), state.identity
    if identity is None:
        return
    lids = state.evaluator.lids(values[layout.eyelids], head.eyelids_unturned)
    moving = effective.moving_of(head, state.controls, values)
    own_mesh(obj)
    head_mesh = mesh.mesh_of(obj)
    state.positions = np.empty((state.evaluator.model.n_vertices, 3), np.float32)
    made, riding, frame = mouth_object.object_of(obj), riders.riding(obj), frame_of(obj)
    carried = np.empty((len(state.evaluator.parents), 3, 4)) if made is not None or riding else None
    identity.frame(*moving[:3], state.positions.T, lids, frame, moving.added, carried)
    if head.wrinkles:
        folding.write(head_mesh, state.resting, identity, state.positions, frame)
    mesh.write_positions(head_mesh, state.positions)
    if head_mesh.library is None:
        mesh.keep_values(head_mesh, values)
    state.values = values
    if made is not None and carried is not None:
        own_mesh(made)
        state.mouth = following_head.follow(obj, state.mouth, identity, moving, carried, state.positions)
    if riding and carried is not None:
        for _, each in riding:
            own_mesh(each)
        riders.follow(obj, state.evaluator.model, values[layout.identity], carried)


def _follow_landmarks(obj: bpy.types.Object, head: FLAME_PG_head, state: HeadState) -> bool:
    """Put the empties on the face; False when that must wait until the user has let go of what is being moved."""
    if not head.landmarks or head.edit_landmarks or state.values is None or state.positions is None:
        return True
    if landmarks.user_is_moving_something():
        return False
    layout = layout_of(head)
    root, neck = (state.values[layout.vector(name)] for name in ("global_rotation", "neck"))
    vertices = frame_of(obj).to_flame(state.positions)
    landmarks.move_empties(obj, state.evaluator.model, vertices, global_rotation=root, neck=neck)
    return True


def own_mesh(obj: bpy.types.Object) -> None:
    """Give a head that shares its mesh (Alt-D), or overrides a linked one, a mesh of its own before it is written.

    Not while a window renders: handlers then run in a worker thread, where data must not be exchanged.
    """
    head_mesh = mesh.mesh_of(obj)
    shared = head_mesh.users - head_mesh.use_fake_user > 1 or head_mesh.library is not None
    if shared and obj.library is None and not bpy.app.is_job_running("RENDER"):
        obj.data = head_mesh.copy()


def _state_of(obj: bpy.types.Object, head: FLAME_PG_head) -> HeadState | None:
    state = _states.get(obj.session_uid)
    evaluator = models.evaluator(head.fingerprint)
    if state is not None and state.evaluator is evaluator:
        return state
    if evaluator is None:
        return None
    if _mismatch(obj, head, evaluator) is not None:
        _let_go_of_part(obj)
        return None
    present = {other.session_uid for other in bpy.data.objects}
    for uid in [uid for uid in _states if uid not in present]:
        del _states[uid]
        _stopped.pop(uid, None)
    _mark_own(obj, flame_of(obj))
    state = _states[obj.session_uid] = HeadState(evaluator)
    return state


def _mark_own(obj: bpy.types.Object, head: FLAME_PG_head) -> None:
    """Remember on the head which object it is, to tell it from its copies."""
    uid = obj.session_uid & 0x7FFFFFFF
    if obj.library is None and head.belongs_to != uid:
        head.belongs_to = uid


def _let_go_of_part(obj: bpy.types.Object) -> None:
    """A copy of a head that has other vertices than the model's, as Separate leaves them, is a plain mesh."""
    head = flame_of(obj)
    if obj.library is not None or not head.belongs_to or head.belongs_to == obj.session_uid & 0x7FFFFFFF:
        return
    head.fingerprint = ""
    head.landmarks.clear()


def _equal(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.tobytes() == other.tobytes()  # several times quicker than array_equal on a few hundred numbers


def _check_values(obj: bpy.types.Object, head: FLAME_PG_head, values: np.ndarray) -> None:
    """Raises ParameterError naming a value that is no number, or none that a head can have."""
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large, or no number, is named below
        if values.dot(values) <= LARGEST**2:  # mostly, and sooner known
            return
    wrong = np.flatnonzero(~(np.abs(values) <= LARGEST))
    if len(wrong):
        raise ParameterError(
            f"{obj.name} keeps its last shape: {value_name(head, int(wrong[0]))} is {values[wrong[0]]:g}. Set it anew."
        )


def _check_offsets(obj: bpy.types.Object, offsets: np.ndarray | None) -> None:
    wrong = 0 if offsets is None else int((~(np.abs(offsets) <= LARGEST)).any(axis=1).sum())
    if wrong:
        raise ParameterError(
            f"{obj.name} keeps its last shape: the offsets of {wrong} vertices are no numbers. Press Clear Offsets."
        )


def blocked(obj: bpy.types.Object) -> str | None:
    """Why the mesh must not be written just now, in one sentence; None when it may."""
    head_mesh = mesh.mesh_of(obj)
    if obj.mode in UNTOUCHABLE_MODES or head_mesh.is_editmode:
        return f"{obj.name} is in {obj.mode.title()} Mode: it follows its parameters again in Object Mode."
    state = _states.get(obj.session_uid)
    if state is not None and len(head_mesh.vertices) != state.evaluator.model.n_vertices:
        return _count_mismatch(obj, state.evaluator)
    return None


def trouble(obj: bpy.types.Object) -> str | None:
    """Why the head does not follow its parameters, in one sentence; None when it does."""
    head = head_of(obj)
    if head is None:
        return f"{obj.name} is not a FLAME head."
    evaluator = models.evaluator(head.fingerprint)
    if evaluator is None:
        return f"{obj.name} keeps its last shape: {models.missing(head.fingerprint, head.model_name)}"
    if not head.live:
        return f"Live is off for {obj.name}: it keeps its last shape."
    stopped = blocked(obj) or _mismatch(obj, head, evaluator) or _why_stopped(obj, head, evaluator)
    return stopped or template_sequence.trouble(obj)


def _why_stopped(obj: bpy.types.Object, head: FLAME_PG_head, evaluator: FlameEvaluator) -> str | None:
    """What :func:`refresh` would stop at; looked at anew where that was forgotten, as after undo."""
    known = _stopped.get(obj.session_uid)
    if known is not None or obj.session_uid in _states:
        return known
    try:
        values = read_values(head)
        _check_values(obj, head, values)
        _check_offsets(obj, sculpt.read_offsets(mesh.mesh_of(obj)))
        sculpt.examine(obj, evaluator, values, None)
    except FlameError as error:
        return str(error)
    return None


def _mismatch(obj: bpy.types.Object, head: FLAME_PG_head, evaluator: FlameEvaluator) -> str | None:
    model = evaluator.model
    if len(mesh.mesh_of(obj).vertices) != model.n_vertices:
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
        f"{obj.name} has {len(mesh.mesh_of(obj).vertices)} vertices, its model {evaluator.model.n_vertices}: "
        "undo the edit, or add a new head."
    )
