"""Parameters written by a head come back to the same float32 values, whatever the file."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.export.parameters import WrittenParameters
from flame_blender.sequences.loading import load_sequence
from tests.blender.conftest import expression_of, shown

FIELDS = ("expression", "global_rotation", "neck", "jaw", "left_eye", "right_eye", "translation")


@pytest.fixture
def moving(head):
    """A head with keys at frames 1 and 5, and a driver on the jaw."""
    generator = np.random.default_rng(2)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 5
    for frame in (1, 5):
        rotations = {name: generator.normal(0, 0.2, 3) for name in FIELDS[1:]}
        expression = generator.uniform(0, 0.7, len(expression_of(head)))
        api.set_params(head, shape=[0.3, -0.7], expression=expression, **rotations)
        api.keyframe(head, frame, ["expression", "global_rotation", "neck", "left_eye", "right_eye", "translation"])
    driver = head.driver_add("flame.jaw", 0).driver
    driver.type, driver.expression = "SCRIPTED", "frame * 0.01"
    return head


def values(head, frame):
    bpy.context.scene.frame_set(frame)
    return api.get_params(head)


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_round_trip(moving, tmp_path, suffix):
    bpy.context.scene.frame_set(3)
    path = api.export_parameters(moving, tmp_path / f"clip{suffix}")
    assert bpy.context.scene.frame_current == 3
    clip = load_sequence(path)
    assert len(clip) == 5 and clip.identity.ndim == 1 and clip.fps == bpy.context.scene.render.fps
    for frame in range(1, 6):
        expected = values(moving, frame)
        assert expected.jaw[0] == np.float32(frame * 0.01), "what the driver says"
        for name in ("shape", *FIELDS):
            assert np.array_equal(getattr(clip.frame(frame - 1), name), getattr(expected, name)), name


def test_another_head_shows_the_same(moving, tmp_path):
    path = api.export_parameters(moving, tmp_path / "clip.npz")
    other = api.import_animation(path, api.add_head(moving.flame.model_name)).head
    for frame in (1, 4):
        bpy.context.scene.frame_set(frame)
        assert np.abs(shown(other) - shown(moving)).max() < 1e-6


def test_gaussian_avatars_folder(moving, tmp_path):
    api.export_parameters(moving, tmp_path / "avatar", layout="GAUSSIAN_AVATARS")
    files = sorted((tmp_path / "avatar" / "flame_param").iterdir())
    assert [file.name for file in files] == [f"{index:05d}.npz" for index in range(5)]
    with np.load(files[3]) as frame:
        expected = values(moving, 4)
        assert frame["expr"].shape == (1, len(expected.expression)) and frame["static_offset"].shape == (1, 5143, 3)
        assert np.array_equal(frame["eyes_pose"][0], np.concatenate([expected.left_eye, expected.right_eye]))
        assert np.array_equal(frame["rotation"][0], expected.global_rotation)
    clip = load_sequence(tmp_path / "avatar")
    assert clip.source == "VHAP" and np.array_equal(clip.frame(3).jaw, values(moving, 4).jaw)


def test_wrong_names_write_nothing(moving, tmp_path):
    with pytest.raises(api.FlameError, match=r"clip\.txt"):
        api.export_parameters(moving, tmp_path / "clip.txt")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("keep")
    with pytest.raises(api.FlameError, match="full"):
        api.export_parameters(moving, tmp_path / "full", layout="GAUSSIAN_AVATARS")
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "mine"]


def test_the_operator(moving, tmp_path):
    bpy.context.view_layer.objects.active = moving
    assert bpy.ops.flame.export_parameters(filepath=str(tmp_path / "clip.json")) == {"FINISHED"}
    assert len(load_sequence(tmp_path / "clip.json")) == 5


@pytest.mark.parametrize("name", ["parameters", "landmarks"])
def test_every_export_tells_how_far_it_is(head, tmp_path, name):
    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(scene.camera)
    heard: list[float] = []
    path = tmp_path / "head.npz"
    written = getattr(api, f"export_{name}")(head, path, frames=range(1, 5), progress=heard.append)
    assert Path(written) == path
    assert path.is_file() and heard == [0.25, 0.5, 0.75, 1.0]


def test_all_that_is_left_out_is_told():
    """Whatever else was: one of three was told, so that a user would think that the others were written."""
    lacking = {"left_out_rms_mm": 0.12, "left_out_largest_mm": 3.4, "left_out_template": "people.npy"}
    for more, begins in (({}, "Parameters"), ({"expression": "It was copied."}, "SMPL-X's parameters")):
        told = WrittenParameters(Path("clip.npz"), **lacking, **more).summary()
        assert told.startswith(f"{begins} written to clip.npz: ") and told.count("left out") == 2
        assert "people.npy" in told and "0.12 mm RMS, 3.4 mm at most" in told and more.get("expression", "") in told
    assert WrittenParameters(Path("clip.npz")).summary() == "Parameters written to clip.npz"
