"""Texture models installed beside other files: told by content, listed, removed, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.files import whole_files
from flame_blender.files.whole_files import PART
from flame_blender.model_files.library import Library
from flame_blender.texture_models.kept import COMPONENTS, REST
from tests.files.write_faults import KilledError

from .files import COUNT, SIZE, albedo_mm, basel_albedo, flame_texture


def killed(*_more: object, **_how: object) -> None:
    raise KilledError


WRITERS = {"FLAME texture": flame_texture, "AlbedoMM": albedo_mm, "Basel albedo": basel_albedo}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "user")


@pytest.mark.parametrize("kind", WRITERS)
def test_each_release_is_told_by_its_content(library: Library, tmp_path: Path, kind: str):
    WRITERS[kind](tmp_path / "of_any_name.npz")
    (told,) = library.install([tmp_path / "of_any_name.npz"])
    assert (
        told == f"of_any_name.npz: installed as texture model 'of_any_name' ({kind}, 6 coefficients, 24 texels a side)."
    )
    (entry,) = library.textures.entries()
    assert (entry.name, entry.kind, entry.size, entry.n_coefficients) == ("of_any_name", kind, SIZE, COUNT)
    model = library.textures.load(entry)
    assert model.fingerprint == entry.fingerprint and not model.diffuse.components.flags.writeable
    assert {what: there for what, _, there in library.inventory()}["Texture model"]


def test_a_folder_with_other_files(library: Library, tmp_path: Path):
    folder = tmp_path / "downloads"
    folder.mkdir()
    flame_texture(folder / "FLAME_texture.npz")
    albedo_mm(folder / "albedoModel2020_FLAME_albedoPart.npz")
    np.savez(folder / "FLAME_masks.npz", face=np.arange(9), neck=np.arange(4))
    (folder / "torn.npz").write_bytes((folder / "FLAME_texture.npz").read_bytes()[:5000])
    shares = []
    steps = library.installing([folder])
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            done = end.value
            break
    assert len(done.told) == 3 and "torn.npz" in done.left_out
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) > 8, "it tells how far it is within a file"
    assert [entry.name for entry in library.textures.entries()] == [
        "FLAME_texture", "albedoModel2020_FLAME_albedoPart",
    ]  # fmt: skip


def test_the_same_numbers_once_others_beside(library: Library, tmp_path: Path):
    """Names that differ in case alone are one name on Windows and macOS."""
    for seed, name in ((0, "texture"), (1, "TEXTURE"), (0, "again")):
        flame_texture(tmp_path / f"{name}.npz", seed)
    told = library.install([tmp_path / "texture.npz", tmp_path / "TEXTURE.npz", tmp_path / "again.npz"])
    assert [entry.name for entry in library.textures.entries()] == ["TEXTURE-2", "texture"]
    assert "'texture'" in told[2] and not [path for path in (tmp_path / "user").rglob("*") if PART.fullmatch(path.name)]


def test_removed_nothing_is_left(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    flame_texture(tmp_path / "texture.npz")
    library.install([tmp_path / "texture.npz"])
    with pytest.raises(ModelError, match="named 'other', found none"):
        library.textures.remove("other")
    with monkeypatch.context() as patches:  # killed while it is deleted: it is gone, and what is left goes at the next
        patches.setattr(shutil, "rmtree", killed)
        patches.setattr(whole_files._Part, "end", whole_files._Part._let_go)
        with pytest.raises(KilledError):
            library.textures.remove("texture")
    assert [path for path in (tmp_path / "user" / "textures").iterdir() if PART.fullmatch(path.name)]
    assert not library.textures.entries() and not library.damaged()
    library.install([tmp_path / "texture.npz"])
    library.textures.remove("texture")
    assert not list((tmp_path / "user" / "textures").iterdir()) and (tmp_path / "texture.npz").exists()


def test_damaged_ones_are_told_and_not_listed(library: Library, tmp_path: Path):
    flame_texture(tmp_path / "texture.npz")
    albedo_mm(tmp_path / "albedo.npz")
    library.install([tmp_path / "texture.npz", tmp_path / "albedo.npz"])
    folder = tmp_path / "user" / "textures"
    (folder / "texture" / REST).write_bytes(b"PK nothing")
    components = folder / "albedo" / COMPONENTS.format("diffuse")
    components.write_bytes(components.read_bytes()[:100])
    assert not library.textures.entries()
    assert [name in said for name, said in zip(("albedo", "texture"), library.damaged(), strict=True)] == [True, True]


def test_nothing_is_converted_without_being_asked(library: Library, tmp_path: Path):
    """In a checkout's model folder: a minute at the start of Blender would be told by nothing."""
    flame_texture(tmp_path / "texture.npz")
    told, (wrong,) = library.install_new([tmp_path / "texture.npz"])
    assert not told and "Install FLAME Files" in wrong
    assert library.install_new([tmp_path / "texture.npz"]) == ([], []), "said once"
