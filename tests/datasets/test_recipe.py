"""Recipes: every key read and checked, one sentence for what is wrong, a hash that tells them apart."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import pytest

from flame_blender.datasets.distributions import Choice, Fixed, Normal, Uniform
from flame_blender.datasets.example_recipe import EXAMPLE
from flame_blender.datasets.factors import (
    ARKIT_STREAM,
    EXPRESSION_STREAM,
    FACTORS,
    IDENTITY_STREAM,
    SOURCES,
    TEXTURE_STREAM,
)
from flame_blender.datasets.recipe_files import MOST_FILES_OF_A_SHARD, load_recipe, read_recipe
from flame_blender.errors import DatasetError
from flame_blender.files.file_budget import MAX_STEPS
from tests.datasets.recipes import TOP, recipe

PINNED_HASH = "c1624dd43606e18381a412363a8a4f499a4aaac01a082a122a9f12404a037ea1"


def test_the_example_says_what_it_means():
    told, found = tomllib.loads(EXAMPLE), read_recipe(EXAMPLE)
    assert (found.name, found.seed, found.count, found.shard_size) == ("faces", 1, 1000, 100)
    assert found.image.width == told["image"]["width"] and found.labels.maps == ("depth", "normal")
    assert found.factors["pose"]["yaw"] == Normal(0.0, 25.0, -75.0, 75.0)
    assert found.factors["gaze"]["yaw"] == Uniform(-25.0, 25.0)
    assert found.factors["eyes"]["iris"] == Choice(
        ("brown", "hazel", "green", "grey", "blue"), (5.0, 1.0, 1.0, 1.0, 2.0)
    )
    assert found.factors["camera"]["distance"] == Fixed(None)
    assert found.factors["camera"]["yaw"] == Fixed(0.0)
    named = {factor for factor in told if factor in FACTORS}
    assert named == set(FACTORS), "the example shows every factor"


def test_streams_are_nobody_elses():
    streams = [entry.stream for entries in FACTORS.values() for entry in entries.values()]
    streams += [IDENTITY_STREAM, EXPRESSION_STREAM, ARKIT_STREAM, TEXTURE_STREAM]
    streams += [source.stream for source in SOURCES.values()]
    assert len(set(streams)) == len(streams)


def test_recipes_of_before_keep_their_hash():
    """What came to recipes later is not told of where it is left out, so that what was rendered goes on."""
    assert recipe().hash == PINNED_HASH
    later = {(name, key) for name, each in FACTORS.items() for key, entry in each.items() if entry.later}
    told = json.loads(recipe().written())
    assert ("light", "folder") in later and not any(key in told.get(name, {}) for name, key in later)
    assert json.loads(recipe("[light]\nfolder = 'mine'\n").written())["light"]["folder"] == "mine"


def test_shards_are_all_samples_once():
    found = recipe()
    assert found.n_shards == 3
    assert [list(found.samples_of(shard)) for shard in range(3)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_a_shard_has_no_more_files_than_are_read():
    assert 2 * MOST_FILES_OF_A_SHARD <= MAX_STEPS
    assert recipe("[camera]\nviews = 1000\n").shard_size == 4


def test_the_hash_is_of_what_a_recipe_means():
    plain = recipe()
    assert plain.hash == hashlib.sha256(plain.written()).hexdigest()
    assert json.loads(plain.written())["camera"]["fill"] == 0.7
    same = recipe('[labels]\nmaps = ["normal", "depth"]\n[pose]\nyaw = 0\n# a remark\n')
    assert same.hash == plain.hash
    others = [
        "[pose]\nyaw = 1\n",
        "[image]\nsamples = 33\n",
        "[labels]\nmaps = []\n",
        "[skin]\nvalue = {uniform = [1, 1]}\n",
    ]
    hashes = {recipe(other).hash for other in others} | {recipe(top=TOP.replace("seed = 7", "seed = 8")).hash}
    assert len(hashes | {plain.hash}) == len(others) + 2


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("[pose]\nyaws = 3\n", "pose.yaws (line 6)", "did you mean 'yaw'?"),
        ("[posture]\nyaw = 3\n", "posture (line 5)", "did you mean 'pose'?"),
        ("[pose]\n\nyaw = 'left'\n", "pose.yaw (line 7)", "a number from -180 to 180"),
        ("[pose]\nyaw = 500\n", "pose.yaw (line 6)", "a number from -180 to 180, found 500"),
        ("[pose]\nyaw = nan\n", "pose.yaw (line 6)", "found nan"),
        ("[pose]\nyaw = true\n", "pose.yaw (line 6)", "found True"),
        ("[pose]\nyaw = " + "9" * 400 + "\n", "pose.yaw (line 6)", "a number from -180"),
        ("[pose]\nyaw = {uniform = [3, 1]}\n", "pose.yaw (line 6)", "uniform = [least, most]"),
        ("[pose]\nyaw = {uniform = [3]}\n", "pose.yaw (line 6)", "two numbers"),
        ("[pose]\nyaw = {uniform = [0, 181]}\n", "pose.yaw (line 6)", "two numbers from -180 to 180"),
        ("[pose]\nyaw = {normal = [0, -1]}\n", "pose.yaw (line 6)", "normal = [mean, deviation]"),
        ("[pose]\nyaw = {gamma = [0, 1]}\n", "pose.yaw (line 6)", "uniform, normal or choice"),
        ("[pose]\nyaw = {uniform = [0, 1], weights = [1, 2]}\n", "pose.yaw (line 6)", "or a table with"),
        ("[pose]\nyaw = {choice = []}\n", "pose.yaw (line 6)", "1 to 10000 values"),
        ("[pose]\nyaw = {choice = [1, 2], weights = [1]}\n", "pose.yaw (line 6)", "2 weights"),
        ("[pose]\nyaw = {choice = [1, 2], weights = [0, 0]}\n", "pose.yaw (line 6)", "not all 0"),
        ("[pose]\nyaw = {choice = [1, 'a']}\n", "pose.yaw (line 6)", "found 'a'"),
        ("[eyes]\niris = 'pink'\n", "eyes.iris (line 6)", "'grey' or 'blue', found 'pink'"),
        ("[eyes]\niris = {uniform = [0, 1]}\n", "eyes.iris (line 6)", "or a table with choice"),
        ("[labels]\nmaps = ['depths']\n", "labels.maps (line 6)", "a list of depth, normal, uv, triangle or flow"),
        ("[labels]\nmaps = 'depth'\n", "labels.maps (line 6)", "a list of"),
        ("[image]\nwidth = 8\n", "image.width (line 6)", "a whole number from 16 to 8192, found 8"),
        ("[image]\nwidth = 64.0\n", "image.width (line 6)", "found 64.0"),
        ("[image]\ndenoise = 1\n", "image.denoise (line 6)", "true or false"),
        ("pose = {roll = 1, yaw = 500}\n", "pose.yaw (line 5)", "found 500"),
        ("eyes.iris = 'blue'\npose.yaw = 500\n", "pose.yaw (line 6)", "found 500"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_sentence(text: str, place: str, expected: str):
    with pytest.raises(DatasetError) as caught:
        read_recipe(TOP + text, "set.toml")
    told = str(caught.value)
    assert told.startswith(f"set.toml: {place}: expected ") and expected in told
    assert len(told) < 300


@pytest.mark.parametrize(
    ("top", "place"),
    [
        (TOP.replace('name = "test"\n', ""), "name: expected letters"),
        (TOP.replace('"test"', '"a/b"'), "name (line 1)"),
        (TOP.replace("seed = 7", "seed = -1"), "seed (line 2)"),
        (TOP.replace("count = 10", "count = 0"), "count (line 3)"),
        (TOP.replace("shard_size = 4", "shard_size = 4.5"), "shard_size (line 4)"),
        (
            TOP.replace("shard_size = 4", "shard_size = 1667") + "[camera]\nviews = 100\n",
            "shard_size (line 4): expected at most 1666 samples of 600 files each in a shard, found 1667",
        ),
        (TOP + "pose = 3\n", "pose (line 5): expected a table"),
    ],
)
def test_what_is_above_the_tables_is_checked(top: str, place: str):
    with pytest.raises(DatasetError, match=r"^recipe: ") as caught:
        read_recipe(top)
    assert place in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"name = ",
        b"[" * 5000,
        b"a=" + b"[" * 50000,
        b"x" * (2 << 20),
        b"\x00" * 100,
        b"a = 1\na = 2\n",
    ],
    ids=range(8),
)
def test_files_that_are_no_recipes_are_refused(tmp_path: Path, raw: bytes):
    path = tmp_path / "set.toml"
    path.write_bytes(raw)
    with pytest.raises(DatasetError) as caught:
        load_recipe(path)
    assert str(path) in str(caught.value) and len(str(caught.value)) < 400


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(DatasetError, match="found none"):
        load_recipe(tmp_path / "set.toml")
    (tmp_path / "set.toml").write_text(EXAMPLE, encoding="utf-8")
    assert load_recipe(tmp_path / "set.toml") == read_recipe(EXAMPLE)


def test_a_device_is_one_that_cycles_knows():
    assert recipe("[image]\ndevice = 'OPTIX'\n").image.device == "OPTIX" and recipe().image.device == "CPU"
    assert recipe("[image]\ndevice = 'OPTIX'\n").hash != recipe().hash
    with pytest.raises(DatasetError, match=r"image\.device \(line 6\): expected 'CPU', 'CUDA', .* or 'METAL', found"):
        recipe("[image]\ndevice = 'GPU'\n")
