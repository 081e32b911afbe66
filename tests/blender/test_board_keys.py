"""Keys go to a face board and back, and whatever sets or keys a head does so to its board."""

from __future__ import annotations

from collections.abc import Callable

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.face_board import places
from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.keyframes.animation import curves_of
from tests.blender.boards import FIELDS, bones, random_scores


@pytest.fixture
def board(named_head):
    return api.make_board(named_head)


def animate(board, rng, frames=(1, 9, 14, 25)) -> None:
    """Random keys on all knobs, in curves, on rings and targets."""
    for frame in frames:
        for knob in places.KNOBS:
            bone = bones(board)[knob.bone]
            for axis in (0, 1):
                bone.location[axis] = rng.uniform(*knob.limits(axis))
            bone.keyframe_insert("location", frame=frame)
        for handle in ("on_corner.L", "on_lid.R", "on_chin"):
            bones(board)[handle].location = rng.uniform(-0.5, 0.5, 3)
            bones(board)[handle].keyframe_insert("location", frame=frame)
        for name in ("root", "neck", "jaw"):
            bones(board)[name].rotation_euler = rng.uniform(-0.5, 0.5, 3)
            bones(board)[name].keyframe_insert("rotation_euler", frame=frame)
        bones(board)["eyes"].location = rng.uniform(-10, 10, 3)
        bones(board)["eyes"].keyframe_insert("location", frame=frame)


def played(obj, frames) -> tuple[np.ndarray, np.ndarray]:
    """Scores and rotations at each frame, as evaluated."""
    scores, turns = [], []
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        scores.append(list(api.get_arkit(obj).values()))
        turns.append([list(getattr(obj.flame, field)) for field in FIELDS])
    return np.array(scores), np.array(turns)


@pytest.mark.every_version
def test_baked_and_back(named_head, board, rng):
    """What a board animates is the same as keys of the head's own, and as keys of a new board."""
    animate(board, rng)
    frames = range(1, 26)
    scores, turns = played(named_head, frames)
    assert api.bake_board(named_head, frames=(1, 25)) > 50
    assert api.board_of(named_head) is None and not named_head.animation_data.drivers
    assert not bpy.data.armatures and len(bpy.data.actions) == 1
    for again in (False, True):
        if again:
            board = api.make_board(named_head)
            assert not len(curves_of(named_head) or ())
        found = played(named_head, frames)
        np.testing.assert_allclose(found[0], scores, atol=1e-4)
        np.testing.assert_allclose(found[1], turns, atol=1e-4)


def test_keys_of_scores_become_keys_of_bones(named_head, rng):
    """Random ones, beyond 0 and 1 too, on both ways of a knob."""
    for frame in (1, 7, 20):
        api.set_arkit(named_head, random_scores(rng, -0.4, 1.4), frame=frame)
        api.set_params(named_head, neck=rng.normal(size=3) * 0.4)
        api.keyframe(named_head, frame, ("neck",))
    frames = range(1, 21)
    scores, turns = played(named_head, frames)
    board = api.make_board(named_head)
    found = played(named_head, frames)
    np.testing.assert_allclose(found[0], scores, atol=1e-4)
    np.testing.assert_allclose(found[1], turns, atol=1e-4)
    assert not len(curves_of(named_head) or ()) and len(curves_of(board)) > 52


def test_a_simple_curve_goes_over_as_it_is(named_head):
    """Two keys stay two keys, with their handles; and back where more is keyed on the same knob."""
    api.set_arkit(named_head, {"mouthFrownLeft": 0.2}, frame=1)
    api.set_arkit(named_head, {"mouthFrownLeft": 0.9}, frame=11)
    path = f"flame.controls[{ARKIT_NAMES.index('mouthFrownLeft')}].value"
    [curve] = [each for each in curves_of(named_head) if each.data_path == path]
    before = [(tuple(key.co), tuple(key.handle_left), key.interpolation) for key in curve.keyframe_points]
    board = api.make_board(named_head)
    [curve] = [
        each
        for each in curves_of(board)
        if each.data_path == 'pose.bones["corner.L"].location' and each.array_index == 1
    ]
    found = [(tuple(key.co), tuple(key.handle_left), key.interpolation) for key in curve.keyframe_points]
    for (co, handle, kind), (own, own_handle, own_kind) in zip(before, found, strict=True):
        assert own == pytest.approx((co[0], -co[1])) and kind == own_kind
        assert own_handle == pytest.approx((handle[0], -handle[1]))


