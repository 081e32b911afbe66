"""With Auto Keying on, what a button sets is keyed at the current frame, by Blender's own switches; off, nothing is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.dragging import reshape
from flame_blender.flame.clipboard import params_to_text
from flame_blender.keyframes import animation
from tests.blender.conftest import expression_of, random_fields

pytestmark = pytest.mark.every_version  # actions, slots and keying sets
FRAME = 13
POSE = ("global_rotation", "neck", "jaw", "left_eye", "right_eye", "translation")


@pytest.fixture
def person(head):
    """A head of either kind, active, at a frame of its own."""
    bpy.context.view_layer.objects.active = head
    bpy.context.scene.frame_set(FRAME)
    return head


@pytest.fixture(autouse=True)
def switches():
    """Blender's preferences outlive a file: as they were, afterwards."""
    edit = bpy.context.preferences.edit
    names = ("use_auto_keyframe_insert_needed", "use_keyframe_insert_available")
    before = [getattr(edit, name) for name in names]
    for name in names:
        setattr(edit, name, False)
    yield
    for name, value in zip(names, before, strict=True):
        setattr(edit, name, value)


def keys(obj: bpy.types.Object) -> dict[tuple[str, int], list[tuple[float, float]]]:
    """All keys of an object by channel: frames and values."""
    return {
        (curve.data_path, curve.array_index): [tuple(key.co) for key in curve.keyframe_points]
        for curve in animation.curves_of(obj) or ()
    }


def channels_of(obj: bpy.types.Object, *fields: str) -> dict[tuple[str, int], float]:
    """Channels of fields of parameters, as written down in docs/decisions.md, with their present values."""
    expression = "movements" if api.model(obj).controls is not None else "expression"
    channels: dict[tuple[str, int], float] = {}
    for field in fields:
        if field in POSE:
            channels |= {(f"flame.{field}", axis): value for axis, value in enumerate(getattr(obj.flame, field))}
        else:
            name = expression if field == "expression" else field
            items = expression_of(obj) if field == "expression" else getattr(obj.flame, field)
            channels |= {(f"flame.{name}[{row}].value", 0): item.value for row, item in enumerate(items)}
    return channels


def preset(_obj) -> tuple[str, ...]:
    bpy.ops.flame.apply_preset(preset="Smile")
    return ("controls",)


def randomise(_obj) -> tuple[str, ...]:
    bpy.ops.flame.randomise_params(seed=4, expression=True)
    return ("shape", "expression")


def reset(_obj) -> tuple[str, ...]:
    bpy.ops.flame.reset_params(identity=False)
    return ("expression", *POSE)


def paste(obj) -> tuple[str, ...]:
    params = api.get_params(obj)
    bpy.ops.flame.paste_params(text=params_to_text(params, "any"))
    return ("shape", "expression", *POSE)


def drag(obj) -> tuple[str, ...]:
    """What the timer does when a landmark was let go."""
    api.add_landmarks(obj)
    obj.flame_fit.reshape_varies = "EXPRESSION"
    empty = obj.flame.landmarks[57].empty
    empty.location.z -= 0.004
    reshape._reshape_after_drag(obj.name, [empty.name])
    return ("expression", "jaw")


def mirror(_obj) -> tuple[str, ...]:
    bpy.ops.flame.mirror_face()
    return ("expression", "jaw", "left_eye", "right_eye")


def blend(_obj) -> tuple[str, ...]:
    bpy.ops.flame.blend_face(face="Smile", strength=0.5)
    return ("controls",)


def fit(obj) -> tuple[str, ...]:
    """To a copy of itself, a mesh in the model's topology."""
    copy = bpy.data.objects.new("scan", obj.data.copy())
    bpy.context.scene.collection.objects.link(copy)
    settings = bpy.context.scene.flame_fit
    settings.scan, settings.new_head = copy, False
    bpy.context.view_layer.objects.active = obj
    assert bpy.ops.flame.fit_mesh() == {"FINISHED"}
    return ("shape", "expression", *POSE)


ACTIONS = (preset, randomise, reset, paste, drag, mirror, blend, fit)


def can(action: Callable, obj: bpy.types.Object) -> bool:
    """A preset of a model without named controls would compute them first."""
    return action not in (preset, blend) or api.missing_controls(obj) is None


@pytest.fixture
def without_windows(monkeypatch):
    """A drag ends in the window manager's undo, of which there is none here."""
    monkeypatch.setattr(reshape, "_in_one_undo_step", lambda work: work())


@pytest.mark.parametrize("action", ACTIONS)
def test_what_is_set_is_keyed_where_auto_keying_is_on(person, action, rng, without_windows):
    if not can(action, person):
        return
    api.set_params(person, **random_fields(person, rng))
    action(person)
    assert not keys(person), "Auto Keying is off"
    bpy.context.scene.tool_settings.use_keyframe_insert_auto = True
    wanted = channels_of(person, *action(person))
    found = keys(person)
    assert found.keys() == wanted.keys()
    for channel, value in wanted.items():
        assert found[channel] == [(FRAME, pytest.approx(value, abs=1e-7))]


# what of api changes values that have channels, of what buttons call; offsets have none
SETTING = {
    "applying_preset", "apply_preset", "begin_face_blend", "blending_face", "fitting_head", "fitting_texture",
    "mirror_face", "paste_params", "randomise", "reset_params", "set_arkit", "set_texture",
}  # fmt: skip


