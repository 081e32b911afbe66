"""A face board: each knob moves what it names, what is asked is shown, keys go there and back, and nothing is left."""

from __future__ import annotations

import math
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from mathutils import Quaternion, Vector

from flame_blender import api
from flame_blender.api import conversion
from flame_blender.errors import ParameterError
from flame_blender.face_board import converted_heads, places
from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.geometry.axes import to_blender, to_flame
from flame_blender.head.frame import frame_of
from tests.blender.boards import FIELDS, bones, in_file, random_scores, scores_of, shown, update


@pytest.fixture
def board(named_head):
    return api.make_board(named_head)


def test_every_score_has_one_place():
    """And one more for both sides where there are two; nothing else has any."""
    own = [name for knob in places.KNOBS if not knob.both for names in knob.moves.values() for name in names]
    assert sorted(own) == sorted(ARKIT_NAMES)
    both = [name for knob in places.KNOBS if knob.both for names in knob.moves.values() for name in names]
    assert len(both) == len(set(both))
    assert set(both) == {name for name in ARKIT_NAMES if places.OWN[name].bone.endswith((".L", ".R"))}
    for knob in places.KNOBS:
        other = next(each for each in places.KNOBS if each.bone == places.mirrored(knob.bone))
        if other is not knob:
            assert other.place == (-knob.place[0], knob.place[1])
            assert other.limits(0) == tuple(-end for end in reversed(knob.limits(0)))
            assert other.limits(1) == knob.limits(1)


def test_knobs_lie_apart():
    """Their ways and what they are called, within the frame."""
    boxes = []
    for knob in places.KNOBS:
        (x, y), across, up = knob.place, knob.limits(0), knob.limits(1)
        boxes.append((x + across[0] - 0.3, x + across[1] + 0.3, y + up[0] - 0.3, y + up[1] + 0.3))
    for number, (left, right, low, high) in enumerate(boxes):
        assert left > places.LEFT and right < places.RIGHT and low > places.BOTTOM and high < places.TOP
        for one, two, three, four in boxes[:number]:
            assert right <= one or two <= left or high <= three or four <= low, places.KNOBS[number]


def test_a_knob_moves_what_it_names_and_nothing_else(named_head, board):
    """As the score alone does, vertex for vertex, on a head without a board."""
    other = api.add_head(named_head.flame.model_name)
    for name in ("browOuterUpLeft", "mouthFrownRight", "eyeLookInRight", "jawOpen", "mouthDimpleLeft", "tongueOut"):
        way = places.OWN[name]
        bones(board)[way.bone].location[way.axis] = 0.75 * way.sign
        api.set_arkit(other, {name: 0.75})
        assert scores_of(named_head) == pytest.approx(scores_of(other), abs=1e-6)
        np.testing.assert_allclose(shown(named_head), shown(other), atol=1e-6)
        bones(board)[way.bone].location[way.axis] = 0.0


def test_all_knobs(named_head, board):
    """Each alone moves its scores, by as much, and not beyond what they can be."""
    for knob in places.KNOBS:
        for (axis, sign), names in knob.moves.items():
            for amount, told in ((0.25, 0.25), (1.0, 1.0), (1.5, 1.0)):
                bones(board)[knob.bone].location[axis] = sign * amount
                wanted = [told if name in names else 0.0 for name in ARKIT_NAMES]
                assert scores_of(named_head) == pytest.approx(wanted, abs=1e-6), knob.bone
            bones(board)[knob.bone].location[axis] = 0.0


