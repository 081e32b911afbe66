"""Every file of a set is tried, what is of no use is named in one sentence, and no file raises but ModelError."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import ModelError, WriteError
from flame_blender.files.meshes.template import load_template
from flame_blender.model_files import recognise as kinds
from flame_blender.model_files.embeddings import load_landmarks
from flame_blender.model_files.eyelids import load_eyelid
from flame_blender.model_files.library import Library
from flame_blender.model_files.loading import load_model
from flame_blender.model_files.recognise import recognise
from flame_blender.model_files.regions import load_regions
from tests.flame.flame_files import flame_2020, head_arrays, old_pickle
from tests.flame.full_size import full_size_model

MASKS = {name: np.arange(40 * k, 40 * k + 60) for k, name in enumerate(("face", "scalp", "nose", "lips", "neck"))}


def texture(folder: Path) -> Path:
    """DECA's texture_data_256.npy, made small."""
    path = folder / "texture_data_256.npy"
    np.save(path, np.array({"img_size": 256, "valid_pixel_ids": np.arange(9)}), allow_pickle=True)
    return path


def masks(folder: Path, content=MASKS, name="FLAME_masks.pkl") -> Path:
    (folder / name).write_bytes(old_pickle(content, 0))
    return folder / name


@pytest.fixture
def library(tmp_path) -> Library:
    return Library(tmp_path / "user")


