"""load_landmarks reads every embedding that FLAME's tools keep, torch tensors inside included."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.files.archive import read_any
from flame_blender.model_files.embeddings import load_landmarks
from tests.flame.face_like import face_like_model
from tests.flame.flame_files import old_pickle
from tests.flame.shared_models import KINDS, write_landmark_files


def points(*shape: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(3), shape)
    return rng.integers(0, 9976, shape), weights


def saved(folder: Path, value: object, name: str) -> Path:
    """An .npy around a dict, as numpy.save writes it, or a pickle."""
    path = folder / name
    if name.endswith(".npy"):
        np.save(path, np.array(value, object), allow_pickle=True)
    else:
        path.write_bytes(value if isinstance(value, bytes) else pickle.dumps(value))
    return path


def npy_of_python_2(folder: Path, value: dict) -> Path:
    """What numpy.save wrote under Python 2: a protocol 2 pickle of an object array behind the header."""
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (), }"
    header += b" " * (64 - (len(header) + 11) % 64) + b"\n"
    path = folder / "flame_dynamic_embedding.npy"
    start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    path.write_bytes(start + old_pickle(np.array(value, object), 2))
    return path


@pytest.mark.parametrize("protocol", [0, 2])
@pytest.mark.parametrize("count", [51, 68])
def test_static_points(tmp_path, count, protocol):
    faces, weights = points(count)
    content = {"lmk_face_idx": faces.astype(np.uint32), "lmk_b_coords": np.asfortranarray(weights)}
    found = load_landmarks(saved(tmp_path, old_pickle(content, protocol), "flame_static_embedding.pkl"))
    np.testing.assert_array_equal(found.static_faces, faces)
    np.testing.assert_array_equal(found.static_barycentric, weights.astype(np.float32))
    assert found.count == count
    assert found.contour_faces is None
    assert found.indices is None


def test_dynamic_contour(tmp_path):
    faces, weights = points(79, 17)
    content = {"lmk_face_idx": list(faces.astype(np.uint32)), "lmk_b_coords": list(weights)}
    for path in (saved(tmp_path, content, "new.npy"), npy_of_python_2(tmp_path, content)):
        found = load_landmarks(path)
        assert found.static_faces.shape == (0,)
        np.testing.assert_array_equal(found.contour_faces, faces)
        np.testing.assert_array_equal(found.contour_barycentric, weights.astype(np.float32))
        assert found.count == 17


def test_dynamic_contour_as_one_array_and_as_an_array_of_arrays(tmp_path):
    faces, weights = points(79, 17)
    rows = np.empty(79, object)
    rows[:] = list(weights)
    for value in (weights, rows, tuple(weights)):
        found = load_landmarks(saved(tmp_path, {"lmk_face_idx": faces, "lmk_b_coords": value}, "dynamic.npy"))
        np.testing.assert_array_equal(found.contour_barycentric, weights.astype(np.float32))


@pytest.mark.parametrize("n_static", [51, 53])
def test_deca_and_vhap_with_torch_tensors_inside(tmp_path, n_static):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: its tensors inside an npy are not tried")
    static, dynamic, full = points(n_static), points(79, 17, seed=1), points(1, n_static + 17, seed=2)
    content = {
        "static_lmk_faces_idx": static[0],
        "static_lmk_bary_coords": np.asfortranarray(static[1]),
        "dynamic_lmk_faces_idx": torch.from_numpy(dynamic[0]),
        "dynamic_lmk_bary_coords": torch.from_numpy(dynamic[1].astype(np.float32)),
        "full_lmk_faces_idx": full[0],
        "full_lmk_bary_coords": torch.from_numpy(full[1].astype(np.float32)),
    }
    path = saved(tmp_path, content, "landmark_embedding.npy")
    assert b"torch" in path.read_bytes()
    found = load_landmarks(path)
    for kind, (faces, weights) in (("static", static), ("contour", dynamic), ("full", (full[0][0], full[1][0]))):
        np.testing.assert_array_equal(getattr(found, f"{kind}_faces"), faces)
        np.testing.assert_array_equal(getattr(found, f"{kind}_barycentric"), weights.astype(np.float32))
    assert found.count == n_static + 17


def test_mediapipe(tmp_path):
    faces, weights = points(105)
    ids = np.sort(np.random.default_rng(3).choice(468, 105, replace=False))
    np.savez(
        tmp_path / "mediapipe.npz", lmk_face_idx=faces.astype(np.uint32), lmk_b_coords=weights, landmark_indices=ids
    )
    found = load_landmarks(tmp_path / "mediapipe.npz")
    np.testing.assert_array_equal(found.static_faces, faces)
    np.testing.assert_array_equal(found.indices, ids)
    assert found.count == 105


@pytest.mark.parametrize("kind", KINDS)
def test_full_size_files(tmp_path, kind):
    """RingNet's and MediaPipe's own, by what NumPy's loader finds in them, and the project's of their form."""
    static, dynamic, mediapipe = map(load_landmarks, write_landmark_files(tmp_path, kind))
    both = static.with_contour(dynamic)
    assert (static.count, both.count, mediapipe.count, len(mediapipe.indices)) == (51, 68, 105, 105)
    assert dynamic.contour_faces.shape == (79, 17)
    np.testing.assert_allclose(static.static_barycentric.sum(1), 1, atol=1e-6)
    for embedding in (both, mediapipe):
        embedding.validate(9976)
    if kind == "released":
        assert (static.static_faces.min(), static.static_faces.max()) == (268, 8905)
        assert (dynamic.contour_faces.min(), dynamic.contour_faces.max()) == (151, 8921)
        assert (mediapipe.static_faces.min(), mediapipe.static_faces.max()) == (3, 8834)
        return
    written = face_like_model().landmarks
    for found, name, fields in (
        (both, "ibug", ("static_faces", "static_barycentric", "contour_faces", "contour_barycentric")),
        (mediapipe, "mediapipe", ("static_faces", "static_barycentric", "indices")),
    ):
        for field in fields:
            np.testing.assert_array_equal(getattr(found, field), getattr(written[name], field))


@pytest.mark.parametrize("kind", KINDS)
def test_full_size_files_equal_what_numpy_unpickles(tmp_path, kind):
    """The same numbers through NumPy's own loader, which is only safe because these files are known."""
    static, dynamic, _ = write_landmark_files(tmp_path, kind)
    expected = pickle.loads(static.read_bytes(), encoding="latin1")
    found: Any = read_any(static)
    assert found.keys() == expected.keys()
    for key, array in expected.items():
        np.testing.assert_array_equal(found[key], array)
    expected = np.load(dynamic, allow_pickle=True, encoding="latin1")[()]
    found = read_any(dynamic)
    for key, rows in expected.items():
        assert len(found[key]) == len(rows) == 79
        for row, expected_row in zip(found[key], rows, strict=True):
            np.testing.assert_array_equal(row, expected_row)


