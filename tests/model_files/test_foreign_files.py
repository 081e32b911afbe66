"""Files among the installed ones that are not what was installed there, and names that disks take oddly."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.model_files.library import CHOICE, LOOKED_AT, Library
from flame_blender.model_files.saving import save_model
from tests.flame.eyelid_files import eyelid
from tests.flame.flame_files import flame_2020, head_arrays
from tests.flame.full_size import full_size_landmarks


@pytest.fixture
def library(tmp_path) -> Library:
    return Library(tmp_path / "user")


def model_file(path: Path, seed: int = 0) -> Path:
    path.write_bytes(flame_2020(head_arrays(seed, n_vertices=40, n_directions=14)))
    return path


SAID = {
    "fingerprint": np.array("x"), "release": np.array("r"), "n_identity": np.array(1), "n_expression": np.array(1),
    "weights": np.zeros((2, 5)),
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"n_identity": np.array("x")},
        {"n_identity": np.array([1, 2])},
        {"n_identity": np.array(np.nan)},
        {"n_expression": np.array({}, object)},
        {"weights": np.array(5)},
        {"weights": np.array(["a", "b"])},
        {"release": np.array(3)},
        {"fingerprint": np.array(["x", "y"])},
    ],
)
def test_a_foreign_npz_among_the_models_is_named_and_the_others_go_on(library, tmp_path, change):
    library.install([model_file(tmp_path / "mine.pkl")])
    np.savez(library.folder / "models" / "foreign.npz", **{**SAID, **change})
    assert [entry.name for entry in library.models()] == ["mine"]
    (said,) = library.damaged()
    assert "foreign.npz" in said and next(iter(change)) in said and said.isprintable()
    assert library.installed_last() is None and len(library.inventory()) == 9


@pytest.mark.parametrize(
    ("file", "arrays"),
    [
        ("landmarks/ibug.npz", {"x": np.zeros(3)}),
        ("landmarks/points_51.npz", {"static_faces": np.zeros(51), "static_barycentric": np.zeros((51, 3))}),
        ("landmarks/points_51.npz", {"static_faces": np.full(1, 10**6), "static_barycentric": np.ones((1, 3)) / 3}),
        ("landmarks/contour.npz", None),
        ("regions.npz", {"face": np.full(3, 10**6)}),
        ("regions.npz", {"face": np.zeros((2, 2))}),
        ("regions.npz", None),
        ("eyelids.npz", {"0": np.zeros((5, 3))}),
        ("eyelids.npz", {"0": np.array({}, object)}),
        ("template.npz", {"faces": np.zeros((5, 3), int)}),
        ("template.npz", {"x": np.zeros(3)}),
        ("template.npz", None),
    ],
)
def test_what_is_damaged_beside_the_models_is_named_and_counts_as_not_there(library, full_model, file, arrays):
    """Another's file or a torn one (None): a head of FLAME's topology is loaded without it."""
    path = library.folder / "models" / "full.npz"
    save_model(full_model, path)
    damaged = library.folder / file
    damaged.parent.mkdir(exist_ok=True)
    np.savez(damaged, **(arrays or {"faces": np.zeros((9976, 3), int)}))
    if arrays is None:
        damaged.write_bytes(damaged.read_bytes()[:-30])
    assert not any(is_there for *_, is_there in library.inventory())
    (said,) = library.damaged()
    assert file in said and said.isprintable()
    (entry,) = library.models()
    model = library.load(entry)
    assert model.display is None and model.eyelid_shapes is None and set(model.landmarks) == set(full_model.landmarks)


def test_installing_mends_what_was_damaged(library, tmp_path, full_model):
    library.topology.add_landmarks(full_size_landmarks())
    masks = tmp_path / "masks.pkl"
    masks.write_bytes(pickle.dumps({name: np.arange(9) for name in ("face", "scalp", "nose")}))
    np.save(tmp_path / "l_eyelid.npy", eyelid(full_model, 1))
    for name in ("regions.npz", "eyelids.npz"):
        (library.folder / name).write_bytes(b"torn")
    assert len(library.damaged()) == 2
    library.install([masks, tmp_path / "l_eyelid.npy"])
    assert not library.damaged() and library.topology.regions().keys() == {"face", "scalp", "nose"}


@pytest.mark.parametrize("record", ["{", "[1, 2]", "", '{"x": ' + "[" * 5000, "\udcff"])
def test_a_torn_record_of_what_was_looked_at_is_made_anew(library, tmp_path, record):
    file = model_file(tmp_path / "mine.pkl")
    library.folder.mkdir()
    (library.folder / LOOKED_AT).write_bytes(record.encode("utf-8", "surrogateescape"))
    assert [len(each) for each in library.install_new([file])] == [1, 0]
    assert [len(each) for each in library.install_new([file])] == [0, 0]
    assert json.loads((library.folder / LOOKED_AT).read_text()).keys() == {str(file)}


def test_a_choice_that_cannot_be_read_is_none(library):
    (library.folder / CHOICE).mkdir(parents=True)
    assert library.chosen() is None


def test_names_that_differ_in_case_or_accents_alone_do_not_overwrite_each_other(library, tmp_path):
    """On Windows and macOS ``Mine`` is ``mine``, and an é in one letter that in two."""
    names = ["mine", "Mine", "MINE", "t\xeate", "te\u0302te"]
    for seed, name in enumerate(names):
        (tmp_path / str(seed)).mkdir()
        library.install([model_file(tmp_path / str(seed) / f"{name}.pkl", seed)])
    found = {path.stem for path in (library.folder / "models").iterdir()}
    assert found == {"mine", "Mine-2", "MINE-3", "t\xeate", "te\u0302te-2"}
    assert len(library.models()) == 5


def test_a_damaged_or_foreign_file_is_not_overwritten_by_a_model_of_its_name(library, tmp_path):
    (library.folder / "models").mkdir(parents=True)
    (library.folder / "models" / "Mine.npz").write_bytes(b"the user's")
    library.install([model_file(tmp_path / "mine.pkl")])
    assert [entry.name for entry in library.models()] == ["mine-2"]
    assert (library.folder / "models" / "Mine.npz").read_bytes() == b"the user's"


@pytest.mark.skipif(os.name != "posix", reason="names there are always text")
def test_a_name_that_is_no_text_is_shown_as_one(library, tmp_path):
    """Not UTF-8, or with a line break: Blender takes neither; put there by hand it is listed, and removed."""
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/t\xeate\nb.pkl"))
    (told,) = library.install([model_file(odd)])
    (entry,) = library.models()
    assert entry.name == entry.path.stem == "t_te_b" and "'t_te_b'" in told
    shutil.copy(entry.path, Path(os.fsdecode(os.fsencode(entry.path.parent) + b"/z\xea.npz")))
    assert [entry.name for entry in library.models()] == ["t_te_b", "z_"]
    library.remove("z_")
    assert [entry.name for entry in library.models()] == ["t_te_b"]


@pytest.mark.skipif(os.name != "posix", reason="a user is told by a number")
def test_folders_that_cannot_be_entered_or_listed_are_named_and_the_rest_is_installed(library, tmp_path):
    """By a user who may not; root becomes nobody for it."""
    folder = tmp_path / "download"
    for name in ("", "may not be entered", "may not be listed"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        model_file(folder / name / "n.pkl", len(name))
    os.mkfifo(folder / "pipe.pkl")
    (folder / "gone.pkl").symlink_to(folder / "nowhere")
    (folder / "may not be entered").chmod(0o644)
    (folder / "may not be listed").chmod(0o311)
    root = os.geteuid() == 0
    modes = {each: each.stat().st_mode for each in tmp_path.parents if root and not each.stat().st_mode & 1}
    library.folder.mkdir()
    for each in (*modes, tmp_path, library.folder):
        each.chmod(0o777)
    try:
        if root:
            os.seteuid(65534)
        told = library.install([folder])
        with pytest.raises(ModelError, match=r"n\.pkl.*Permission denied"):
            library.install([folder / "may not be entered" / "n.pkl"])
    finally:
        if root:
            os.seteuid(0)
        for each, mode in modes.items():
            each.chmod(mode)
        for each in folder.iterdir():
            if each.is_dir():
                each.chmod(0o755)
    assert len(told) == 2 and told[0].startswith("n.pkl: installed") and told[1].isprintable()
    for name in (
        "n.pkl (a file that cannot be used (cannot be read (Permission denied",
        "may not be listed",
        "gone.pkl",
    ):
        assert name in told[1], told[1]
    assert "pipe" not in told[1]