@pytest.mark.parametrize("in_a_folder", [False, True])
def test_a_good_file_beside_a_texture_is_installed(library, tmp_path, in_a_folder):
    folder = tmp_path / "FLAME"
    folder.mkdir()
    files = [texture(folder), masks(folder)]
    (folder / "FlameMesh.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    np.savez(folder / "torn.npz", **head_arrays())
    (folder / "torn.npz").write_bytes((folder / "torn.npz").read_bytes()[:300])
    files += [folder / "FlameMesh.obj", folder / "torn.npz"]
    taken, left_out = library.install([folder] if in_a_folder else files)
    assert taken == "FLAME_masks.pkl: 5 regions installed."
    assert left_out.startswith("Not installed: ") and left_out.endswith(".") and "\n" not in left_out
    assert (
        "texture_data_256.npy (a table of a texture's pixels, without colours)" in left_out and "torn.npz" in left_out
    )
    assert "FlameMesh.obj (expected a template" in left_out and str(tmp_path) not in left_out
    assert {what for what, _, there in library.inventory() if there} == {"Regions"}


def test_where_nothing_is_of_use_it_is_an_error_that_names_the_files(library, tmp_path):
    path = texture(tmp_path)
    with pytest.raises(
        ModelError, match=r"texture_data_256\.npy: expected a FLAME model.*found a table of a texture's pixels"
    ):
        library.install([path])
    with pytest.raises(
        ModelError, match=r"found only texture_data_256\.npy \(a table of a texture's pixels, without colours\)"
    ):
        library.install([tmp_path])
    for number in range(9):
        (tmp_path / f"{number}.pkl").write_bytes(pickle.dumps([number]))
    with pytest.raises(ModelError, match=r"0\.pkl \(nothing known\).* and 5 more"):
        library.install(sorted(tmp_path.glob("*.*")))
    assert not (tmp_path / "user").exists()


def test_what_is_installed_says_so_step_by_step(library, tmp_path):
    files = [texture(tmp_path), masks(tmp_path)]
    steps = library.installing(files)
    assert list(steps) == [0.5, 1.0]


def test_a_folder_that_cannot_be_written_to_is_told(library, tmp_path):
    (tmp_path / "user").write_text("a file where the folder should be")
    with pytest.raises(WriteError, match="cannot be written"):
        library.install([masks(tmp_path)])


def test_regions_come_beside_those_that_are_there(library, tmp_path):
    library.install([masks(tmp_path)])
    library.install([masks(tmp_path, {"mouth": np.arange(7), "lips": np.arange(9)}, "more.pkl")])
    regions = library.topology.regions()
    assert regions.keys() == MASKS.keys() | {"mouth"} and len(regions["lips"]) == 9
    one_list = masks(tmp_path, {"forehead": np.arange(30)}, "forehead.pkl")
    with pytest.raises(ModelError, match="one list of vertices, 'forehead', and no set of masks"):
        library.install([one_list])
    assert library.topology.regions().keys() == MASKS.keys() | {"mouth"}


def test_masks_of_a_mesh_with_teeth(library, tmp_path):
    """VHAP's 120 vertices behind FLAME's: the ids of FLAME's count, what is of teeth alone is left out."""
    content = {"face": np.array([3, 5022, 5023]), "teeth": np.arange(5023, 5143), "neck": np.arange(4)}
    (told,) = library.install([masks(tmp_path, content)])
    assert "2 regions" in told and "120 vertices of teeth" in told
    found = library.topology.regions()
    assert {name: ids.tolist() for name, ids in found.items()} == {"face": [3, 5022], "neck": [0, 1, 2, 3]}
    with pytest.raises(ModelError, match=r"face must hold vertex ids 0\.\.5142"):
        library.install([masks(tmp_path, {"face": np.array([5143]), "neck": np.arange(4)})])


def hostile(folder: Path) -> list[Path]:
    """Random bytes under every beginning, files cut short, with bits turned over, of the wrong kinds inside."""
    rng = np.random.default_rng(40)
    good = {
        "model.pkl": flame_2020(head_arrays()),
        "static.pkl": old_pickle({"lmk_face_idx": np.arange(51), "lmk_b_coords": np.full((51, 3), 1 / 3)}, 2),
        "masks.pkl": old_pickle(MASKS, 0),
    }
    np.savez(folder / "part.npz", **head_arrays())
    np.save(folder / "part.npy", 1e-3 * rng.normal(size=(5023, 3)) * (rng.random((5023, 1)) < 0.1))
    good |= {f"part{end}": (folder / f"part{end}").read_bytes() for end in (".npz", ".npy")}
    good["template.obj"] = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nf 1/1 2/1 3/1\n"
    contents = {}
    for name, raw in good.items():
        contents[f"cut_{name}"] = raw[: int(rng.integers(1, len(raw)))]
        for number in range(3):
            turned = bytearray(raw)
            for at in rng.integers(0, len(raw), int(rng.integers(1, 12))):
                turned[at] ^= 1 << int(rng.integers(8))
            contents[f"turned_{number}_{name}"] = bytes(turned)
    starts = (
        b"",
        b"\x80\x02",
        b"\x80\x05",
        b"PK\x03\x04",
        b"\x93NUMPY\x01\x00v\x00",
        b"(dp0\n",
        b"}q\x00",
        b"v 1 ",
        b"cposix\n",
    )
    for number, start in enumerate(starts):
        contents[f"random_{number}"] = start + rng.bytes(int(rng.integers(1, 3000)))
    odd = {
        "numbers.npz": {"v_template": np.float64(3), "shapedirs": np.zeros((0, 3)), "weights": np.zeros(2)},
        "texts.npz": {"lmk_face_idx": np.array(["a"]), "lmk_b_coords": np.zeros((1, 3))},
        "nothing.npz": {"face": np.zeros((0,), int), "neck": np.zeros((0,), int)},
        "structured.npz": {"face": np.zeros(3, [("a", int)]), "lips": np.arange(3)},
        "dates.npz": {"v_template": np.zeros(3, "M8[s]"), "shapedirs": np.zeros(3), "posedirs": np.zeros(2)},
    }
    for name, arrays in odd.items():
        np.savez(folder / name, **arrays)
        contents[name] = (folder / name).read_bytes()
    contents |= {
        "list.pkl": pickle.dumps([[], {}, None]),
        "keys.pkl": pickle.dumps({1: np.arange(3), None: 4, ("face",): np.arange(3)}),
        "nested.pkl": pickle.dumps({"flame_model": {"v_template": "no"}}),
        "deep.pkl": b"\x80\x04" + b"(" * 5000 + b".",
        "line.obj": b"v 1 2 3\nf " + b"1 " * 100_000,
        "empty.pkl": b"",
    }
    paths = []
    for name, raw in contents.items():
        paths.append(folder / f"hostile_{name}")
        paths[-1].write_bytes(raw)
    return paths


def said_of(function, argument) -> str | None:
    """The sentence of its ModelError; None where it raised none, and any other error goes on."""
    try:
        function(argument)
    except ModelError as error:
        return str(error)
    return None


def test_forty_hostile_files_are_recognised_or_refused_by_name(library, tmp_path):
    folder = tmp_path / "hostile"
    folder.mkdir()
    paths = hostile(folder)
    assert len(paths) > 40
    known = {
        getattr(kinds, name)
        for name in ("MODEL", "LANDMARKS", "REGIONS", "TEMPLATE", "TEXTURE", "TEXELS", "OTHER", "EYELID")
    }
    for path in paths:
        found = recognise(path)
        assert found is None or (found.kind in known and "\n" not in found.description), path
        for load in (load_model, load_landmarks, load_regions, load_template, load_eyelid):
            said = said_of(load, path)
            assert said is None or (path.name in said and "\n" not in said)
    library.install([masks(tmp_path)])
    for path in paths:
        said = said_of(library.install, [path])
        assert said is None or path.name in said
    assert library.inventory() and library.models() is not None
    told = library.install([*paths, masks(tmp_path)])
    assert "Not installed" in told[-1] and " more." in told[-1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on Windows")
def test_what_is_no_ordinary_file_is_never_waited_for(library, tmp_path):
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "loop.npz").symlink_to(tmp_path / "loop.npz")
    assert "pipe" in recognise(tmp_path / "pipe.npz").description
    (told,) = library.install([tmp_path, masks(tmp_path)])[:1]
    assert "regions installed" in told


def test_a_full_size_model_comes_out_of_a_crowd(library, tmp_path):
    from flame_blender.model_files.saving import save_model

    folder = tmp_path / "crowd"
    folder.mkdir()
    hostile(folder)
    save_model(full_size_model(), folder / "zz_model.npz")
    library.install([folder])
    assert "zz_model" in {entry.name for entry in library.models()}