@pytest.mark.oldest
def test_every_button_that_sets_values_asks_for_keys():
    """All of the table above and what it cannot show: skins, and fits of every kind."""
    files = sorted((Path(api.__file__).parents[1] / "operators").glob("*.py"))
    called = {file.name: set(re.findall(r"\bapi\.(\w+)", file.read_text(encoding="utf-8"))) for file in files}
    setting = {name for name, functions in called.items() if functions & SETTING}
    assert len(setting) >= 9
    assert {name for name in setting if "auto_key" not in called[name]} == set()


def test_two_faces_at_two_frames_are_two_faces(built_in_head):
    """A movement that only the second has is at rest at the first: all that a preset sets is keyed."""
    bpy.context.view_layer.objects.active = built_in_head
    scene = bpy.context.scene
    scene.tool_settings.use_keyframe_insert_auto = True
    shown = {}
    for frame, name in ((1, "Smile"), (10, "Rage")):
        scene.frame_set(frame)
        bpy.ops.flame.apply_preset(preset=name)
        shown[frame] = api.get_params(built_in_head).expression
    assert not np.allclose(shown[1], shown[10])
    for frame, expression in shown.items():
        scene.frame_set(frame)
        np.testing.assert_allclose(api.get_params(built_in_head).expression, expression, atol=1e-6)


def test_insert_keys_of_a_preset_needs_no_auto_keying(built_in_head):
    bpy.context.view_layer.objects.active = built_in_head
    bpy.ops.flame.apply_preset(preset="Smile", key=True)
    assert keys(built_in_head).keys() == channels_of(built_in_head, "controls").keys()


def test_only_available_channels(person):
    person.keyframe_insert("flame.jaw", index=0, frame=1)
    bpy.context.scene.tool_settings.use_keyframe_insert_auto = True
    bpy.context.preferences.edit.use_keyframe_insert_available = True
    bpy.ops.flame.reset_params()
    assert {channel: len(found) for channel, found in keys(person).items()} == {("flame.jaw", 0): 2}


def test_only_needed_keys(person):
    for frame, angle in ((1, 0.0), (30, 0.0)):
        person.flame.jaw = person.flame.neck = (angle, 0, 0)
        person.keyframe_insert("flame.jaw", frame=frame)
    person.keyframe_insert("flame.neck", frame=1)
    person.flame.neck[1] = 0.3
    bpy.context.scene.tool_settings.use_keyframe_insert_auto = True
    bpy.context.preferences.edit.use_auto_keyframe_insert_needed = True
    bpy.ops.flame.paste_params(text=params_to_text(api.get_params(person), "any"))
    found = keys(person)
    assert [len(found["flame.jaw", axis]) for axis in range(3)] == [2, 2, 2]
    assert [len(found["flame.neck", axis]) for axis in range(3)] == [1, 2, 1]


def test_replacing_keys_adds_none(person):
    for name in ("jaw", "neck"):
        person.keyframe_insert(f"flame.{name}", frame=FRAME if name == "jaw" else FRAME + 1)
    tools = bpy.context.scene.tool_settings
    tools.use_keyframe_insert_auto, tools.auto_keying_mode = True, "REPLACE_KEYS"
    person.flame.jaw = person.flame.neck = (0.2, 0, 0)
    bpy.ops.flame.paste_params(text=params_to_text(api.get_params(person), "any"))
    found = keys(person)
    assert len(found) == 6 and found["flame.jaw", 0] == [(FRAME, pytest.approx(0.2))]
    assert found["flame.neck", 0] == [(FRAME + 1, 0.0)]


def test_only_the_active_keying_set(person):
    scene = bpy.context.scene
    chosen = scene.keying_sets.new(idname="face", name="face")
    path = "flame.shape[2].value"
    chosen.paths.add(person, path)
    chosen.paths.add(person, "flame.jaw").use_entire_array = True
    chosen.paths.add(api.add_head(name="Other"), "flame.neck")
    scene.tool_settings.use_keyframe_insert_auto = scene.tool_settings.use_keyframe_insert_keyingset = True
    bpy.context.view_layer.objects.active = person
    bpy.ops.flame.reset_params()
    assert keys(person).keys() == {(path, 0), *(("flame.jaw", axis) for axis in range(3))}


def test_of_blenders_own_keying_sets_only_available_holds_something(person):
    scene = bpy.context.scene
    person.keyframe_insert("flame.neck", frame=1)
    scene.tool_settings.use_keyframe_insert_auto = scene.tool_settings.use_keyframe_insert_keyingset = True
    for name, count in (("Location", 1), ("Available", 2)):
        scene.keying_sets_all.active = next(each for each in scene.keying_sets_all if each.bl_idname == name)
        bpy.ops.flame.reset_params()
        assert {channel: len(found) for channel, found in keys(person).items()} == {
            ("flame.neck", axis): count for axis in range(3)
        }


def test_a_driven_channel_is_not_keyed(person):
    person.driver_add("flame.neck", 1)
    bpy.context.scene.tool_settings.use_keyframe_insert_auto = True
    bpy.ops.flame.reset_params(identity=False, expression=False)
    assert keys(person).keys() == channels_of(person, *POSE).keys() - {("flame.neck", 1)}


def test_each_click_on_randomise_draws_another_person(person):
    """A given seed gives the person that the api draws from it, and is not kept for the next click."""
    shapes = []
    for _ in range(4):
        bpy.ops.flame.randomise_params()
        shapes.append(api.get_params(person).shape)
        bpy.ops.flame.randomise_params(seed=5)
    assert len({shape.tobytes() for shape in shapes}) > 1
    given = api.get_params(person).shape
    api.randomise(person, 5)
    np.testing.assert_array_equal(api.get_params(person).shape, given)
