"""A head's animation as ARKit scores: found, written, and keyed on another character's shape keys."""

from __future__ import annotations

import csv
import json

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.character import computing as all_computed
from flame_blender.errors import FlameError, ParameterError, WriteError
from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.keyframes.animation import curves_of
from tests.blender.conftest import expression_of

FIRST, LAST = 10, 19
SMILE = {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "jawOpen": 0.5, "eyeBlinkLeft": 1.0, "eyeLookOutRight": 0.4}


@pytest.fixture
def scene() -> bpy.types.Scene:
    found = bpy.context.scene
    found.frame_start, found.frame_end, found.render.fps = FIRST, LAST, 30
    return found


@pytest.fixture
def scored(scene, built_in_head) -> bpy.types.Object:
    """A head that goes from rest to a smile by named scores."""
    api.set_arkit(built_in_head, {}, frame=FIRST)
    api.set_arkit(built_in_head, SMILE, frame=LAST)
    return built_in_head


@pytest.fixture
def moved(scene, built_in_head) -> bpy.types.Object:
    """The same by its own movements and joints, the head turned meanwhile."""
    names = [item.name for item in expression_of(built_in_head)]
    for frame, share in ((FIRST, 0.0), (LAST, 1.0)):
        expression = np.zeros(len(names))
        for name in ("mouthSmileLeft", "mouthSmileRight", "eyeBlinkLeft"):
            expression[names.index(name)] = share * SMILE[name]
        api.set_params(
            built_in_head, expression=expression, jaw=(share * 0.5 * np.deg2rad(20), 0, 0),
            right_eye=(0, -share * 0.4 * np.deg2rad(30), 0), global_rotation=(0, 0.3 * share, 0),
            neck=(0.1 * share, 0, 0),
        )  # fmt: skip
        api.keyframe(built_in_head, frame)
    return built_in_head


def character(name: str, spelled: tuple[str, ...]) -> bpy.types.Object:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(obj)
    obj.shape_key_add(name="Basis", from_mix=False)
    for index, each in enumerate(spelled):
        block = obj.shape_key_add(name=each, from_mix=False)
        block.data[0].co, block.value = (0, 0, index + 1), 0.0
    return obj


def evaluated(obj: bpy.types.Object, frame: int, name: str) -> float:
    """What Blender makes of a shape key at a frame."""
    bpy.context.scene.frame_set(frame)
    keys = obj.data.shape_keys.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return keys.key_blocks[name].value


@pytest.mark.oldest_and_newest
def test_named_scores_come_out_as_they_are(scored):
    found = api.solve_arkit(scored)
    assert len(found) == 10 and found.fps == 30 and found.frames.tolist() == list(range(FIRST, LAST + 1))
    for name, score in SMILE.items():
        assert found.of(name)[-1] == np.float32(score) and found.of(name)[0] == 0
    assert not found.residuals.any() and found.of("tongueOut").max() == 0
    assert bpy.context.scene.frame_current == 1


@pytest.mark.oldest_and_newest
def test_scores_of_what_moves_otherwise(moved):
    found = api.solve_arkit(moved, smoothing=0)
    for name in found.names:
        assert np.allclose(found.of(name)[-1], SMILE.get(name, 0.0), atol=0.02), name
    assert found.mean_residual < 0.02 and np.allclose(found.head[-1], (0.1, 0.3, 0), atol=0.02)
    shares: list[float] = []
    twice = api.solve_arkit(moved, smoothing=0, frames=(FIRST, FIRST + 3), fps=60, progress=shares.append)
    assert len(twice) == 7 and twice.frames[1] == FIRST + 0.5 and shares == sorted(shares)
    assert np.allclose(twice.scores[::2], found.scores[:4], atol=0.01)


