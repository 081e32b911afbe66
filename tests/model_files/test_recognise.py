"""Files are told apart by what is in them, whatever they are called."""

from __future__ import annotations

import pickle
import zipfile

import numpy as np
import pytest

from flame_blender.model_files.recognise import recognise
from tests.flame.flame_files import flame_2020, flame_2023_open, head_arrays, old_pickle
from tests.flame.shared_models import KINDS, write_landmark_files

FACES, WEIGHTS = np.arange(51), np.full((51, 3), 1 / 3)
STATIC = {"lmk_face_idx": FACES, "lmk_b_coords": WEIGHTS}
PICKLES = {
    "model 2020": (flame_2020(head_arrays()), "model", "a FLAME model of 23 vertices and 20 directions"),
    "model 2023 Open": (flame_2023_open(head_arrays(), 5), "model", "a FLAME model of 23 vertices and 20 directions"),
    "static": (old_pickle(STATIC, 0), "landmarks", "a landmark embedding of 51 points"),
    "dynamic": (old_pickle({"lmk_face_idx": [FACES], "lmk_b_coords": [WEIGHTS]}), "landmarks", "landmark contours"),
    "dynamic as a table": (
        pickle.dumps({"lmk_face_idx": np.zeros((79, 17), int), "lmk_b_coords": np.zeros((79, 17, 3))}),
        "landmarks",
        "landmark contours",
    ),
    "deca": (pickle.dumps({"static_lmk_faces_idx": FACES}), "landmarks", "a landmark embedding of 51 points"),
    "masks": (old_pickle({"face": FACES, "my own": FACES}, 0), "regions", "2 named regions"),
    "triangles": (pickle.dumps({"face_clean": FACES, "cleaner_lips": FACES}), "other", "masks of triangles"),
    "pixels": (pickle.dumps({"valid_pixel_ids": FACES, "img_size": 256}), "texels", "a table of a texture's pixels"),
    "unsafe": (b"cos\nsystem\n.", "other", "a file that cannot be used (expected plain data, but the pickle asks for"),
    "cut short": (flame_2020(head_arrays())[:-100], "other", "ends early"),
    "image": (b"\x89PNG\r\n", "other", "a PNG image"),
    "photo": (b"\xff\xd8\xff\xe0", "other", "a JPEG image"),
    "web page": (b"\n<html lang=en>", "other", "a web page"),
    "mesh": (b"ply\nformat ascii 1.0", "other", "a PLY mesh"),
    "obj": (b"# Blender\nmtllib a.mtl\no Head\nv 0.1 -0.2 1e-3\n", "template", "an .obj mesh"),
}
UNKNOWN = {
    "text": b"some notes",
    "other lists": pickle.dumps({"ids": FACES}),
    "a list": pickle.dumps([1, 2]),
    "parameters": pickle.dumps({"expression": np.zeros((3, 100)), "jaw": np.zeros((3, 3))}),
}


@pytest.mark.parametrize("kind", PICKLES)
def test_by_content(tmp_path, kind):
    content, expected, description = PICKLES[kind]
    (tmp_path / "renamed.bin").write_bytes(content)
    found = recognise(tmp_path / "renamed.bin")
    assert found is not None
    assert found.kind == expected
    assert description in found.description
    assert str(tmp_path) not in found.description


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_is_nothing_known(tmp_path, kind):
    (tmp_path / "generic_model.pkl").write_bytes(UNKNOWN[kind])
    assert recognise(tmp_path / "generic_model.pkl") is None


@pytest.mark.parametrize(
    ("arrays", "kind"),
    [
        (head_arrays(), "model"),
        (STATIC, "landmarks"),
        ({"face": FACES, "neck": FACES}, "regions"),
        ({"mean": np.zeros((2, 2, 3)), "tex_dir": np.zeros((2, 2, 3, 4))}, "texture"),
        ({"MU": np.zeros(12), "PC": np.zeros((12, 5)), "vt": WEIGHTS}, "texture"),
        ({"face": np.zeros((4, 4), bool)}, "texels"),
        ({"poses": np.zeros((3, 165))}, None),
        ({}, None),
    ],
)
def test_npz(tmp_path, arrays, kind):
    np.savez(tmp_path / "a", **arrays)
    found = recognise(tmp_path / "a.npz")
    assert (found and found.kind) == kind


def test_npz_is_recognised_by_its_headers_alone(tmp_path):
    """A member whose data is damaged does not matter, and nothing of any size is read."""
    np.savez(tmp_path / "a.npz", **head_arrays())
    damaged = bytearray((tmp_path / "a.npz").read_bytes())
    at = damaged.find(b"shapedirs.npy") + 200
    damaged[at : at + 8] = b"\xff" * 8
    (tmp_path / "a.npz").write_bytes(damaged)
    assert recognise(tmp_path / "a.npz").kind == "model"


def test_a_download_still_packed(tmp_path):
    with zipfile.ZipFile(tmp_path / "FLAME2020.zip", "w") as archive:
        archive.writestr("FLAME2020/generic_model.pkl", b"...")
    found = recognise(tmp_path / "FLAME2020.zip")
    assert found.kind == "other"
    assert found.description == "a zip archive to be unpacked first, holding FLAME2020/generic_model.pkl"


def test_no_file_and_a_folder(tmp_path):
    assert "expected a file, found none" in recognise(tmp_path / "none").description
    assert "found a folder" in recognise(tmp_path).description


@pytest.mark.parametrize("kind", KINDS)
def test_full_size_files(tmp_path, kind):
    """RingNet's own where they are there, and the project's of their form."""
    static, dynamic, _ = write_landmark_files(tmp_path, kind)
    assert recognise(static).description == "a landmark embedding of 51 points"
    assert recognise(dynamic).description == "landmark contours"
