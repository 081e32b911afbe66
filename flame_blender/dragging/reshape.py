"""Dragging a landmark empty of a live head reshapes the head: a small fit when the empty is let go.

Nothing runs while nothing is dragged. What is waiting is known by the names of the objects alone; undo and loading drop
it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import numpy as np

from .. import fitting
from ..blender_pointers import named, shown_scene, there
from ..errors import FlameError, ParameterError
from ..flame.params import FlameParams, padded
from ..head import landmarks, live, parameters
from ..head.frame import frame_of
from ..head.properties import YAW_SIGNS, flame_of, head_of
from ..keyframes.auto_keying import auto_key
from ..landmark_files.observed import ObservedLandmarks
from ..scene_fits.properties import EXPRESSION, fitted_of

MOVED = 1e-5  # metres: less is not dragged
NOISE = 1e-3  # metres, of the landmarks that stay
PULL = 100.0  # weight of a dragged landmark: ten times as sure
LOOK_AGAIN = 0.1  # seconds
VARY = {"IDENTITY": ("shape",), EXPRESSION: ("expression", "jaw")}

_dragged: dict[str, set[str]] = {}  # names of heads -> names of their empties under way


def follow(depsgraph: bpy.types.Depsgraph) -> None:
    """Note the landmark empties that the user is moving, and fit their heads once they are let go."""
    if not landmarks.user_is_moving_something():
        return
    dragged: list[Any] = [update.id for update in depsgraph.updates if _is_landmark(update.id)]
    for empty in dragged:
        _dragged.setdefault(empty.original.parent.name, set()).add(empty.original.name)
    if dragged and not bpy.app.timers.is_registered(_when_let_go):
        bpy.app.timers.register(_when_let_go, first_interval=LOOK_AGAIN)


def forget() -> None:
    """Drop what is waiting: after undo and loading the objects are others."""
    _dragged.clear()


def stop() -> None:
    """Nothing waits any more: the add-on is disabled."""
    forget()
    if bpy.app.timers.is_registered(_when_let_go):
        bpy.app.timers.unregister(_when_let_go)


def _is_landmark(found: bpy.types.ID | None) -> bool:
    if not isinstance(found, bpy.types.Object) or found.type != "EMPTY" or found.parent is None:
        return False
    head, original = head_of(found.parent), found.parent.original
    return head is not None and fitted_of(there(original, "an original")).reshape and not head.edit_landmarks


def _when_let_go() -> float | None:
    """A timer's call: nothing while the transform goes on, then one fit for each head."""
    if landmarks.user_is_moving_something():
        return LOOK_AGAIN
    waiting = {head: sorted(empties) for head, empties in _dragged.items()}
    forget()
    for head_name, empty_names in waiting.items():
        head = named(bpy.data.objects, head_name)
        if head is not None and head_of(head) is not None:
            _reshape_after_drag(head_name, empty_names)
    return None


def _reshape_after_drag(head_name: str, empty_names: list[str]) -> None:
    """Reshape the head whose empties were let go; nothing where the transform was called off."""
    if not _moved_rows(bpy.data.objects[head_name]):
        return
    places = {name: bpy.data.objects[name].location.copy() for name in empty_names if name in bpy.data.objects}

    def work() -> None:
        head = bpy.data.objects[head_name]  # undo has exchanged the objects
        for name, place in places.items():
            bpy.data.objects[name].location = place
        try:
            reshape(head)
            auto_key(shown_scene(), head, VARY[fitted_of(head).reshape_varies])
        except FlameError as error:
            _tell(str(error))
            live.refresh(head)

    _in_one_undo_step(work)


def _in_one_undo_step(work: Callable[[], None]) -> None:
    """The drag and what it does to the head become one step: the transform's own is taken back before the work."""
    manager = there(bpy.context.window_manager, "a window manager")
    with bpy.context.temp_override(window=manager.windows[0]):
        last = manager.operators
        if last and last[-1].bl_idname.startswith("TRANSFORM_OT") and bpy.ops.ed.undo.poll():  # type: ignore[call-arg]
            bpy.ops.ed.undo()
        work()
        bpy.ops.ed.undo_push(message="Reshape by Dragging")


def _tell(sentence: str) -> None:
    """In a menu at the pointer: no operator runs that could report it."""
    draw: Any = lambda menu, _context: menu.layout.label(text=sentence)  # noqa: E731  (what popup_menu wants)
    there(bpy.context.window_manager, "a window manager").popup_menu(draw, title="Reshape by Dragging", icon="ERROR")


def reshape(head: bpy.types.Object, varies: str | None = None) -> FlameParams:
    """Change the head so that its landmarks go where their empties were moved; the other landmarks stay if they can.

    ``varies`` is "IDENTITY" or "EXPRESSION" (with the jaw), by default the head's choice. Raises FlameError.
    """
    properties = parameters.require_head(head)
    evaluator = parameters.require_evaluator(properties)
    why = live.blocked(head)
    if why is not None:
        raise ParameterError(why)
    moved = _moved_rows(head)
    start = parameters.get_params(head)
    if not moved:
        return start
    embedding = landmarks.embedding_of(evaluator.model, properties.landmark_set)
    points = _on_the_face(head).astype(np.float64)
    weights = np.ones(len(points))
    for row, place in moved.items():
        points[row], weights[row] = place, PULL
    vary = VARY[varies or fitted_of(head).reshape_varies]
    fit = fitting.fit_landmarks_3d(
        evaluator,
        embedding,
        ObservedLandmarks(points, np.arange(len(points)), weights),
        noise=NOISE,
        vary=vary,
        start=start,
        yaw_sign=YAW_SIGNS[properties.yaw_sign],
    )
    own = parameters.get_own_params(head)
    fields: dict[str, Any] = {}
    for name in vary:  # what named controls add stays: the head's own take up the difference
        found, before = getattr(fit.params, name), getattr(start, name)
        fields[name] = getattr(own, name) + (padded(name, found, before.shape[-1]) - before)
    parameters.set_params(head, {**fields, parameters.CONTROLS: parameters.scores_of(properties)})
    if not properties.edit_landmarks:
        _put_on_the_face(head)
    return parameters.get_params(head)


def _on_the_face(head: bpy.types.Object) -> np.ndarray:
    """(L, 3) float32 where the head's landmarks are, FLAME's axes."""
    properties = flame_of(head)
    model = parameters.require_evaluator(properties).model
    embedding = landmarks.embedding_of(model, properties.landmark_set)
    vertices, params = parameters.evaluate(head), parameters.get_params(head)
    return landmarks.points_on(properties, model, embedding, vertices, params)


def _moved_rows(head: bpy.types.Object) -> dict[int, np.ndarray]:
    """Where empties stand (FLAME's axes) that are not on their landmark."""
    if not flame_of(head).landmarks:
        return {}
    places, frame = _on_the_face(head), frame_of(head)
    found = {}
    for row, empty in enumerate(landmarks.empties_of(head)):
        if empty is not None and row < len(places):
            at = frame.to_flame(np.array(empty.matrix_parent_inverse @ empty.location, np.float64))
            if np.linalg.norm(at - places[row]) > MOVED:
                found[row] = at
    return found


def _put_on_the_face(head: bpy.types.Object) -> None:
    evaluator, params = parameters.require_evaluator(flame_of(head)), parameters.get_params(head)
    landmarks.move_empties(
        head,
        evaluator.model,
        parameters.evaluate(head),
        global_rotation=params.global_rotation,
        neck=params.neck,
    )