def test_sides_and_both_add_up(named_head, board):
    bones(board)["lid"].location.y, bones(board)["lid.L"].location.y = -0.5, -0.25
    bones(board)["corner"].location.x, bones(board)["corner.R"].location.x = 0.5, 0.25
    assert scores_of(named_head)[[ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight")]] == (
        pytest.approx([0.75, 0.5])
    )
    found = dict(zip(ARKIT_NAMES, scores_of(named_head), strict=True))
    assert (found["mouthStretchLeft"], found["mouthStretchRight"]) == pytest.approx((0.5, 0.25))
    bones(board)["lid.L"].location.y = -1.0
    assert dict(zip(ARKIT_NAMES, scores_of(named_head), strict=True))["eyeBlinkLeft"] == pytest.approx(1.0)


def test_handles_on_the_face(named_head, board):
    """Each adds to its knob, lies before its landmark, turns with the head, and takes no part once scores are set."""
    points = to_blender(api.landmarks(named_head))
    for handle, row in (("on_corner.L", 54), ("on_corner.R", 48), ("on_brow.L", 24)):
        at = np.array(board.matrix_world @ bones(board)[handle].matrix.translation)
        assert np.linalg.norm(at - points[row]) < 0.006
    assert not board.data.collections["Face"].is_visible
    for handle, knob in places.HANDLES.items():
        for (bone, axis), names in places.pairs().items():
            if bone != knob:
                continue
            way = 1.0 if names[0] is not None else -1.0
            name = names[0] if names[0] is not None else names[1]
            bones(board)[handle].location[axis], bones(board)[knob].location[axis] = 0.5 * way, 0.25 * way
            assert dict(zip(ARKIT_NAMES, scores_of(named_head), strict=True))[name] == pytest.approx(0.75)
    api.set_arkit(named_head, {"jawOpen": 0.4})
    assert scores_of(named_head) == pytest.approx([0.4 * (name == "jawOpen") for name in ARKIT_NAMES], abs=1e-6)
    assert not any(any(bones(board)[handle].location) for handle in places.HANDLES)


@pytest.mark.every_version
def test_a_board_changes_nothing_and_leaves_nothing(named_head, rng):
    """Made and removed on a head that shows something; what is beyond a knob's way is kept beside it."""
    api.set_arkit(named_head, random_scores(rng, -0.5, 1.5))
    api.set_params(named_head, neck=(0.2, -0.4, 0.1), global_rotation=(1.8, 0.3, -0.6), translation=(0.1, 0.2, -0.3))
    api.set_params(named_head, left_eye=(0.1, 0.05, 0))
    api.set_arkit(named_head, wanted := random_scores(rng, -0.5, 1.5))
    before, vertices = in_file(), shown(named_head)
    values = [list(getattr(named_head.flame, field)) for field in FIELDS]
    for _ in range(2):
        board = api.make_board(named_head)
        assert api.board_of(named_head) == board
        assert scores_of(named_head) == pytest.approx(list(wanted.values()), abs=2e-6)
        np.testing.assert_allclose([getattr(named_head.flame, field) for field in FIELDS], values, atol=1e-5)
        np.testing.assert_allclose(shown(named_head), vertices, atol=1e-5)
        assert api.make_board(named_head) == board, "a second board"
        api.remove_board(named_head)
        assert scores_of(named_head) == pytest.approx(list(wanted.values()), abs=2e-6)
        assert in_file() == before and named_head.animation_data is None
    with pytest.raises(ParameterError, match="no face board"):
        api.remove_board(named_head)


@pytest.mark.every_version
def test_what_is_asked_is_shown(named_head, board, rng):
    for low, high in ((0.0, 1.0), (-0.5, 1.5)):
        wanted = random_scores(rng, low, high)
        api.set_arkit(named_head, wanted)
        assert scores_of(named_head) == pytest.approx(list(wanted.values()), abs=2e-6)
    vectors = rng.normal(size=(3, 3)) * 0.4
    api.set_params(named_head, neck=vectors[0], global_rotation=vectors[1] * 3, jaw=vectors[2], translation=vectors[2])
    update()
    wanted_of = {"neck": vectors[0], "global_rotation": 3 * vectors[1], "jaw": vectors[2], "translation": vectors[2]}
    for field, vector in wanted_of.items():
        np.testing.assert_allclose(getattr(named_head.flame, field), vector, atol=2e-5)


@pytest.mark.every_version
def test_without_scripts(named_head, board, tmp_path):
    """No driver has an expression, and a file opened without scripts follows the knobs."""
    for owner in (named_head, board):
        for curve in owner.animation_data.drivers:
            assert curve.is_valid and curve.driver.is_valid and curve.driver.type == "SUM", curve.data_path
            assert {each.type for each in curve.driver.variables} <= {"SINGLE_PROP", "TRANSFORMS"}
    name, called = named_head.name, board.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "board.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "board.blend"), use_scripts=False)
    obj, armature = bpy.data.objects[name], bpy.data.objects[called]
    assert api.board_of(obj) == armature
    bones(armature)["lid"].location.y = -0.5
    assert dict(zip(ARKIT_NAMES, scores_of(obj), strict=True))["eyeBlinkRight"] == pytest.approx(0.5)


def turn(vector: np.ndarray) -> Quaternion:
    """Blender's own, of a rotation vector."""
    return Quaternion(Vector(vector), float(np.linalg.norm(vector)))


def looks(obj, side: str) -> np.ndarray:
    """(3,) where an eye looks, in Blender's world: by the layer's own rotations of what the head shows."""
    params = api.get_params(obj)
    field = {"L": "left_eye", "R": "right_eye"}[side]
    turned = turn(params.global_rotation) @ turn(params.neck) @ turn(getattr(params, field))
    direction = frame_of(obj).directions_to_object(np.array(turned @ Vector((0.0, 0.0, 1.0))))
    return np.array(obj.matrix_world.to_3x3()) @ direction


def eye_place(obj, side: str) -> np.ndarray:
    """(3,) an eye's joint in the world: that of the head's identity, turned with neck and head."""
    params = api.get_params(obj)
    joints = rest_joints(obj)
    root, neck, eye = joints[0], joints[1], joints[{"L": 3, "R": 4}[side]]
    eye = np.array(turn(params.neck) @ Vector(eye - neck)) + neck
    eye = np.array(turn(params.global_rotation) @ Vector(eye - root)) + root + params.translation
    return np.array(obj.matrix_world @ Vector(frame_of(obj).to_object(eye)))


def rest_joints(obj) -> np.ndarray:
    model = api.model(obj)
    shape = np.array([item.value for item in obj.flame.shape])
    rest = model.v_template + model.shapedirs[:, :, : model.n_identity] @ shape
    return model.joint_regressor @ rest


def off_target(obj, board, side: str, target: str) -> float:
    """Degrees between where an eye looks and a bone."""
    at = np.array(board.matrix_world @ bones(board)[target].matrix.translation)
    wanted, found = at - eye_place(obj, side), looks(obj, side)
    wanted, found = wanted / np.linalg.norm(wanted), found / np.linalg.norm(found)
    return math.degrees(math.asin(min(np.linalg.norm(np.cross(wanted, found)), 1.0)))


@pytest.fixture
def somebody(named_head, rng):
    """A head of its own, somewhere in the scene, turned and larger, whose transforms were partly applied."""
    api.set_params(named_head, shape=rng.normal(size=8))
    named_head.location, named_head.rotation_euler, named_head.scale = (1, 2, 3), (0.3, -0.5, 1.0), (2, 2, 2)
    update()
    return named_head


def test_eyes_look_at_their_targets(somebody, rng):
    """To a tenth of a degree, however the head is turned, near and far, each at its own or both at one point."""
    board = api.make_board(somebody)
    eyes = bones(board)["eyes"]
    worst = 0.0
    for number in range(12):
        bones(board)["neck"].rotation_euler = rng.uniform(-0.2, 0.2, 3)
        bones(board)["root"].location = rng.uniform(-3, 3, 3)
        eyes.location = rng.uniform(-1, 1, 3) * (10, 8, 15)
        eyes["converge"] = float(number % 2)
        board.update_tag()
        update()
        for side in "LR":
            worst = max(worst, off_target(somebody, board, side, "eyes" if number % 2 else f"eye_target.{side}"))
    assert worst < 0.1, worst


def test_the_gaze_has_limits_and_takes_the_lids_along(built_in_head):
    """As the named controls have it: 30 degrees to the sides and down, 25 up. Follow lets go of the targets."""
    board = api.make_board(built_in_head)
    rest = shown(built_in_head)
    eyes = bones(board)["eyes"]
    eyes.location = (0, 4, -35)  # before the nose, and up
    eyes["converge"] = 1.0
    board.update_tag()
    found = dict(zip(ARKIT_NAMES, scores_of(built_in_head), strict=True))
    assert found["eyeLookInLeft"] == pytest.approx(found["eyeLookInRight"]) and found["eyeLookInLeft"] > 0.5
    eyes.location = (200, -200, 0)
    found = dict(zip(ARKIT_NAMES, scores_of(built_in_head), strict=True))
    assert (found["eyeLookOutLeft"], found["eyeLookInRight"], found["eyeLookDownLeft"]) == pytest.approx((1, 1, 1))
    lids = np.abs(shown(built_in_head) - rest).max(1)[api.model(built_in_head).regions["left_eye_region"]]
    assert lids.max() > 0.002
    eyes["follow"] = 0.0
    board.update_tag()
    assert not scores_of(built_in_head).any()


def test_presets_keep_the_eyes_on_their_targets(named_head, board):
    """Where nothing is asked of the eyes; else they let go, and show what is asked."""
    bones(board)["eyes"].location = (12, 0, 0)
    update()
    looking = dict(zip(ARKIT_NAMES, scores_of(named_head), strict=True))["eyeLookOutLeft"]
    api.apply_preset(named_head, "Smile")
    found = dict(zip(ARKIT_NAMES, scores_of(named_head), strict=True))
    assert found["eyeLookOutLeft"] == pytest.approx(looking) and found["mouthSmileLeft"] > 0.2
    api.set_arkit(named_head, {"eyeLookUpLeft": 0.5})
    assert scores_of(named_head) == pytest.approx([0.5 * (name == "eyeLookUpLeft") for name in ARKIT_NAMES], abs=1e-6)


@pytest.mark.every_version
def test_copies(built_in_head, tmp_path):
    """Both copied: each follows its own board. The head alone: it follows the same one, until it is freed of it."""
    board = api.make_board(built_in_head)
    for chosen in ((built_in_head, board), (built_in_head,)):
        bpy.ops.object.select_all(action="DESELECT")
        for obj in chosen:
            obj.select_set(True)
        bpy.ops.object.duplicate()
        [copied] = [obj for obj in bpy.context.selected_objects if obj.type == "MESH"]
        own = api.board_of(copied)
        assert (own == board) == (len(chosen) == 1)
        bones(own)["puff"].location.y = 0.5
        update()
        assert api.get_arkit(copied)["cheekPuff"] == pytest.approx(0.5)
        assert (api.get_arkit(built_in_head)["cheekPuff"] > 0) == (own == board)
    api.remove_board(copied)
    assert api.board_of(built_in_head) == board
    api.remove_board(built_in_head)
    assert len(bpy.data.armatures) == 1, "the first copy's"


@pytest.mark.every_version
def test_appended_and_linked(built_in_head, tmp_path):
    api.make_board(built_in_head)
    name, path = built_in_head.name, str(tmp_path / "heads.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    for link in (False, True):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        with bpy.data.libraries.load(path, link=link) as (_there, wanted):
            wanted.objects = [name]
        [obj] = wanted.objects
        bpy.context.collection.objects.link(obj)
        board = api.board_of(obj)
        assert board is not None and bones(board)["lid"].custom_shape is not None
        if link:
            with pytest.raises(ParameterError, match="another file"):
                api.make_board(obj)
            continue
        bpy.context.collection.objects.link(board)
        bones(board)["puff"].location.y = 0.5
        update()
        assert api.get_arkit(obj)["cheekPuff"] == pytest.approx(0.5)


def test_a_deleted_board(built_in_head):
    """Its drivers tell nothing any more; the head can be rid of them, or have a new board."""
    for remove in (True, False):
        board = api.make_board(built_in_head)
        bones(board)["puff"].location.y = 0.5
        update()
        bpy.data.objects.remove(board)
        update()
        assert api.board_of(built_in_head) is None
        if remove:
            api.remove_board(built_in_head)
            assert built_in_head.animation_data is None
        else:
            assert api.make_board(built_in_head) is not None
            api.set_arkit(built_in_head, {"cheekPuff": 0.5})
            assert dict(zip(ARKIT_NAMES, scores_of(built_in_head), strict=True))["cheekPuff"] == pytest.approx(0.5)


def test_fitted_to_another_shape(named_head, board, rng):
    """Its joints move with the identity; pressed again the board follows, and knobs stay as they are."""
    bones(board)["lid"].location.y = -0.5
    api.set_params(named_head, shape=rng.normal(size=8) * 2)
    assert api.make_board(named_head) == board
    update()
    at = to_flame(np.array(board.matrix_world @ bones(board)["eye.L"].matrix.translation)[None].astype(np.float64))[0]
    np.testing.assert_allclose(at, rest_joints(named_head)[3], atol=1e-4)
    assert dict(zip(ARKIT_NAMES, scores_of(named_head), strict=True))["eyeBlinkLeft"] == pytest.approx(0.5)
    assert len([each for each in bpy.data.meshes if each.name.startswith("FLAME Board")]) == 8


def test_refused(built_in_head):
    """Before anything is made."""
    built_in_head.driver_add("flame.neck", 0)
    before = in_file()
    with pytest.raises(ParameterError, match=r"flame\.neck has a driver of its own"):
        api.make_board(built_in_head)
    assert in_file() == before
    built_in_head.driver_remove("flame.neck", 0)
    bpy.context.scene.collection.objects.unlink(built_in_head)
    with pytest.raises(ParameterError, match="not in this view layer"):
        api.make_board(built_in_head)
    assert in_file() == before


def test_operators(named_head):
    """Made in Pose Mode, baked and removed from there."""
    bpy.context.view_layer.objects.active = named_head
    named_head.select_set(True)
    assert bpy.ops.flame.make_board() == {"FINISHED"}
    assert bpy.context.mode == "POSE" and bpy.context.object == api.board_of(named_head)
    assert bpy.ops.flame.make_board() == {"FINISHED"}
    bpy.context.scene.frame_end = 3
    assert bpy.ops.flame.bake_board() == {"FINISHED"}
    assert bpy.context.mode == "OBJECT" and bpy.context.object == named_head
    assert not bpy.ops.flame.bake_board.poll()
    assert bpy.ops.flame.make_board() == {"FINISHED"}
    assert bpy.ops.flame.remove_board() == {"FINISHED"}
    assert bpy.context.object == named_head and api.board_of(named_head) is None


def test_converted(built_in_head, monkeypatch):
    """What a board keys is converted, from its first key to its last; it is hidden with its head, or goes with it.

    A head that takes the place of one with a board gets a board. The conversion itself is another matter, and slow.
    """
    asked = []

    def converting_head(_scene, _obj, _target, options):
        yield 1.0
        asked.append(options.frames)
        return SimpleNamespace(head=api.add_head(api.BUILT_IN))

    monkeypatch.setattr(conversion, "converting_head", converting_head)
    board = api.make_board(built_in_head)
    api.convert(built_in_head, api.BUILT_IN)
    assert board.hide_get()
    for frame in (3, 8):
        bones(board)["neck"].keyframe_insert("rotation_euler", frame=frame)
    made = api.convert(built_in_head, api.BUILT_IN, source="KEEP")
    assert asked == [(1, 1), (3, 8)] and api.board_of(made.head) is None
    converted_heads.go_along(board, made.head, "REPLACE")  # while its head is there it stays
    assert api.board_of(built_in_head) == board and api.board_of(made.head) is not None
