"""save_model writes what load_model gives back bit for bit, in one step, as plain arrays."""

from __future__ import annotations

import dataclasses
import errno
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flame_blender.errors import ModelError, WriteError
from flame_blender.files.archive import npz_shapes, read_npz
from flame_blender.files.npz_file import save_arrays
from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import Direction, DisplayMesh, FlameModel
from flame_blender.model_files.loading import load_model
from flame_blender.model_files.project_file import FORMAT
from flame_blender.model_files.saving import save_model
from tests.flame.flame_files import head_arrays


def head(**more: object) -> FlameModel:
    arrays = head_arrays(11)
    names = {"faces": "f", "joint_regressor": "J_regressor"}
    keys = ("v_template", "faces", "shapedirs", "posedirs", "joint_regressor", "weights")
    parents = arrays["kintree_table"][0]
    return FlameModel.from_arrays(
        **{key: arrays[names.get(key, key)] for key in keys}, parents=parents, n_identity=12, **more
    )


def full_head() -> FlameModel:
    """A head with everything that a model can bring along."""
    rng = np.random.default_rng(12)
    weights = rng.dirichlet(np.ones(3), (79, 17)).astype(np.float32)
    embedding = LandmarkEmbedding(
        np.arange(6), weights[0, :6], rng.integers(0, 31, (79, 17)), weights, np.arange(7), weights[1, :7], np.arange(6)
    )
    polygons = np.concatenate([rng.integers(0, 23, (9, 4)), np.c_[rng.integers(0, 23, (3, 3)), [-1] * 3]]).astype(
        np.int32
    )
    display = DisplayMesh(
        polygons,
        rng.random((17, 2)).astype(np.float32),
        rng.integers(-1, 17, (12, 4)).astype(np.int32),
        rng.integers(0, 2, 12).astype(np.int32),
        ("Skin", "Œil"),
    )
    return head(
        release="made up",
        directions=tuple(Direction(f"smile {i}", "Mundwinkel ü", "weight", (-0.1 * i, 1 / 3)) for i in range(20)),
        display=display,
        regions={"face": np.arange(5, dtype=np.int32), "none": np.zeros(0, np.int32)},
        landmarks={"ibug": embedding, "few": LandmarkEmbedding(np.arange(2), weights[0, :2])},
        tool_landmarks={"few": LandmarkEmbedding(np.arange(1, 3), weights[0, 2:4])},
        identity_mixing=np.tril(rng.normal(size=(12, 12))).astype(np.float32),
    )


def assert_equal(found: Any, expected: Any) -> None:
    """The same to the last bit, field by field."""
    assert type(found) is type(expected) or isinstance(expected, dict)
    if isinstance(expected, np.ndarray):
        assert (found.dtype, found.shape, found.tobytes()) == (expected.dtype, expected.shape, expected.tobytes())
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for key, value in expected.items():
            assert_equal(found[key], value)
    elif dataclasses.is_dataclass(expected):
        for field in dataclasses.fields(expected):
            value = getattr(expected, field.name)
            assert_equal(
                dict(getattr(found, field.name)) if isinstance(value, dict) else getattr(found, field.name), value
            )
    else:
        assert found == expected


@pytest.mark.parametrize("make", [head, full_head])
def test_everything_comes_back(tmp_path, make):
    model = make()
    save_model(model, tmp_path / "head.npz")
    found = load_model(tmp_path / "head.npz")
    for field in dataclasses.fields(FlameModel):
        expected = getattr(model, field.name)
        expected = dict(expected) if field.name in ("regions", "landmarks", "tool_landmarks") else expected
        assert_equal(getattr(found, field.name), expected)
    assert found.fingerprint == model.fingerprint


def test_extreme_numbers_come_back(tmp_path):
    model = head()
    strange = np.array([-0.0, 1e-45, 3.4028235e38], np.float32)
    basis = model.basis.copy()
    basis[0, :3] = strange
    save_model(dataclasses.replace(model, basis=basis), tmp_path / "head.npz")
    assert load_model(tmp_path / "head.npz").basis[0, :3].tobytes() == strange.tobytes()


