"""load_regions reads masks of vertices and refuses what only looks like them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.model_files.regions import load_regions
from tests.flame.flame_files import old_pickle

MASKS = {
    "face": np.array([5, 3, 9]),
    "left_eyeball": np.arange(3931, 4477),
    "right_eyeball": np.arange(4477, 5023),
    "boundary": np.zeros(0, np.int64),
}


@pytest.mark.parametrize("writer", [lambda masks: old_pickle(masks, 0), lambda masks: pickle.dumps(masks, 4)])
def test_both_mask_files(tmp_path, writer):
    """FLAME_masks.pkl is a Python 2 pickle of protocol 0, FLAME_masks_mouth.pkl one of protocol 4."""
    path = tmp_path / "FLAME_masks.pkl"
    path.write_bytes(writer(MASKS))
    found = load_regions(path, 5023)
    assert list(found) == list(MASKS)
    for name, ids in MASKS.items():
        assert found[name].dtype == np.int32
        assert not found[name].flags.writeable
        np.testing.assert_array_equal(found[name], ids)


def test_npz_and_npy(tmp_path):
    np.savez(tmp_path / "masks.npz", **MASKS)
    np.save(tmp_path / "masks.npy", np.array(MASKS, object), allow_pickle=True)
    for name in ("masks.npz", "masks.npy"):
        found = load_regions(tmp_path / name)
        assert {key: len(ids) for key, ids in found.items()} == {key: len(ids) for key, ids in MASKS.items()}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"face": np.array([0, 5023])}, r"face must hold vertex ids 0\.\.5022, found 0\.\.5023"),
        ({"face": np.array([-1])}, r"face must hold vertex ids 0\.\.5022, found -1\.\.-1"),
        ({"face": np.array([2**40])}, r"face must hold vertex ids 0\.\.5022"),
        ({"face": np.array([0.5])}, "expected named lists of vertex ids, found nothing known"),
        ({"face": np.zeros((2, 2), int)}, "expected named lists of vertex ids"),
        ({"face": [1, 2]}, "expected named lists of vertex ids"),
        ({"face\n": np.array([1])}, "expected named lists of vertex ids"),
        ({}, "expected named lists of vertex ids"),
        ([np.array([1])], "expected named lists of vertex ids"),
        (
            {"v_template": np.zeros((3, 3)), "shapedirs": 0, "posedirs": 0},
            "expected named lists of vertex ids, found a FLAME model of 3 vertices",
        ),
        (
            {"face_clean": np.array([1]), "cleaner_lips": np.array([9975])},
            r"cleaner_lips must hold vertex ids 0\.\.5022",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path, content, message):
    path = tmp_path / "masks.pkl"
    path.write_bytes(pickle.dumps(content))
    with pytest.raises(ModelError, match=rf"^{path}: {message}"):
        load_regions(path, 5023)


def test_uv_masks_are_not_vertices(tmp_path):
    np.savez(tmp_path / "uv_masks.npz", face=np.zeros((8, 8), bool))
    with pytest.raises(ModelError, match="found masks of a texture"):
        load_regions(tmp_path / "uv_masks.npz")


def test_one_long_list_under_many_names_is_refused(tmp_path):
    ids = np.zeros(200_000, np.int64)
    (tmp_path / "masks.pkl").write_bytes(pickle.dumps({f"region {i}": ids for i in range(60)}))
    with pytest.raises(ModelError, match="expected at most 10000000 vertex ids, found 12000000"):
        load_regions(tmp_path / "masks.pkl")
