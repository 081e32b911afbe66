"""The words after ``flame``, without Blender: recipes checked, data sets finished and looked at, exit statuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from flame_blender.command_line import run
from flame_blender.datasets.contact_sheet import contact_sheet
from flame_blender.datasets.data_folder import begin_folder
from flame_blender.datasets.example_recipe import EXAMPLE
from flame_blender.datasets.recipe_files import read_recipe
from flame_blender.datasets.sample_files import sample_files
from flame_blender.datasets.shards import shard_file, shard_path
from flame_blender.errors import DatasetError
from flame_blender.flame.model import FlameModel
from flame_blender.textures.png import pixels_of, png_bytes
from tests.datasets.made_sets import MADE_WITH, picture_of, posed, small, write_shards

ROOT = Path(__file__).resolve().parents[2]


def test_a_recipe_is_printed_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture):
    assert run(["recipe", "--example"]) == 0
    printed = capsys.readouterr().out
    assert printed == EXAMPLE
    path = tmp_path / "faces.toml"
    assert run(["recipe", "--example", str(path)]) == 0 and run(["recipe", "--example", str(path)]) == 1
    assert path.read_text(encoding="utf-8") == printed
    assert run(["recipe", str(path)]) == 0
    assert read_recipe(EXAMPLE).hash in capsys.readouterr().out
    path.write_text(printed.replace("yaw = 0.0", "yaw = 'no'"), encoding="utf-8")
    assert run(["recipe", str(path)]) == 1
    told = capsys.readouterr().err.removeprefix(f"{path}: expected a new file, found one; choose another name.\n")
    assert "camera.yaw (line " in told and told.count("\n") == 1
    assert run(["recipe"]) == 1


def test_unknown_words_are_refused(capsys: pytest.CaptureFixture):
    for words in ([], ["paint"], ["render"], ["render", "a.toml"], ["look"]):
        with pytest.raises(SystemExit) as caught:
            run(words)
        assert caught.value.code == 2
    assert "usage: flame" in capsys.readouterr().err


def test_a_data_set_is_finished_and_looked_at(tmp_path: Path, built_in: FlameModel, capsys: pytest.CaptureFixture):
    begin_folder(tmp_path, small())
    assert run(["look", str(tmp_path)]) == 1 and run(["finish", str(tmp_path)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert "at least one shard, found none" in told[0] and "--shards 0-2" in told[1] and len(told) == 2
    write_shards(tmp_path, small(), built_in, range(3))
    assert run(["finish", str(tmp_path)]) == 0 and run(["look", str(tmp_path), "--count", "5"]) == 0
    assert "5 samples in 3 shards are whole" in capsys.readouterr().out
    sheet = np.asarray(Image.open(tmp_path / "contact_sheet.png"))
    assert sheet.shape[1] % 48 == 0 and sheet.shape[0] % 20 == 0 and sheet.shape[2] == 3
    assert (sheet == (60, 230, 90)).all(2).sum() > 20, "landmarks that are seen"
    assert run(["look", str(tmp_path), "--count", "0"]) == 1


def test_pictures_of_any_size_are_looked_at(tmp_path: Path, built_in: FlameModel, monkeypatch: pytest.MonkeyPatch):
    """Those of 8192 pixels are larger than what a picture may be unless it is known how large it should be."""
    write_shards(tmp_path, small(), built_in, [2])
    monkeypatch.setattr(pixels_of, "__defaults__", (1,))
    assert contact_sheet(tmp_path, 1).shape == (20, 48, 3)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("box", [0, 0, 25, 20]), ("box", [-1, 0, 3, 3]), ("box", ["a", 0, 1, 1]), ("box", [0, 0]), ("width", 23),
        ("landmarks", {"ibug": [[1, 2]]}), ("landmarks", {"ibug": [["a", 1, 2]]}), ("landmarks", {"ibug": 3}),
        ("landmarks", {"ibug": [[1e400, 1, 2]]}), ("index", 3), ("recipe", "b"),
    ],
)  # fmt: skip
def test_what_a_sample_tells_is_checked(tmp_path: Path, built_in: FlameModel, key: str, value: object):
    """By those who finish and those who look alike."""
    recipe = small()
    begin_folder(tmp_path, recipe)
    files = sample_files(recipe, posed(recipe, built_in, 4), picture_of(recipe, 4), MADE_WITH)
    files["json"] = json.dumps({**json.loads(files["json"]), key: value}).encode()
    with shard_file(shard_path(tmp_path, recipe.name, 2)) as writer:
        writer.add(4, files)
    with pytest.raises(DatasetError, match=r"000000004\.json: expected"):
        contact_sheet(tmp_path, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are texts elsewhere")
def test_names_that_are_no_texts_are_said(tmp_path: Path, capsys: pytest.CaptureFixture):
    path = os.fsdecode(bytes(tmp_path) + b"/\xff.toml")
    assert run(["recipe", "--example", path]) == 0 and run(["recipe", path]) == 0
    assert "\\udcff.toml" in capsys.readouterr().out
    assert run(["recipe", "--example", str(tmp_path / ("a" * 300))]) == 1
    assert "choose a shorter name" in capsys.readouterr().err


def test_the_module_needs_no_blender_to_finish(tmp_path: Path):
    found = subprocess.run(
        [sys.executable, "-m", "flame_blender", "finish", str(tmp_path)], cwd=ROOT, capture_output=True, check=False
    )
    assert found.returncode == 1 and b"recipe.json: expected a file, found none" in found.stderr
    found = subprocess.run(
        [sys.executable, "-m", "flame_blender", "render", "a.toml", "--out", str(tmp_path)],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert found.returncode == 1 and b"pip install bpy" in found.stderr


def test_pictures_are_read_back_and_others_refused():
    rng = np.random.default_rng(0)
    for shape in ((5, 7, 3), (4, 9), (1, 1)):
        pixels = rng.integers(0, 256, shape).astype(np.uint8)
        raw = png_bytes(pixels)
        assert np.array_equal(pixels_of(raw), pixels)
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(raw))), pixels)
        assert pixels_of(raw, most=1) is None
        for cut in range(0, len(raw) - 12, 3):
            found = pixels_of(raw[:cut])
            assert found is None or np.array_equal(found, pixels), "nothing, or all but a sum to check it by"
        for _ in range(100):
            damaged = bytearray(raw)
            damaged[rng.integers(len(raw))] = rng.integers(256)
            pixels_of(bytes(damaged))
    other = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (9, 9, 4)).astype(np.uint8)).save(other, "PNG")
    assert pixels_of(other.getvalue()) is None
