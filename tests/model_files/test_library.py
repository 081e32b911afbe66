"""Installing, finding and removing the user's FLAME files."""

from __future__ import annotations

import dataclasses
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.model_files.library import Library, load_entry, model_entry
from flame_blender.model_files.saving import save_model
from tests.flame.full_size import full_size_landmarks, full_size_model, small_model


@pytest.fixture
def library(tmp_path) -> Library:
    return Library(tmp_path / "user")


@pytest.fixture
def model_file(tmp_path) -> Path:
    path = tmp_path / "mine.npz"
    save_model(dataclasses.replace(full_size_model(), landmarks={}), path)
    return path


def static_file(folder: Path, seed: int = 1) -> Path:
    points = full_size_landmarks(seed)
    path = folder / "static.pkl"
    stored = {"lmk_face_idx": points.static_faces.astype(np.uint32), "lmk_b_coords": points.static_barycentric}
    path.write_bytes(pickle.dumps(stored, protocol=2))
    return path


def contour_file(folder: Path, seed: int = 1) -> Path:
    points = full_size_landmarks(seed)
    path = folder / "contour.npy"
    stored = {"lmk_face_idx": list(points.contour_faces), "lmk_b_coords": list(points.contour_barycentric)}
    np.save(path, np.array(stored), allow_pickle=True)
    return path


def test_an_installed_model_is_listed_and_loads_as_it_was(library, model_file):
    (told,) = library.install([model_file])
    assert "mine.npz" in told and "300 + 100" in told
    (entry,) = library.models()
    original = full_size_model()
    assert (entry.name, entry.n_vertices, entry.fingerprint) == ("mine", 5023, original.fingerprint)
    np.testing.assert_array_equal(library.load(entry).basis, original.basis)


def test_the_same_arrays_are_installed_once_and_other_ones_beside(library, model_file, tmp_path):
    other = tmp_path / "elsewhere" / "mine.npz"
    save_model(full_size_model(seed=9), other)
    copy = shutil.copy(model_file, tmp_path / "renamed.npz")
    library.install([model_file, Path(copy), other])
    assert [entry.name for entry in library.models()] == ["mine", "mine-2"]


def test_ringnets_two_landmark_files_make_one_set_in_either_order(tmp_path, model_file):
    files = [static_file(tmp_path), contour_file(tmp_path)]
    expected = full_size_landmarks(1)
    for number, order in enumerate((files, files[::-1])):
        library = Library(tmp_path / f"user{number}")
        library.install([model_file, *order])
        landmarks = library.load(library.models()[0]).landmarks["ibug"]
        assert landmarks.count == 68
        np.testing.assert_array_equal(landmarks.static_faces, expected.static_faces)
        np.testing.assert_array_equal(landmarks.contour_faces, expected.contour_faces)


def test_a_folder_gives_all_it_holds_and_what_is_missing_shrinks(library, model_file, tmp_path):
    assert not any(is_there for *_, is_there in library.inventory())
    folder = tmp_path / "download" / "nested"
    folder.mkdir(parents=True)
    shutil.copy(model_file, folder)
    static_file(folder)
    (folder / "masks.pkl").write_bytes(pickle.dumps({name: np.arange(9) for name in ("face", "scalp", "nose", "lips")}))
    (folder / "notes.pkl").write_bytes(pickle.dumps([1, 2, 3]))
    (folder / "readme.txt").write_text("read me")
    told = library.install([folder.parent])
    assert len(told) >= 2
    there = {what: is_there for what, _, is_there in library.inventory()}
    assert there["68 landmarks"] and not there["Sliding contour"] and not there["UVs"]


def test_landmarks_belong_to_flames_topology_alone(library, tmp_path):
    save_model(dataclasses.replace(small_model(), landmarks={}), tmp_path / "small.npz")
    library.install([tmp_path / "small.npz", static_file(tmp_path)])
    assert not library.load(library.models()[0]).landmarks


def test_what_is_no_flame_file_is_refused_by_name(library, tmp_path):
    wrong = tmp_path / "cat.png"
    wrong.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(ModelError, match=r"cat\.png.*PNG image"):
        library.install([wrong])
    with pytest.raises(ModelError, match="found none"):
        library.install([tmp_path])
    assert not library.models()


def test_removing(library, model_file):
    library.install([model_file])
    library.remove("mine")
    assert not library.models() and model_file.exists()
    with pytest.raises(ModelError, match="'mine'"):
        library.remove("mine")
    with pytest.raises(ModelError, match="named"):
        library.remove("../../mine")


def test_a_changed_file_does_not_pass_for_the_installed_one(library, model_file):
    library.install([model_file])
    (entry,) = library.models()
    with np.load(entry.path) as stored:
        arrays = dict(stored)
    arrays["weights"] = arrays["weights"][:, ::-1]
    np.savez(entry.path, **arrays)
    with pytest.raises(ModelError, match="install it again"):
        load_entry(model_entry(entry.path))


def test_files_in_a_checkout_are_looked_at_once(library, model_file, tmp_path):
    broken = tmp_path / "broken.npz"
    broken.write_bytes(model_file.read_bytes()[:5000])
    told, wrong = library.install_new([model_file, broken])
    assert len(told) == len(wrong) == 1 and "broken.npz" in wrong[0]
    assert library.install_new([model_file, broken]) == ([], [])
    broken.write_bytes(model_file.read_bytes())
    told, wrong = library.install_new([model_file, broken])
    assert len(told) == 1 and not wrong
