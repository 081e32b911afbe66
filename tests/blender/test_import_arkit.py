"""A captured face comes onto heads: keys of named controls, turns of neck and eyes, and nothing left on an error."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import mathutils
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import FlameError, ParameterError, SequenceError
from flame_blender.keyframes.animation import curves_of

SCORES = {"jawOpen": 0.6, "mouthSmileLeft": 0.8, "mouthSmileRight": 0.3, "eyeBlinkLeft": 0.9, "eyeLookOutRight": 0.5}
TURNS = {"Head": (0.3, -0.2, 0.1), "LeftEye": (0.2, 0.1, 0.0), "RightEye": (-0.1, 0.15, 0.0)}
FPS = 24
ROWS = 31  # half a second at 60 a second


@pytest.fixture(autouse=True)
def scene() -> bpy.types.Scene:
    found = bpy.context.scene
    found.render.fps, found.render.fps_base, found.frame_end = FPS, 1.0, 5
    return found


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """From rest to a face in half a second, as Live Link Face writes it."""
    shares = np.linspace(0, 1, ROWS)
    turns = {f"{part}{turn}": angle for part, angles in TURNS.items()
             for turn, angle in zip(("Yaw", "Pitch", "Roll"), angles, strict=True)}  # fmt: skip
    columns = {name[0].upper() + name[1:]: score for name, score in SCORES.items()} | turns
    lines = [",".join(["Timecode", "BlendShapeCount", *columns])]
    for row, share in enumerate(shares):
        lines.append(
            ",".join([f"10:00:00:{row:02d}.000", "61", *(f"{share * value:.9f}" for value in columns.values())])
        )
    path = tmp_path / "take.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def turned(part: str) -> mathutils.Matrix:
    """Yaw about Y, then pitch about X, then roll about Z, by Blender's own mathematics."""
    yaw, pitch, roll = TURNS[part]
    about = mathutils.Matrix.Rotation
    return about(yaw, 3, "Y") @ about(pitch, 3, "X") @ about(roll, 3, "Z")


def angle_to(vector: np.ndarray, matrix: mathutils.Matrix) -> float:
    given = mathutils.Matrix.Rotation(np.linalg.norm(vector), 3, mathutils.Vector(vector))
    return (given.inverted() @ matrix).to_quaternion().angle


@pytest.mark.oldest_and_newest
def test_scores_are_keyed_at_the_scenes_frames(named_head, take, scene):
    api.set_arkit(named_head, {"browInnerUp": 1.0}, frame=1)
    done = api.import_arkit(take, named_head, start_frame=10)
    assert done.head is named_head and (done.start_frame, done.end_frame) == (10, 22)
    assert scene.frame_end == 22 and scene.render.fps == FPS
    for frame in (10, 13, 22):
        scene.frame_set(frame)
        share = (frame - 10) / FPS / ((ROWS - 1) / 60)
        found = api.get_arkit(named_head)
        assert {name for name, score in found.items() if score} <= SCORES.keys()
        assert found == pytest.approx({name: share * SCORES.get(name, 0) for name in found}, abs=1e-6)
    params = api.get_params(named_head)
    assert angle_to(params.neck, turned("Head")) < 1e-5
    assert not params.global_rotation.any()
    expected = api.add_head(named_head.flame.model_name)
    api.set_arkit(expected, SCORES)
    api.set_params(expected, neck=params.neck)
    np.testing.assert_allclose(api.evaluate(named_head), api.evaluate(expected), atol=1e-6)
    assert "Live Link Face" in done.summary()[0]


def test_the_scene_takes_the_clips_rate_and_turns_of_the_eyes(named_head, take, scene):
    named_head.flame.symmetric_eyes = True
    api.import_arkit(take, named_head, frame_rate="SCENE_FOLLOWS", head_motion="ROOT", eyes="TURNS")
    assert scene.render.fps == 60 and scene.frame_end == ROWS
    curve = next(each for each in curves_of(named_head) if "controls" in each.data_path)
    assert len(curve.keyframe_points) == ROWS
    scene.frame_set(ROWS)
    params = api.get_params(named_head)
    assert angle_to(params.global_rotation, turned("Head")) < 1e-5 and not params.neck.any()
    assert api.get_arkit(named_head)["eyeLookOutRight"] == 0
    assert angle_to(params.left_eye, turned("LeftEye")) < 1e-5
    assert angle_to(params.right_eye, turned("RightEye")) < 1e-5


def test_strength_names_rest_and_smoothing(named_head, take, scene):
    api.import_arkit(
        take, named_head, neutral=ROWS // 2 + 1, gains={"mouthSmileLeft": 0.5},
        mapping={"mouthSmileRight": "mouthFrownRight"}, head_motion="NONE",
    )  # fmt: skip
    scene.frame_set(1 + FPS // 2)
    found = api.get_arkit(named_head)
    assert found["jawOpen"] == pytest.approx(0.3, abs=1e-6)
    assert found["mouthSmileLeft"] == pytest.approx(0.2, abs=1e-6)
    assert found["mouthSmileRight"] == 0 and found["mouthFrownRight"] == pytest.approx(0.15, abs=1e-6)
    assert not api.get_params(named_head).neck.any()


def test_a_head_is_added_where_there_is_none(take):
    done = api.import_arkit(take)
    assert api.is_head(done.head) and curves_of(done.head)


def test_what_is_no_clip_changes_nothing(named_head, tmp_path):
    api.set_arkit(named_head, {"jawOpen": 0.5}, frame=1)
    before = [(each.data_path, len(each.keyframe_points)) for each in curves_of(named_head)]
    path = tmp_path / "faces.json"
    path.write_text(json.dumps([{"jawOpen": "wide"}]))
    objects = len(bpy.data.objects)
    for obj, error in ((named_head, SequenceError), (None, SequenceError)):
        with pytest.raises(error, match="finite number"):
            api.import_arkit(path, obj)
    with pytest.raises(ParameterError, match="head_motion"):
        api.import_arkit(path, named_head, head_motion="HIPS")
    with pytest.raises(FlameError, match="FLAME head"):
        api.import_arkit(path, bpy.data.objects.new("Empty", None))
    assert [(each.data_path, len(each.keyframe_points)) for each in curves_of(named_head)] == before
    assert len(bpy.data.objects) == objects + 1 and api.get_arkit(named_head)["jawOpen"] == 0.5


def test_dropped_it_comes_in_as_a_captured_face(named_head, take):
    bpy.context.view_layer.objects.active = named_head
    named_head.select_set(True)
    assert api.holds_arkit(take)
    assert bpy.ops.flame.drop_files(directory=f"{take.parent}/", files=[{"name": take.name}]) == {"FINISHED"}
    assert any("controls" in each.data_path for each in curves_of(named_head))
    with pytest.raises(RuntimeError, match="import_arkit"):
        bpy.ops.flame.import_animation(filepath=str(take))
