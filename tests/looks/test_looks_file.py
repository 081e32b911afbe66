"""Presets of skin and eyes as text: what is written comes back, what strangers write is refused by a sentence."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from flame_blender.assets import PRESETS
from flame_blender.errors import ParameterError
from flame_blender.looks.looks_file import COLOURS, KIND, RANGES, load_looks, looks_to_text

SHIPPED = sorted((PRESETS / "presets" / "flame" / "looks").glob("*.json"))


def file_with(folder: Path, looks: object, **more: object) -> Path:
    path = folder / "looks.json"
    path.write_text(json.dumps({"kind": KIND, "version": 1, "looks": looks, **more}))
    return path


def test_numbers_come_back_exactly(tmp_path):
    rng = np.random.default_rng(3)
    for _ in range(20):
        names = rng.choice(list(RANGES), rng.integers(1, len(RANGES) + 1), replace=False).tolist()
        looks = {}
        for name in names:
            numbers = rng.uniform(*RANGES[name], 3).tolist()
            looks[name] = tuple(numbers) if name in COLOURS else numbers[0]
        path = tmp_path / "one.json"
        path.write_text(looks_to_text(looks))
        assert load_looks(path) == looks


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_comes_with_the_add_on_is_whole(path):
    """Every preset says all of the skin and the eyes, so that none leaves something of the one before."""
    assert load_looks(path).keys() == RANGES.keys() - {"wrinkles", "painted_brows"}


def test_there_are_some():
    tones = np.array([load_looks(path)["skin_tone"] for path in SHIPPED])
    assert len(tones) >= 8 and tones.min() < 0.15 and tones.max() > 0.9


@pytest.mark.parametrize(
    ("looks", "found"),
    [
        ({"skin_tone": 1.5}, r"skin_tone: expected 1 from 0 to 1, found '1\.5'"),
        ({"skin_tone": True}, "skin_tone: expected 1 from 0 to 1, found 'True'"),
        ({"skin_tone": math.nan}, "NaN|nan"),
        ({"skin_tone": [0.5]}, "skin_tone"),
        ({"skin_tone": "0.5"}, "skin_tone"),
        ({"skin_tone": 10**400}, "skin_tone"),
        ({"iris_colour": 0.5}, "iris_colour: expected 3"),
        ({"iris_colour": [0.5, 0.5]}, "iris_colour: expected 3"),
        ({"iris_colour": [0.5, 0.5, None]}, "iris_colour: expected 3"),
        ({"__class__": 1}, "__class__: expected a name of Skin and Eyes"),
        ({"name": "Head"}, "name: expected a name of Skin and Eyes"),
        ([1], "expected looks"),
    ],
)
def test_other_values_are_refused(tmp_path, looks, found):
    with pytest.raises(ParameterError, match=found):
        load_looks(file_with(tmp_path, looks))


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"\xff\xfe", b'{"kind": "FLAME face"}', b"[" * 100_000, b" " * 70_000]
)
def test_other_files_are_refused(tmp_path, raw):
    path = tmp_path / "other.json"
    path.write_bytes(raw)
    with pytest.raises(ParameterError, match=r"other\.json"):
        load_looks(path)


def test_a_newer_version_says_so(tmp_path):
    with pytest.raises(ParameterError, match="up to date"):
        load_looks(file_with(tmp_path, {}, version=2))


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.json", "/dev/zero"):
        with pytest.raises(ParameterError):
            load_looks(path)
