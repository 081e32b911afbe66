"""Faces that are kept: saved off one model and shown on the other, blended, added, mirrored; as files and as assets."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import models
from flame_blender.poses import face_picture
from flame_blender.saved_faces.face import face_to_text
from tests.blender.conftest import shown

SMIRK = {"mouthSmileLeft": 0.75, "eyeBlinkRight": 0.25, "jawOpen": 0.125, "browInnerUp": 0.5}


def set_scores(obj) -> dict[str, float]:
    """Those that are not zero."""
    return {name: score for name, score in api.get_arkit(obj).items() if score}


def faces() -> Path:
    return models.user_folder() / "faces"


@pytest.fixture
def no_picture(monkeypatch):
    """A picture is rendered by one test; others that press the button are spared the second."""
    monkeypatch.setattr(face_picture, "rendered", lambda _obj: None)


@pytest.fixture
def both(computed_face):
    """A head of each model."""
    computed_face.install()
    return api.add_head(api.BUILT_IN), api.add_head("face_like")


@pytest.mark.newest  # which computes named controls of a FLAME file
@pytest.mark.parametrize("way", [0, 1])
def test_a_face_goes_to_a_head_of_another_model(both, way):
    """Saved off one, shown on the other: as the same scores are."""
    giver, taker = both[way], both[1 - way]
    api.set_arkit(giver, SMIRK)
    saved = api.save_face(giver, "Smirk of mine", picture=False)
    assert saved.face.model == giver.flame.model_name and saved.path.parent == faces()
    api.set_arkit(taker, {"cheekPuff": 1.0})
    blend = api.blend_face(taker, "Smirk of mine")
    by_face = shown(taker)
    api.set_arkit(taker, SMIRK)
    assert np.array_equal(by_face, shown(taker)) and not blend.left_out
    blend.put_back()
    assert set_scores(taker) == {"cheekPuff": 1.0}


def test_half_a_smile_and_a_wink(named_head):
    smile = dict(api.find_face(named_head, "Smile").scores)
    api.blend_face(named_head, "Smile", strength=0.5)
    for name, score in api.get_arkit(named_head).items():
        assert score == pytest.approx(smile[name] / 2, abs=1e-6)
    wink = dict(api.find_face(named_head, "Wink Left").scores)
    api.blend_face(named_head, "Wink Left", add=True)
    api.blend_face(named_head, "Wink Left", add=True)
    for name, score in api.get_arkit(named_head).items():
        assert score == pytest.approx(min(smile[name] / 2 + 2 * wink[name], 1.0), abs=1e-6)
    api.blend_face(named_head, "Neutral", strength=0.5)
    assert api.get_arkit(named_head)["eyeBlinkLeft"] == pytest.approx(0.5)


def test_mirrored_is_what_mirror_shows(named_head):
    api.set_params(named_head, jaw=(0.1, 0.05, 0.02), left_eye=(0.1, 0.2, 0))
    api.set_arkit(named_head, SMIRK)
    face = api.take_face(named_head)
    api.mirror_face(named_head)
    wanted = shown(named_head)
    api.reset_params(named_head)
    api.set_params(named_head, right_eye=(0, 0.1, 0))
    api.blend_face(named_head, face, mirrored=True)
    assert set_scores(named_head)["mouthSmileRight"] == 0.75
    np.testing.assert_allclose(api.get_params(named_head).right_eye[1], -0.2, atol=1e-6)
    api.set_params(named_head, left_eye=(0, 0, 0))  # which turned nothing, and so is none of the face's
    assert np.abs(shown(named_head) - wanted).max() < 1e-6


def test_only_what_is_chosen_is_touched(built_in_head, no_picture):
    api.set_arkit(built_in_head, SMIRK)
    api.save_face(built_in_head, "Brows", controls="REGIONS", eyes=False, cheeks=False, mouth=False, jaw=False)
    api.save_face(built_in_head, "Set", controls="NOT_ZERO")
    whole = api.save_face(built_in_head, "All").face
    assert len(whole.scores) == len(api.get_arkit(built_in_head)) and not whole.others_stay
    assert dict(api.find_face(built_in_head, "Set").scores) == SMIRK
    api.set_arkit(built_in_head, {"cheekPuff": 1.0, "browDownLeft": 1.0})
    api.blend_face(built_in_head, "Brows")
    assert set_scores(built_in_head) == {"cheekPuff": 1.0, "browInnerUp": 0.5}
    api.blend_face(built_in_head, "Set")
    assert set_scores(built_in_head) == {"cheekPuff": 1.0, **SMIRK}
    api.blend_face(built_in_head, "All")
    assert set_scores(built_in_head) == SMIRK
    api.reset_params(built_in_head)
    with pytest.raises(api.ParameterError, match="Nothing of this face"):
        api.save_face(built_in_head, "Nothing", controls="NOT_ZERO")
    assert [each.face.name for each in api.saved_faces()] == ["All", "Brows", "Set"]


def test_a_face_of_own_coefficients_is_told_by_scores(named_head):
    """Expression, eyelids and a jaw that is turned, as a tracked clip has them."""
    table = api.model(named_head).controls.table
    names = api.model(named_head).controls.names
    wanted = {"jawOpen": 0.5, "mouthPucker": 0.75}
    expression = sum(score * table[names.index(name), :-9] for name, score in wanted.items())
    api.set_params(named_head, expression=expression, jaw=0.5 * table[names.index("jawOpen"), -9:-6])
    named_head.flame.flame_only = True
    before = shown(named_head)
    face = api.take_face(named_head)
    assert set(face.rotations) == {"jaw"}
    api.reset_params(named_head)
    api.blend_face(named_head, face)
    assert np.abs(shown(named_head) - before).max() < 2e-3
    api.reset_params(named_head)
    api.set_params(named_head, expression=expression, jaw=0.5 * table[names.index("jawOpen"), -9:-6])
    told = api.save_face(named_head, "Told", jaw_turn=False, picture=False).face
    assert told.scores["jawOpen"] == pytest.approx(0.5, abs=0.05) and not told.rotations


def test_keys_and_auto_keying(named_head, monkeypatch):
    bpy.context.view_layer.objects.active = named_head
    bpy.context.scene.frame_set(7)
    api.blend_face(named_head, "Smile", frame=12)
    assert named_head.animation_data.action.frame_range[0] == 12
    named_head.animation_data_clear()
    assert bpy.ops.flame.blend_face(face="Smile", strength=0.5, key=True) == {"FINISHED"}
    assert named_head.animation_data.action.frame_range[0] == 7
    named_head.animation_data_clear()
    monkeypatch.setattr(bpy.context.scene.tool_settings, "use_keyframe_insert_auto", True)
    monkeypatch.setattr(bpy.context.preferences.edit, "use_keyframe_insert_available", False)
    bpy.ops.flame.blend_face(face="Anger")
    assert named_head.animation_data.action.frame_range[0] == 7


@pytest.mark.oldest_and_newest
def test_a_face_moves_the_board(named_head):
    """On a head with a face board the bones take the face, stay with it, and go back with it."""
    smile, wink = (dict(api.find_face(named_head, name).scores) for name in ("Smile", "Wink Left"))
    board = api.make_board(named_head)
    rest = [tuple(bone.location) for bone in board.pose.bones]
    api.blend_face(named_head, "Smile", strength=0.5)
    bpy.context.view_layer.update()
    for name, score in api.get_arkit(named_head).items():
        assert score == pytest.approx(smile[name] / 2, abs=1e-5), name
    assert [tuple(bone.location) for bone in board.pose.bones] != rest
    blend = api.begin_face_blend(named_head, "Wink Left")
    blend.show(1.0, add=True, mirrored=True)
    bpy.context.view_layer.update()
    assert api.get_arkit(named_head)["eyeBlinkRight"] == pytest.approx(wink["eyeBlinkLeft"], abs=1e-5)
    told = {name: score for name, score in api.take_face(named_head).scores.items() if score > 1e-4}
    assert told["eyeBlinkRight"] == pytest.approx(wink["eyeBlinkLeft"], abs=1e-5) and told["mouthSmileLeft"] > 0.3
    blend.put_back()
    api.blend_face(named_head, "Neutral")
    bpy.context.view_layer.update()
    np.testing.assert_allclose([tuple(bone.location) for bone in board.pose.bones], rest, atol=1e-5)
    assert max(map(abs, api.get_arkit(named_head).values())) < 1e-5


def test_what_is_wrong_changes_nothing(named_head):
    api.set_arkit(named_head, SMIRK)
    before = shown(named_head)
    for wrong in ({"face": "No such"}, {"strength": float("nan")}, {"strength": 9.0}, {"frame": float("inf")}):
        with pytest.raises(api.ParameterError, match=next(iter(wrong))):
            api.blend_face(named_head, **{"face": "Smile", **wrong})
    with pytest.raises(api.ParameterError, match="Expected a FLAME head"):
        api.blend_face(None, "Smile")
    bpy.context.view_layer.objects.active = named_head
    with pytest.raises(RuntimeError, match="expected one of Neutral"):
        bpy.ops.flame.blend_face(face="No such")
    assert np.array_equal(shown(named_head), before)


def test_a_drag_begins_anew_each_time(built_in_head):
    api.set_arkit(built_in_head, {"jawOpen": 0.5})
    blend = api.begin_face_blend(built_in_head, "Wink Left")
    shut = api.find_face(built_in_head, "Wink Left").scores["eyeBlinkLeft"]
    for strength in (0.2, 1.4, 0.5):
        blend.show(strength)
    assert set_scores(built_in_head)["eyeBlinkLeft"] == pytest.approx(0.5 * shut)
    blend.show(1.0, add=True, mirrored=True)
    assert (
        set_scores(built_in_head)["eyeBlinkRight"] == pytest.approx(shut)
        and set_scores(built_in_head)["jawOpen"] == 0.5
    )
    blend.put_back()
    assert set_scores(built_in_head) == {"jawOpen": 0.5}
    bpy.data.objects.remove(built_in_head)
    with pytest.raises(api.ParameterError, match="is gone"):
        blend.show(0.5)


def test_files_of_others_become_saved_faces(built_in_head, tmp_path, no_picture):
    api.set_arkit(built_in_head, SMIRK)
    written = api.save_face(built_in_head, "Smirk 1")
    (tmp_path / "theirs.json").write_text(face_to_text(written.face))
    [brought] = api.bring_faces(tmp_path / "theirs.json")
    assert brought.face.name == "Smirk 2" and brought.face.scores == written.face.scores
    [third] = api.bring_faces(written.path.with_suffix(".blend"))
    assert third.face.name == "Smirk 3"
    assert api.keep_face(api.Face(name="Smile", scores={"jawOpen": 1.0})).face.name == "Smile 2", "a preset's name"
    assert api.rename_face("Smirk 3", "../../etc/passwd").path.parent == faces()
    api.delete_face("../../etc/passwd")
    again = api.save_face(built_in_head, "Smirk 1", replace=True, controls="NOT_ZERO")
    assert again.face.name == "Smirk 1" and again.path == written.path and again.face.others_stay
    assert sorted(path.name for path in faces().glob("*.json")) == ["Smile 2.json", "Smirk 1.json", "Smirk 2.json"]
    for wrong in ("No such", ""):
        with pytest.raises(api.ParameterError):
            api.delete_face(wrong)
    bpy.ops.flame.drop_files(directory=str(tmp_path), files=[{"name": "theirs.json"}])
    assert [each.face.name for each in api.saved_faces()] == ["Smile 2", "Smirk 1", "Smirk 2", "Smirk 3"]


def test_the_buttons(named_head, no_picture):
    bpy.context.view_layer.objects.active = named_head
    gallery = bpy.context.window_manager.flame_gallery
    gallery.add = gallery.mirrored = False
    api.set_arkit(named_head, SMIRK)
    assert bpy.ops.flame.save_face(face="Mine", controls="NOT_ZERO") == {"FINISHED"}
    assert gallery.page == "mine" and json.loads((faces() / "Mine.json").read_text())["others"] == "stay"
    api.reset_params(named_head)
    gallery.mine = "Mine"
    assert set_scores(named_head) == SMIRK
    gallery.mirrored = gallery.add = True
    gallery.mine = "Mine"
    assert set_scores(named_head)["mouthSmileRight"] == 0.75 and set_scores(named_head)["browInnerUp"] == 1.0
    gallery.mirrored = gallery.add = False
    assert bpy.ops.flame.rename_face(face="Mine", to="Ours") == {"FINISHED"}
    api.keep_face(api.Face(name="Zoe", scores={"jawOpen": 1.0}))
    gallery.mine = "Zoe"
    assert bpy.ops.flame.delete_face(face="Zoe") == {"FINISHED"} and gallery.mine == "Ours", "what is chosen is there"
    assert bpy.ops.flame.delete_face(face="Ours") == {"FINISHED"} and not api.saved_faces()
    gallery.page = "expressions"