CSV_FRAMES = 12


def import_face(obj, folder) -> None:
    rng = np.random.default_rng(3)
    rows = rng.uniform(0, 1, (CSV_FRAMES, len(ARKIT_NAMES)))
    lines = [",".join(ARKIT_NAMES), *(",".join(f"{value:.4f}" for value in row) for row in rows)]
    (folder / "face.csv").write_text("\n".join(lines))
    api.import_arkit(folder / "face.csv", obj, fps=24.0)


def speak(obj, folder) -> None:
    (folder / "voice.tsv").write_text("0.00\tX\n0.10\tA\n0.30\tD\n0.60\tF\n0.90\tX\n")
    api.import_speech(folder / "voice.tsv", obj)


def keyed_twice(obj, _folder) -> None:
    api.set_arkit(obj, {"jawOpen": 0.4, "mouthSmileLeft": 0.7}, frame=3)
    api.apply_preset(obj, "Smile", frame=9)


def pasted(obj, _folder) -> None:
    other = api.add_head(obj.flame.model_name)
    api.set_arkit(other, {"jawLeft": 0.4, "browInnerUp": 0.7})
    api.set_params(other, neck=(0.1, 0.2, 0.3))
    api.paste_params(obj, api.copy_params(other))
    bpy.data.objects.remove(other)


def auto_keyed(obj, _folder) -> None:
    tools = bpy.context.scene.tool_settings
    tools.use_keyframe_insert_auto = True
    for frame, name in ((2, "Smile"), (8, "Joy")):
        bpy.context.scene.frame_set(frame)
        api.apply_preset(obj, name)
        api.auto_key(obj, ("controls",))
    tools.use_keyframe_insert_auto = False


def keyframed(obj, _folder) -> None:
    for frame, turn in ((2, 0.1), (9, 0.3)):
        api.set_params(obj, neck=(0, turn, 0), jaw=(turn, 0, 0))
        api.keyframe(obj, frame)


def keyed_by_hand(obj, _folder) -> None:
    """What is set of the jaw puts controls of the jaw back, which have keys."""
    bpy.context.scene.frame_set(8)
    tools = bpy.context.scene.tool_settings
    tools.use_keyframe_insert_auto = True
    api.set_params(obj, jaw=(0.2, 0, 0))
    api.auto_key(obj, ("jaw",))
    tools.use_keyframe_insert_auto = False


DETOURS: tuple[Callable, ...] = (
    import_face,
    speak,
    keyed_twice,
    pasted,
    auto_keyed,
    keyframed,
    keyed_by_hand,
    lambda obj, _folder: api.add_blinks(obj, count=2, duration=3, frames=(1, 20)),
    lambda obj, _folder: api.mirror_face(obj),
    lambda obj, _folder: api.reset_params(obj),
    lambda obj, _folder: api.set_params(obj, jaw=(0.3, 0.1, 0), expression=(0.4,)),
)


@pytest.mark.parametrize("detour", DETOURS)
def test_whatever_sets_a_head_sets_its_board(named_head, detour, tmp_path):
    """The same happens to a head without a board; at each frame both show the same, what was keyed before included."""
    other = api.add_head(named_head.flame.model_name)
    for obj in (named_head, other):
        for frame, score in ((1, 0.2), (15, 0.8)):
            api.set_arkit(obj, {"browOuterUpRight": score, "eyeBlinkLeft": score / 2, "cheekPuff": score}, frame=frame)
    bpy.context.scene.frame_set(1)
    board = api.make_board(named_head)
    bones(board)["eyes"]["follow"] = 0.0  # a head without a board has no targets
    for obj in (named_head, other):
        detour(obj, tmp_path)
    frames = range(1, 21)
    wanted, found = played(other, frames), played(named_head, frames)
    np.testing.assert_allclose(found[0], wanted[0], atol=1e-4)
    np.testing.assert_allclose(found[1], wanted[1], atol=1e-4)
    assert api.board_of(named_head) == board
    data = named_head.animation_data
    driven = {curve.data_path for curve in data.drivers}
    assert not [curve for curve in curves_of(named_head) or () if curve.data_path in driven]
