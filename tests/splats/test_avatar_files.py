"""The files of a trained avatar: found as trainings leave them, cameras as 3D Gaussian Splatting's code writes them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import AvatarError
from flame_blender.splats.avatar_files import camera_of, find_avatar, holds_splats, teeth_offsets
from tests.splats.made_up import camera_to_json, columns_of, random_splats, write_ply


@pytest.fixture
def training(tmp_path) -> Path:
    """A folder with two iterations, the later with ten digits' difference in its name."""
    for iteration in (30_000, 600_000):
        folder = tmp_path / "point_cloud" / f"iteration_{iteration}"
        folder.mkdir(parents=True)
        write_ply(folder / "point_cloud.ply", columns_of(random_splats(iteration // 10_000, 0, 20)))
        offsets = np.zeros((1, 5143, 3), np.float32)
        offsets[0, 5023:] = iteration
        np.savez(folder / "flame_param.npz", static_offset=offsets)
    return tmp_path


def test_a_training_is_its_last_iteration(training):
    found = find_avatar(training)
    assert found.cloud == training / "point_cloud" / "iteration_600000" / "point_cloud.ply"
    assert found.clip == found.cloud.with_name("flame_param.npz") and found.cameras is None
    (training / "cameras.json").write_text("[]")
    assert find_avatar(found.cloud).cameras == find_avatar(found.cloud.parent).cameras == training / "cameras.json"
    assert (teeth_offsets(found.clip) == 600_000).all() and teeth_offsets(found.clip).shape == (120, 3)


@pytest.mark.parametrize("added", [None, np.ones((1, 5023, 3)), np.zeros((1, 5143, 3)), np.ones((5143, 3))])
def test_trainings_add_to_teeth_or_not(tmp_path, added):
    """VHAP's clips have no offsets of teeth, trainings without them zeros; some write the array without its batch."""
    np.savez(tmp_path / "c.npz", expr=np.zeros((2, 100)), **({} if added is None else {"static_offset": added}))
    offsets = teeth_offsets(tmp_path / "c.npz")
    assert (offsets is not None) == (added is not None and added.shape == (5143, 3))
    assert offsets is None or offsets.shape == (120, 3)


def test_a_folder_with_one_file_of_splats(tmp_path):
    write_ply(tmp_path / "mesh.ply", [(axis, np.zeros(3)) for axis in "xyz"])
    with pytest.raises(AvatarError, match=r"expected a trained avatar .*, found none; choose the \.ply itself"):
        find_avatar(tmp_path)
    path = write_ply(tmp_path / "somebody.ply", columns_of(random_splats(3)))
    assert find_avatar(tmp_path).cloud == path and find_avatar(path).clip is None
    write_ply(tmp_path / "other.ply", columns_of(random_splats(3)))
    with pytest.raises(AvatarError, match="found 2 files of splats"):
        find_avatar(tmp_path)


def test_splats_are_told_from_meshes(tmp_path):
    assert holds_splats(write_ply(tmp_path / "a.ply", columns_of(random_splats(3)), "ascii"))
    assert not holds_splats(write_ply(tmp_path / "b.ply", [(axis, np.zeros(3)) for axis in "xyz"]))
    (tmp_path / "c.ply").write_bytes(b"ply\n\xff\x00")
    assert not holds_splats(tmp_path / "c.ply") and not holds_splats(tmp_path / "none.ply")
    assert not holds_splats(tmp_path)


def test_the_camera_in_front_sees_what_the_codes_sees(tmp_path):
    rng = np.random.default_rng(2)
    turns = [Rotation.from_euler("xyz", [np.pi, angle, 0.1]).as_matrix() for angle in (1.0, 0.1, -2.0)]
    places = rng.normal(size=(3, 3))
    views = [
        camera_to_json(number, turn, place) for number, (turn, place) in enumerate(zip(turns, places, strict=True))
    ]
    (tmp_path / "cameras.json").write_text(json.dumps(views))
    camera, told = camera_of(tmp_path / "cameras.json")
    assert told == "The camera is number 1 of 3 in cameras.json."
    np.testing.assert_allclose(camera.rotation, turns[1], atol=1e-12)
    np.testing.assert_allclose(camera.translation, places[1], atol=1e-12)
    assert camera.intrinsics.tolist() == [1210.0, 1200.0, 401.0, 275.0] and (camera.width, camera.height) == (802, 550)


@pytest.mark.parametrize(
    "text", ["", "[", "{}", "[]", "[1]", '[{"position": [0, 0, 1]}]', "[[]]", "null", '[{"rotation": "x"}]']
)
def test_damaged_cameras_cost_the_camera_alone(tmp_path, text):
    (tmp_path / "cameras.json").write_text(text)
    camera, told = camera_of(tmp_path / "cameras.json")
    assert told.startswith("The camera is as in GaussianAvatars' viewer. ") and camera.translation.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"fx": 0}, {"width": -3}, {"position": [1, 2]}, {"rotation": np.ones((3, 3)).tolist()},
        {"height": float("nan")}, {"fy": None}, {"position": [1e999, 0, 0]},
    ],
)  # fmt: skip
def test_impossible_cameras_too(tmp_path, change):
    view = camera_to_json(0, np.eye(3), np.zeros(3)) | change
    (tmp_path / "cameras.json").write_text(json.dumps([view]))
    assert "viewer. " in camera_of(tmp_path / "cameras.json")[1]
