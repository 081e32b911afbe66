"""A face board made, brought up to date with its head, and removed without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy
from mathutils import Matrix

from ..blender_pointers import there
from ..errors import ParameterError
from ..flame.controls import Controls
from ..head import live, parameters
from ..head.frame import frame_of
from . import bones, drivers, keys, places, shapes, values
from .found import PROPERTY, board_of, heads_of
from .measures import Measures, measured

TAKEN = (parameters.CONTROLS, *drivers.FIELDS, drivers.TRANSLATION)


def make(head: bpy.types.Object) -> bpy.types.Object:
    """The board of a head that has named controls: a new one, or its own, put where the head's joints are by now.

    The head goes on showing what it shows, and keys of what the board drives become keys of its bones. Raises
    ParameterError before anything is made.
    """
    group = parameters.require_head(head)
    evaluator = parameters.require_evaluator(group)
    parameters.require_own(head)
    if head.override_library is not None:
        raise ParameterError(f"{head.name} is an override of another file's head: make its face board there.")
    controls = evaluator.model.controls
    if controls is None or evaluator.model.n_joints <= max(bones.JOINT_OF.values()) + 2:
        raise ParameterError(f"{head.name}: expected a model with named controls and FLAME's joints, found another.")
    other = drivers.driven_by_others(head, group)
    if other is not None:
        raise ParameterError(f"{head.name}: {other} has a driver of its own; remove it, and make the face board then.")
    layer: Any = there(bpy.context.view_layer, "a view layer")
    layer.update()  # what is shown is what its properties say
    for obj in (head, board_of(head) or head):
        if obj.name not in layer.objects:
            raise ParameterError(f"{obj.name} is not in this view layer: show its collection there first.")
    measures = measured(head, evaluator, (places.LEFT, places.RIGHT, places.TOP, places.BOTTOM))
    board = board_of(head)
    if board is not None:
        _fit(board, head, measures, controls)
    else:
        board = _new_armature(head)
        try:
            _fit(board, head, measures, controls)
        except BaseException:
            _delete(board)
            raise
        drivers.release(head)
        values.take(head, board, TAKEN)
        keys.take_keys(head, board)
        drivers.drive_head(head, group, board, measures.unit)
        _put_targets_ahead(board)
    board.update_tag()
    head.update_tag()
    layer.update()
    live.refresh(head)
    return board


def _fit(board: bpy.types.Object, head: bpy.types.Object, measures: Measures, controls: Controls) -> None:
    """Give a board its bones where the head has its joints, shapes, constraints and drivers of its own."""
    worn = _shapes_of(board)
    board[PROPERTY] = measures.unit
    _stand(board, head, measures)
    with _edited(board):
        bones.put_bones(board.data, measures)
    bones.dress(board, measures)
    _remove_shapes(worn)
    drivers.drive_board(board, drivers.gaze_amplitudes(controls.names, controls.table))


def _put_targets_ahead(board: bpy.types.Object) -> None:
    """Put the eyes' targets where they look to if nothing turns them in the head, so that this changes nothing."""
    there(bpy.context.view_layer, "a view layer").update()
    posed = values.bones_of(board)
    neck, eyes = posed[bones.NECK_RING], posed[bones.EYES]
    eyes.matrix = neck.matrix @ neck.bone.matrix_local.inverted() @ eyes.bone.matrix_local
    eyes.location -= posed[bones.ROOT].location  # which a constraint adds


def remove(head: bpy.types.Object) -> None:
    """Take the board off a head, which keeps what it shows; delete it with all that came with it where nobody uses it.

    Raises ParameterError for a head without a board.
    """
    board = board_of(head)
    there(bpy.context.view_layer, "a view layer").update()
    if not drivers.release(head):
        raise ParameterError(f"{head.name} has no face board.")
    head.update_tag()
    if board is not None:
        discard(board)


def discard(board: bpy.types.Object) -> None:
    """Delete a board that drives no head any more."""
    if not heads_of(board) and board.library is None:
        _delete(board)


def _delete(board: bpy.types.Object) -> None:
    data: Any = board.animation_data
    actions = (
        [] if data is None else [data.action, *(strip.action for track in data.nla_tracks for strip in track.strips)]
    )
    worn, armature = _shapes_of(board), board.data
    if board.mode != "OBJECT" and board == there(bpy.context.view_layer, "a view layer").objects.active:
        bpy.ops.object.mode_set(mode="OBJECT")
    bpy.data.objects.remove(board)
    if armature is not None and not armature.users:
        bpy.data.armatures.remove(armature)  # type: ignore[arg-type]
    for action in {each for each in actions if each is not None}:
        if not action.users:
            bpy.data.actions.remove(action)
    _remove_shapes(worn)


def _new_armature(head: bpy.types.Object) -> bpy.types.Object:
    armature = bpy.data.armatures.new(f"{head.name} Board")
    board: Any = bpy.data.objects.new(armature.name, armature)
    for collection in head.users_collection:
        collection.objects.link(board)
    board.parent = head
    board.show_in_front = True
    board.lock_location = board.lock_rotation = board.lock_scale = (True,) * 3
    return board


def _stand(board: bpy.types.Object, head: bpy.types.Object, measures: Measures) -> None:
    """Put the armature where the head has FLAME's origin, its unit as large as one of the board."""
    board.matrix_parent_inverse = Matrix()
    board.matrix_basis = Matrix(frame_of(head).matrix.tolist()) @ Matrix.Scale(measures.unit, 4)


@contextmanager
def _edited(board: bpy.types.Object) -> Iterator[None]:
    """The armature in Edit Mode, which alone takes new bones; the mode and the active object of before afterwards."""
    layer: Any = there(bpy.context.view_layer, "a view layer")
    layer.update()
    before = layer.objects.active
    mode: Any = before.mode if before is not None else "OBJECT"
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    hidden, board.hide_viewport = board.hide_viewport, False
    layer.objects.active = board
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        yield
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")
        board.hide_viewport = hidden
        layer.objects.active = before
        if mode != "OBJECT":
            bpy.ops.object.mode_set(mode=mode)


def _shapes_of(board: bpy.types.Object) -> set[bpy.types.Object]:
    posed = () if board.pose is None else values.bones_of(board)
    return {bone.custom_shape for bone in posed if bone.custom_shape is not None}


def _remove_shapes(worn: set[bpy.types.Object]) -> None:
    """Remove the board's own shapes that nothing wears any more."""
    for shape in worn:
        if not shape.users and shape.name.startswith(shapes.NAME):
            mesh: Any = shape.data
            bpy.data.objects.remove(shape)
            if not mesh.users:
                bpy.data.meshes.remove(mesh)
