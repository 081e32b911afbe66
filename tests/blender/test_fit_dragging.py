"""A dragged landmark reshapes the head: it goes there, the rest of the face stays, and nothing runs while idle."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.dragging import reshape
from flame_blender.head import landmarks as head_landmarks

NOSE, CHIN, MOUTH = 30, 8, 48


@pytest.fixture
def marked(head, rng):
    """Somebody with landmark empties, standing somewhere."""
    api.set_params(head, shape=rng.normal(size=10) * 0.4, neck=(0.05, 0.1, 0), jaw=(0.05, 0, 0))
    head.location, head.rotation_euler, head.scale = (1, 2, 3), (0.2, 0.1, 0.4), (2, 2, 2)
    api.add_landmarks(head)
    bpy.context.view_layer.update()
    return head


def empties_at(head: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([item.empty.matrix_world.translation for item in head.flame.landmarks])


def drag(head: bpy.types.Object, row: int, by: tuple[float, float, float]) -> np.ndarray:
    """Move an empty by metres of the head's own, Blender's axes; where it then stands in the world."""
    empty = head.flame.landmarks[row].empty
    empty.location = [at + step for at, step in zip(empty.location, by, strict=True)]
    bpy.context.view_layer.update()
    return np.array(empty.matrix_world.translation)


@pytest.mark.parametrize(("varies", "row", "by"), [
    ("IDENTITY", NOSE, (0, -0.006, 0)), ("IDENTITY", CHIN, (0, 0, -0.005)), ("EXPRESSION", CHIN, (0, 0.004, -0.01)),
    ("EXPRESSION", MOUTH, (-0.004, 0, 0.003)),
])  # fmt: skip
def test_the_landmark_goes_where_it_was_dragged(marked, varies, row, by):
    before, params = empties_at(marked), api.get_params(marked)
    aim = drag(marked, row, by)
    after = api.reshape_to_landmarks(marked, varies)
    there = api.landmarks(marked, space="world")
    moved = np.linalg.norm(aim - before[row])
    assert np.linalg.norm(there[row] - aim) < 0.35 * moved, "the landmark did not follow"
    np.testing.assert_allclose(empties_at(marked), there, atol=1e-5)
    others = np.linalg.norm(there - before, axis=1)
    assert np.median(others) < 0.3 * moved, "the rest of the face left its place"
    changed = {name for name in ("shape", "expression", "jaw", "neck", "global_rotation", "translation")
               if not np.array_equal(getattr(params, name), getattr(after, name))}  # fmt: skip
    assert changed <= ({"shape"} if varies == "IDENTITY" else {"expression", "jaw"}) and changed


def test_offsets_and_everything_else_are_kept(marked):
    offsets = np.full((len(marked.data.vertices), 3), 0.001, np.float32)
    api.set_params(marked, offsets=offsets, eyelids=(0.1, 0.2))
    drag(marked, NOSE, (0, -0.004, 0))
    after = api.reshape_to_landmarks(marked)
    np.testing.assert_array_equal(after.offsets, offsets)
    np.testing.assert_allclose(after.eyelids, (0.1, 0.2))


def test_nothing_dragged_is_nothing_changed(marked):
    before = api.get_params(marked)
    assert (api.reshape_to_landmarks(marked).shape == before.shape).all()
    api.remove_landmarks(marked)
    assert (api.reshape_to_landmarks(marked).shape == before.shape).all()


def handled(empty: bpy.types.Object) -> None:
    """What Blender's handler hears of one move of the empty."""
    empty.location.x += 1e-4
    bpy.context.view_layer.update()


def test_only_a_drag_of_a_switched_head_waits(marked, monkeypatch):
    """Not the switch off, not a script's move, not another object, not one that was let go of: then no timer runs."""
    empty, other = marked.flame.landmarks[NOSE].empty, bpy.data.objects.new("other", None)
    bpy.context.collection.objects.link(other)
    for moving, switch, what in ((True, False, empty), (False, True, empty), (True, True, other)):
        monkeypatch.setattr(head_landmarks, "user_is_moving_something", lambda moving=moving: moving)
        marked.flame_fit.reshape = switch
        bpy.context.view_layer.update()
        handled(what)
        assert not reshape._dragged and not bpy.app.timers.is_registered(reshape._when_let_go)
    monkeypatch.setattr(head_landmarks, "user_is_moving_something", lambda: True)
    marked.flame.edit_landmarks = True
    bpy.context.view_layer.update()
    handled(empty)
    assert not reshape._dragged
    monkeypatch.setattr(head_landmarks, "user_is_moving_something", lambda: False)
    marked.flame.edit_landmarks = False
    bpy.context.view_layer.update()
    monkeypatch.setattr(head_landmarks, "user_is_moving_something", lambda: True)
    handled(empty)
    assert reshape._dragged == {marked.name: {empty.name}}
    assert bpy.app.timers.is_registered(reshape._when_let_go)
    assert reshape._when_let_go() == reshape.LOOK_AGAIN, "still dragged"
    reshape.stop()
    assert not reshape._dragged and not bpy.app.timers.is_registered(reshape._when_let_go)


def test_a_head_that_is_moved_with_its_landmarks_keeps_its_shape(marked, monkeypatch):
    """The empties come along and are listed as updated, but none of them left the face."""
    moving = [True]
    monkeypatch.setattr(head_landmarks, "user_is_moving_something", lambda: moving[0])
    monkeypatch.setattr(reshape, "_in_one_undo_step", lambda _work: pytest.fail("a fit ran"))
    marked.flame_fit.reshape = True
    bpy.context.view_layer.update()
    marked.location.x += 1
    bpy.context.view_layer.update()
    moving[0] = False
    assert reshape._when_let_go() is None
    reshape.stop()


def test_letting_go_reshapes_once(marked, monkeypatch):
    moving = [True]
    monkeypatch.setattr(head_landmarks, "user_is_moving_something", lambda: moving[0])
    steps = []
    monkeypatch.setattr(reshape, "_in_one_undo_step", lambda work: (steps.append(1), work()))
    marked.flame_fit.reshape = True
    before = api.get_params(marked).shape
    aim = drag(marked, NOSE, (0, -0.006, 0))
    assert (api.get_params(marked).shape == before).all(), "the head waits until it is let go"
    moving[0] = False
    assert reshape._when_let_go() is None and len(steps) == 1
    assert (api.get_params(marked).shape != before).any()
    assert np.linalg.norm(api.landmarks(marked, space="world")[NOSE] - aim) < 0.006
    assert reshape._when_let_go() is None and len(steps) == 1
    reshape.stop()
