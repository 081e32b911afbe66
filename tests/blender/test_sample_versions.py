"""Labels are the same in every version of Blender: each suite of a run compares its own with those of the first."""

from __future__ import annotations

import io
import json
import tarfile

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.files.whole_files import write_whole
from flame_blender.head import models
from flame_blender.textures.png import pixels_of
from tests.blender.shared_results import shared

RECIPE = """
name = "versions"
seed = 9
count = 4
shard_size = 4
[image]
width = 64
height = 56
samples = 1
denoise = false
[labels]
maps = ["depth", "normal", "uv", "triangle"]
[model]
name = { choice = ["Built-in Head", "face_like"] }
mouth = "added"
[identity]
strength = 1.0
[expression]
strength = 0.3
arkit = 0.5
[pose]
yaw = { uniform = [-60, 60] }
pitch = { uniform = [-20, 20] }
jaw = { uniform = [0, 20] }
[gaze]
yaw = { uniform = [-20, 20] }
[lids]
closed = { uniform = [0, 1] }
[camera]
focal = { uniform = [30, 120] }
roll = { uniform = [-20, 20] }
fill = 0.9
[hair]
scalp = { choice = ["none", "crop", "bob"] }
beard = { choice = ["none", "short"] }
[light]
lamp_power = 5
"""
MODEL, SHARD, BLENDER = "model/", "versions-000000.tar", "blender"
DEPTH_M, UNIT, HALF = 1e-6, 1e-5, 2e-3  # metres; of points, coefficients, shares; of normals, which are float16


@pytest.mark.every_version
def test_labels_are_the_same_in_every_version(computed_face, tmp_path):
    """Of the built-in head and of a FLAME file, whose own bytes the first suite gives: NumPy's versions make others."""

    def first() -> dict[str, bytes]:
        computed_face.install()
        folder = models.user_folder()
        installed = {f"{MODEL}{each.relative_to(folder).as_posix()}": each.read_bytes()
                     for each in folder.rglob("*") if each.is_file()}  # fmt: skip
        return {**installed, SHARD: rendered(), BLENDER: bpy.app.version_string.encode()}

    def rendered() -> bytes:
        (tmp_path / "versions.toml").write_text(RECIPE)
        api.render_shard(tmp_path / "versions.toml", tmp_path / "set", 0)
        return (tmp_path / "set" / SHARD).read_bytes()

    there = shared("labels of versions", first, anew=False)
    if (tmp_path / "set").exists():  # nobody was before
        own = (tmp_path / "set" / SHARD).read_bytes()
    else:
        for name, content in there.items():
            if name.startswith(MODEL):
                write_whole(models.user_folder() / name.removeprefix(MODEL), content)
        models.refresh()
        own = rendered()
    labels, others = labels_of(own), labels_of(there[SHARD])
    assert {each["model"] for name, each in labels.items() if name.endswith(".json")} == {api.BUILT_IN, "face_like"}
    wrong = different(labels, others)
    assert not wrong, f"in {bpy.app.version_string}, beside {there[BLENDER].decode()}: {wrong}"


def labels_of(shard: bytes) -> dict:
    """What each file of a shard holds but for the pictures; which Blender it is of is left out."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(shard)) as tar:
        for name in tar.getnames():
            content = tar.extractfile(name).read()
            kind = name.partition(".")[2]
            if kind == "json":
                found[name] = json.loads(content)
                del found[name]["made_with"]["blender"]
            elif kind.endswith("npz"):
                found[name] = dict(np.load(io.BytesIO(content)))
            elif kind in ("seg.png", "mat.png"):
                found[name] = pixels_of(content)
    return found


def different(labels: dict, others: dict) -> list[str]:
    """What is not the same: masks, JSON and whole numbers to the last bit, others within their tolerance."""
    assert labels.keys() == others.keys() and len(labels) == 4 * 5
    wrong = []
    for name, one in labels.items():
        other = others[name]
        if name.endswith(".json"):
            wrong += [f"{name}: {key}" for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
        elif name.endswith(".npz"):
            assert one.keys() == other.keys()
            wrong += [f"{name}: {key}" for key in one if not alike(key, one[key], other[key])]
        elif not np.array_equal(one, other):
            wrong.append(name)
    return wrong


def alike(key: str, one: np.ndarray, other: np.ndarray) -> bool:
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.dtype.kind in "iu":
        return np.array_equal(one, other)
    within = DEPTH_M if key == "depth" else HALF if key == "normal" else UNIT
    return np.allclose(one, other, rtol=1e-6 if key == "intrinsics" else 0, atol=within, equal_nan=True)
