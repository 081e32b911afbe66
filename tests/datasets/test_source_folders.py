"""Folders of files that recipes name: which file a sample takes, what is told of them, pictures cut to cover."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from flame_blender.datasets.data_card import Found, card
from flame_blender.datasets.data_folder import begin_folder
from flame_blender.datasets.from_files.backdrops import covering, laid_behind
from flame_blender.datasets.from_files.source_folders import NOTHING_LISTED, listed
from flame_blender.datasets.randomness import uniforms
from flame_blender.datasets.recipe_files import load_recipe
from flame_blender.datasets.sample import drawn_sample, drawn_values
from flame_blender.datasets.shards import shard_path
from flame_blender.errors import DatasetError
from flame_blender.flame.model import FlameModel
from tests.datasets.recipes import TOP, recipe

NAMES = ["10.jpg", "A.PNG", "b.webp"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    for name in reversed(NAMES):
        (tmp_path / "photos" / name).write_bytes(name.encode())
    for other in ("notes.txt", ".hidden.png", "x.exr"):
        (tmp_path / "photos" / other).write_bytes(b"")
    (tmp_path / "photos" / "folder.png").mkdir()
    (tmp_path / "set.toml").write_text(f"{TOP}[background]\nfolder = {{choice = ['', 'photos']}}\n")
    return tmp_path


def test_a_sample_takes_a_file_by_the_names_alone(home: Path, built_in: FlameModel):
    found = load_recipe(home / "set.toml")
    listing = listed(found)
    assert list(listing.files) == [("background", "photos")]
    assert list(listing.files["background", "photos"].items()) == [(name, len(name)) for name in NAMES]
    taken = [drawn_sample(found, {"Built-in Head": built_in}, index, listing).files for index in range(60)]
    with_one = [index for index in range(60) if drawn_values(found, index)["background"]["folder"]]
    assert [index for index in range(60) if taken[index]] == with_one and 15 < len(with_one) < 45
    for index in with_one:
        row = int(uniforms(found.seed, 103, index, 1)[0] * 3)
        assert taken[index] == {"background": home / "photos" / NAMES[row]}
    assert {path.name for each in taken for path in each.values()} == set(NAMES)
    assert not NOTHING_LISTED.drawn(recipe(), drawn_values(recipe(), 0), 0)


def test_other_files_in_the_folder_are_refused_once_there_is_a_shard(home: Path):
    found, out = load_recipe(home / "set.toml"), home / "out"
    begin_folder(out, found, listed(found))
    assert json.loads((out / "sources.json").read_text())["background"]["photos"]["A.PNG"] == 5
    (home / "photos" / "new.png").write_bytes(b"1")
    begin_folder(out, found, listed(found))
    shard_path(out, found.name, 0).write_bytes(b"")
    begin_folder(out, found, listed(found))
    (home / "photos" / "new.png").write_bytes(b"12")
    with pytest.raises(DatasetError, match=r"sources\.json: expected the recipe's folders as they were"):
        begin_folder(out, found, listed(found))
    begin_folder(home / "plain", recipe())
    assert not (home / "plain" / "sources.json").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[background]\nfolder = 'none'\n", r"background\.folder: .*none: expected a folder with pictures, found none"),
        ("[background]\nfolder = 'set.toml'\n", "found a file; name its folder"),
        (
            "[light]\nfolder = {choice = ['', 'empty']}\n",
            r"1 to 1000000 pictures of surroundings \(.hdr, .exr\), found 0",
        ),
    ],
)
def test_folders_that_are_none_are_told(home: Path, text: str, told: str):
    (home / "empty").mkdir()
    (home / "empty" / "a.png").write_bytes(b"")
    (home / "set.toml").write_text(TOP + text)
    with pytest.raises(DatasetError, match=told):
        listed(load_recipe(home / "set.toml"))
    (home / "set.toml").write_text(f"{TOP}[light]\nfolder = {{choice = ['', 'empty'], weights = [1, 0]}}\n")
    assert not listed(load_recipe(home / "set.toml")).files, "what is never drawn is not looked for"


def test_the_card_tells_the_files():
    found = Found()
    sample = {"fingerprint": "f", "model": "m", "release": "built-in", "made_with": {}}
    for name in ("a.jpg", "b.jpg", "a.jpg", None):
        found.count({**sample, **({"files": {"background": name}} if name else {})})
    assert "## Files of background.folder" in card(recipe(), found) and "a.jpg (2), b.jpg (1)." in card(recipe(), found)


@pytest.mark.parametrize("size", [(30, 20), (7, 31), (64, 64)])
def test_a_picture_is_cut_to_its_middle_and_averaged(size: tuple[int, int]):
    """Against means of every pixel's area over a picture in which each texel is 40 x 40 points."""
    height, width = size
    picture = np.random.default_rng(1).uniform(size=(24, 40, 3))
    scale = min(24 / height, 40 / width)
    rows = (24 - scale * height) / 2 + scale * (np.arange(40 * height) + 0.5) / 40
    columns = (40 - scale * width) / 2 + scale * (np.arange(40 * width) + 0.5) / 40
    fine = picture[rows.astype(int)][:, columns.astype(int)]
    expected = fine.reshape(height, 40, width, 40, 3).mean((1, 3))
    assert np.abs(covering(picture, width, height) - expected).max() < 0.05
    assert np.abs(covering(np.full((5, 9, 3), 0.25), width, height) - 0.25).max() < 1e-12


def test_a_half_seen_head_is_half_before_the_picture():
    rendered = np.array([[[1.0, 0.5, 0.0, 0.5], [1, 1, 1, 0], [0.2, 0.2, 0.2, 1]]])
    found = laid_behind(rendered, np.full((1, 3, 3), 0.1))
    assert np.allclose(found, [[[0.55, 0.3, 0.05], [0.1] * 3, [0.2] * 3]])