FACES, WEIGHTS = points(51)
ROWS, ROW_WEIGHTS = points(79, 17)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"lmk_face_idx": FACES}, "expected the key lmk_b_coords, found 'lmk_face_idx'"),
        ({"lmk_face_idx": FACES, "lmk_b_coords": WEIGHTS[:50]}, r"static_barycentric must .*\(51, 3\)"),
        (
            {"lmk_face_idx": FACES, "lmk_b_coords": WEIGHTS * 2},
            "static_barycentric must hold three weights that sum to 1",
        ),
        ({"lmk_face_idx": FACES, "lmk_b_coords": WEIGHTS * np.nan}, "static_barycentric must hold three weights"),
        (
            {"lmk_face_idx": FACES, "lmk_b_coords": np.add(WEIGHTS, [np.inf, -np.inf, 0])},
            "static_barycentric must hold three",
        ),
        (
            {"lmk_face_idx": FACES, "lmk_b_coords": np.add(WEIGHTS, [1e300, -1e300, 0])},
            "static_barycentric must hold three",
        ),
        ({"lmk_face_idx": FACES, "lmk_b_coords": "none"}, "lmk_b_coords must hold arrays of numbers, found 'none'"),
        ({"lmk_face_idx": FACES, "lmk_b_coords": np.float64(1)}, "lmk_b_coords must hold arrays of numbers"),
        ({"lmk_face_idx": FACES, "lmk_b_coords": []}, "lmk_b_coords must hold arrays of numbers, found a list of 0"),
        ({"lmk_face_idx": FACES * 1.5, "lmk_b_coords": WEIGHTS}, "static_faces must hold whole numbers"),
        ({"lmk_face_idx": -FACES - 1, "lmk_b_coords": WEIGHTS}, "static_faces must not be negative"),
        ({"lmk_face_idx": FACES + 2**40, "lmk_b_coords": WEIGHTS}, "static_faces must not .* exceed 32 bits"),
        ({"lmk_face_idx": FACES, "lmk_b_coords": WEIGHTS, "landmark_indices": FACES[:9]}, "indices must number the 51"),
        ({"lmk_face_idx": list(ROWS)[:5], "lmk_b_coords": list(ROW_WEIGHTS)[:5]}, "lmk_face_idx must hold 79"),
        ({"lmk_face_idx": [*ROWS[:78], ROWS[0][:9]], "lmk_b_coords": list(ROW_WEIGHTS)}, "lmk_face_idx must hold 79"),
        ({"lmk_face_idx": ROWS[:9], "lmk_b_coords": ROW_WEIGHTS[:9]}, "contour_faces must have 79 rows, found 9"),
        ({"static_lmk_faces_idx": FACES}, "expected the key static_lmk_bary_coords"),
        (
            {"face": np.arange(3), "lips": np.arange(2)},
            "expected a landmark embedding, found 2 named regions; choose another file",
        ),
        (
            {"face": np.arange(3)},
            "expected a landmark embedding, found one list of vertices, 'face', and no set of masks",
        ),
        ([1, 2], "expected a landmark embedding, found nothing known"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, content, message):
    path = saved(tmp_path, content, "landmarks.pkl")
    with pytest.raises(ModelError, match=rf"^{path}: {message}") as caught:
        load_landmarks(path)
    assert str(caught.value).endswith(".")