def test_the_file_holds_plain_arrays_under_the_documented_names(tmp_path):
    model = full_head()
    save_model(model, tmp_path / "head.npz")
    with np.load(tmp_path / "head.npz", allow_pickle=False) as file:
        arrays = dict(file)
    assert arrays["format"] == FORMAT
    assert arrays["fingerprint"] == model.fingerprint
    assert arrays["shapedirs"].flags.f_contiguous
    assert arrays["posedirs"].flags.f_contiguous
    assert sorted(key for key in arrays if "/" not in key) == sorted([
        "direction_groups", "direction_names", "direction_ranges", "direction_units", "faces", "fingerprint", "format",
        "identity_mixing", "joint_regressor", "material_names", "n_expression", "n_identity", "parents",
        "polygon_materials", "polygons",
        "posedirs", "release", "shapedirs", "uv_coords", "uv_polygons", "v_template", "weights",
    ])  # fmt: skip
    assert sorted(key for key in arrays if "/" in key) == [
        "landmarks/few/static_barycentric", "landmarks/few/static_faces", "landmarks/ibug/contour_barycentric",
        "landmarks/ibug/contour_faces", "landmarks/ibug/full_barycentric", "landmarks/ibug/full_faces",
        "landmarks/ibug/indices", "landmarks/ibug/static_barycentric", "landmarks/ibug/static_faces", "regions/face",
        "regions/none", "tool_landmarks/few/static_barycentric", "tool_landmarks/few/static_faces",
    ]  # fmt: skip
    with zipfile.ZipFile(tmp_path / "head.npz") as archive:
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_equal_models_give_equal_bytes(tmp_path):
    save_model(full_head(), tmp_path / "a.npz")
    save_model(full_head(), tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_an_edited_file_has_a_fingerprint_of_its_own(tmp_path):
    model = head()
    save_model(model, tmp_path / "head.npz")
    arrays = {key: array.copy() for key, array in read_npz(tmp_path / "head.npz").items()}
    arrays["v_template"][0, 0] += 1
    np.savez(tmp_path / "edited.npz", **arrays)
    assert load_model(tmp_path / "edited.npz").fingerprint != model.fingerprint


def test_parts_can_be_read_alone(tmp_path):
    save_model(head(), tmp_path / "head.npz")
    assert set(read_npz(tmp_path / "head.npz", only=("release", "parents", "no such key"))) == {"release", "parents"}
    shapes = npz_shapes(tmp_path / "head.npz")
    assert shapes["weights"] == (np.dtype("<f4"), (23, 5))
    assert shapes["shapedirs"] == (np.dtype("<f4"), (23, 3, 20))


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "head.npz"
    save_model(head(), path)
    before = path.read_bytes()

    def disk_full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(WriteError, match=r"head\.npz: cannot be written \(No space left on device\); make room"):
        save_model(full_head(), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["head.npz"]  # noqa: PTH208 (one name is all there is)


def test_folders_are_made_and_permissions_are_the_usual_ones(tmp_path):
    save_model(head(), tmp_path / "models" / "new" / "head.npz")
    (tmp_path / "usual").touch()
    saved = (tmp_path / "models" / "new" / "head.npz").stat()
    assert saved.st_mode == (tmp_path / "usual").stat().st_mode


def test_arrays_of_objects_are_refused(tmp_path):
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        save_arrays(tmp_path / "head.npz", {"weights": np.array([{}], object)})
    assert list(tmp_path.iterdir()) == []


def test_any_key_can_be_saved(tmp_path):
    save_arrays(tmp_path / "a.npz", {"file": np.arange(2), "args": np.arange(3)})
    assert {key: len(array) for key, array in read_npz(tmp_path / "a.npz").items()} == {"file": 2, "args": 3}


def rewritten(tmp_path: Path, **arrays: np.ndarray | None) -> Path:
    """A saved head with some arrays exchanged or, for None, left out."""
    save_model(full_head(), tmp_path / "head.npz")
    content = read_npz(tmp_path / "head.npz") | arrays
    np.savez(tmp_path / "head.npz", **{key: array for key, array in content.items() if array is not None})
    return tmp_path / "head.npz"


@pytest.mark.parametrize(
    ("key", "array", "message"),
    [
        ("format", np.array("flame_blender model 2"), "format must be 'flame_blender model 1', found .*; update"),
        ("format", np.arange(2), "format must be one text"),
        ("weights", None, "weights must be there"),
        ("weights", np.array({"a": 1}, object), "weights must be an array, found a dict of 1"),
        ("shapedirs", np.zeros((22, 3, 20), np.float32), r"shapedirs must have shape"),
        ("posedirs", np.full((23, 3, 36), np.nan, np.float32), "posedirs must hold finite numbers"),
        ("n_identity", np.array(21), r"n_identity must lie in 0\.\.20"),
        ("n_identity", np.array([1]), "n_identity must be one whole number"),
        ("parents", np.array([-1, 0, 1, 1, 9]), r"parents must lie in -1\.\.4, found -1\.\.9"),
        ("parents", np.array([-1, 1, 0, 1, 1]), "parents must come before their children"),
        ("parents", np.array([-1, np.nan, 1, 1, 1]), "parents must be whole numbers"),
        ("parents", np.array([-1, 0, 1, 1]), r"parents must be whole numbers of shape \(5,\), found int64 \(4,\)"),
        ("parents", np.full(5, 2**40), r"parents must lie in -1\.\.4"),
        ("release", np.array(3), "release must be one text"),
        ("direction_names", np.array(["a"] * 19), r"direction_ranges must be \(19, 2\)"),
        ("direction_units", np.array(["sd"]), "direction_names, _groups and _units must be as many"),
        ("direction_names", np.zeros(20), "direction_names must be a list of texts"),
        ("direction_ranges", np.full((20, 2), np.nan), "direction_ranges must be"),
        ("polygons", np.full((2, 4), 23), r"polygons must lie in -1\.\.22, found 23"),
        ("polygons", np.zeros((2, 5), int), "polygons must have 3 or 4 corners"),
        ("polygons", np.zeros((2, 4)), "polygons must be whole numbers"),
        ("polygons", np.tile([0, -1, 2, 3], (12, 1)), "polygons must have -1 in the last place of a triangle alone"),
        ("uv_coords", np.full((17, 2), np.inf), "uv_coords must hold finite numbers"),
        ("uv_polygons", np.full((12, 4), 17), r"uv_polygons must lie in -1\.\.16"),
        ("uv_polygons", None, "uv_polygons must be there"),
        ("polygon_materials", np.full(12, 2), r"polygon_materials must lie in 0\.\.1"),
        ("regions/face", np.array([23]), r"regions/face must lie in 0\.\.22, found 23"),
        ("landmarks/ibug/static_faces", np.array([31] * 6), "landmarks/ibug/static_faces must name triangles"),
        ("landmarks/ibug/static_faces", None, "landmarks/ibug must hold static_faces"),
        ("landmarks/ibug/colour", np.zeros(3), "landmarks/ibug must hold .*colour"),
        ("landmarks/ibug/contour_faces", np.zeros((3, 17), int), "landmarks/ibug/contour"),
    ],
)
def test_a_damaged_file_of_our_own_is_named(tmp_path, key, array, message):
    with pytest.raises(ModelError, match=rf"^{tmp_path}/head.npz: {message}"):
        load_model(rewritten(tmp_path, **{key: array}))