@pytest.mark.oldest_and_newest
def test_files(moved, tmp_path):
    found = api.export_arkit(moved, tmp_path / "take.csv", fps=60)
    with (tmp_path / "take.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found) == 19 and rows[-1]["Timecode"] == "00:00:00:18.000"
    assert float(rows[-1]["MouthSmileLeft"]) == pytest.approx(found.of("mouthSmileLeft")[-1], abs=1e-6)
    assert float(rows[-1]["HeadYaw"]) == pytest.approx(0.3, abs=0.02)
    api.export_arkit(moved, tmp_path / "take.json", frames=(FIRST, FIRST))
    assert len(json.loads((tmp_path / "take.json").read_text("utf-8"))["frames"]) == 1


@pytest.mark.oldest_and_newest
def test_what_cannot_be_written_is_told_before_the_work(moved, tmp_path):
    with pytest.raises(FlameError, match=r"take.fbx: expected a name ending in .csv or .json"):
        next(api.exporting_arkit(moved, tmp_path / "take.fbx"))
    (tmp_path / "take.csv").mkdir()
    with pytest.raises(WriteError):
        next(api.exporting_arkit(moved, tmp_path / "take.csv"))
    with pytest.raises(ParameterError, match="frames must end where they start"):
        api.solve_arkit(moved, frames=(5, 4))
    with pytest.raises(ParameterError, match=r"1 to 1000 rows a second, found 0\.5"):
        api.solve_arkit(moved, fps=0.5)
    steps = api.exporting_arkit(moved, tmp_path / "stopped.json")
    next(steps)
    steps.close()
    assert not (tmp_path / "stopped.json").exists() and bpy.context.scene.frame_current == 1


@pytest.mark.oldest_and_newest
def test_controls_are_computed_where_there_are_none(scene, flame_head, monkeypatch):
    """Asked for, with its share: what comes of it is told in test_named_controls.py."""

    def computing(_entry):
        yield 0.5
        raise FlameError("that would take a while")

    monkeypatch.setattr(all_computed, "computing", computing)
    shares: list[float] = []
    with pytest.raises(FlameError, match="a while"):
        api.solve_arkit(flame_head, progress=shares.append)
    assert shares == [0.35]


def test_keys_on_a_character(scored):
    """Two meshes that share some names, in spellings of their own; what Blender then shows of them."""
    face = character("Face", ("JawOpen", "mouthSmile_L", "mouth_smile_right", "Smile"))
    brows = character("Brows", ("eyeBlink_L", "jaw_open", "EyeLookOutRight"))
    done = api.retarget_arkit(scored, [face, brows])
    assert done.keyed == 6 and len(done.missing) == 52 - 5 and "tongueOut" in done.missing and not done.notes
    assert "No shape keys for eyeBlinkRight" in done.summary() and "6 shape keys animated: 10 frames" in done.summary()
    for obj, written, name in (
        (face, "JawOpen", "jawOpen"), (face, "mouthSmile_L", "mouthSmileLeft"), (brows, "eyeBlink_L", "eyeBlinkLeft"),
        (brows, "jaw_open", "jawOpen"), (brows, "EyeLookOutRight", "eyeLookOutRight"),
    ):  # fmt: skip
        for number, frame in enumerate(range(FIRST, LAST + 1)):
            assert evaluated(obj, frame, written) == pytest.approx(done.scores.of(name)[number], abs=1e-6)
    bpy.context.scene.frame_set(LAST)
    shown = face.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    expected = 1 * SMILE["jawOpen"] + 2 * SMILE["mouthSmileLeft"] + 3 * SMILE["mouthSmileRight"]
    assert shown.vertices[0].co.z == pytest.approx(expected, abs=1e-5)
    assert face.data.shape_keys.key_blocks["Smile"].value == 0


def test_what_is_there_already(scored):
    face = character("Face", ("jawOpen", "mouthSmileLeft"))
    block, keys = face.data.shape_keys.key_blocks["jawOpen"], face.data.shape_keys
    for frame in (1, FIRST + 3, 40):
        block.value = 0.9
        block.keyframe_insert("value", frame=frame)
    before = keys.animation_data.action
    kept = api.retarget_arkit(scored, [face], existing="KEEP")
    assert kept.keyed == 1 and kept.notes == ("Animated already, and left as they are: jawOpen.",)
    assert evaluated(face, FIRST + 3, "jawOpen") == pytest.approx(0.9)
    done = api.retarget_arkit(scored, [face])
    assert done.keyed == 2 and keys.animation_data.action == before
    frames = [
        point.co.x for curve in curves_of(keys) if "jawOpen" in curve.data_path for point in curve.keyframe_points
    ]
    assert frames == [1, *range(FIRST, LAST + 1), 40], "those around stay"
    assert evaluated(face, FIRST + 3, "jawOpen") == pytest.approx(done.scores.of("jawOpen")[3], abs=1e-6)
    assert evaluated(face, 40, "jawOpen") == pytest.approx(0.9)
    api.retarget_arkit(scored, [face], existing="ACTION")
    assert keys.animation_data.action != before and before.use_fake_user
    assert evaluated(face, LAST, "mouthSmileLeft") == pytest.approx(0.8, abs=1e-6)
    assert {curve.keyframe_points[0].co.x for curve in curves_of(keys)} == {FIRST}


def test_ranges_and_drivers(scored):
    face = character("Face", ("jawOpen", "mouthSmileLeft", "eyeBlinkLeft"))
    blocks = face.data.shape_keys.key_blocks
    blocks["mouthSmileLeft"].slider_max, blocks["jawOpen"].slider_max = 0.25, 2.0
    blocks["eyeBlinkLeft"].driver_add("value").driver.expression = "0.125"
    done = api.retarget_arkit(scored, [face])
    assert done.keyed == 2 and done.notes == (
        "Driven, and left as they are: eyeBlinkLeft.",
        "Cut off where their range ends: mouthSmileLeft.",
    )
    assert evaluated(face, LAST, "mouthSmileLeft") == pytest.approx(0.25)
    assert evaluated(face, LAST, "jawOpen") == pytest.approx(0.5) and blocks["mouthSmileLeft"].slider_max == 0.25


@pytest.mark.oldest_and_newest
def test_characters_that_are_refused(scored, tmp_path):
    plain = bpy.data.objects.new("Plain", bpy.data.meshes.new("Plain"))
    other = character("Other", ("Smile", "Frown"))
    linked = character("Linked", ("jawOpen",))
    linked.name = "Away"
    bpy.data.libraries.write(str(tmp_path / "away.blend"), {linked})
    bpy.data.objects.remove(linked)
    with bpy.data.libraries.load(str(tmp_path / "away.blend"), link=True) as (_there, here):
        here.objects = ["Away"]
    for targets, said in (
        ([], "expected at least one object"),
        ([plain], "Plain: expected another character with shape keys, found none"),
        ([scored], "found the head itself"),
        ([other], "such as jawOpen, found Smile, Frown; rename"),
        ([here.objects[0]], "Away: expected shape keys of this file, found linked ones"),
    ):
        with pytest.raises(ParameterError, match=said):
            next(api.retargeting_arkit(scored, targets))
    face = character("Face", ("jawOpen",))
    steps = api.retargeting_arkit(scored, [face])
    next(steps)
    steps.close()
    assert face.data.shape_keys.animation_data is None, "stopped, nothing is keyed"


def test_the_buttons(scored, tmp_path):
    layer = bpy.context.view_layer
    layer.objects.active = scored
    assert not bpy.ops.flame.retarget_arkit.poll()
    face = character("Face", ("jaw_open", "mouthSmileLeft"))
    for obj in (face, scored):
        obj.select_set(True)
    assert bpy.ops.flame.retarget_arkit.poll()
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.flame.retarget_arkit() == {"FINISHED"}
    assert evaluated(face, LAST, "jaw_open") == pytest.approx(0.5, abs=1e-6)
    assert bpy.ops.flame.export_arkit(filepath=str(tmp_path / "take.csv")) == {"FINISHED"}
    assert (tmp_path / "take.csv").read_text("utf-8").count("\n") == 11
    assert bpy.ops.flame.export_arkit(filepath=str(tmp_path / "now.json"), all_frames=False) == {"FINISHED"}
    assert len(json.loads((tmp_path / "now.json").read_text("utf-8"))["frames"]) == 1
    assert set(json.loads((tmp_path / "now.json").read_text("utf-8"))["names"]) == set(ARKIT_NAMES)
