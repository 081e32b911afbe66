"""``pip install .``, without a network: the files of the zip, and a head in a Python without Blender."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import numpy as np
import pytest

from build_addon import build, read_manifest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OUTSIDE = """
import sys
sys.modules.update(dict.fromkeys(("bpy", "scipy", "torch")))
sys.path.insert(0, sys.argv[1])
import flame_blender
import numpy as np
from flame_blender.assets import BUILT_IN_HEAD
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.model_files.loading import load_model
from flame_blender.flame.params import FlameParams

assert flame_blender.__file__.startswith(sys.argv[1]), flame_blender.__file__
params = FlameParams(shape=(0, 2), translation=(1, 2, 3))
np.save("vertices.npy", FlameEvaluator(load_model(BUILT_IN_HEAD)).vertices(params))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the checkout, and nothing else."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--target", target, ROOT], check=True)
    return target


def test_the_files_are_those_of_the_zip(installed: Path, tmp_path: Path):
    found = {
        path.relative_to(installed).as_posix(): path.read_bytes() for path in installed.rglob("*") if path.is_file()
    }
    with zipfile.ZipFile(build(ROOT, tmp_path)) as pack:
        expected = {name: pack.read(name) for name in pack.namelist() if name != "flame_blender/LICENSE"}
        licence = pack.read("flame_blender/LICENSE")
    package = {name: data for name, data in found.items() if "__pycache__" not in name and ".dist-info/" not in name}
    assert package == expected
    assert licence in found.values()


def test_a_head_is_evaluated_outside_the_checkout_without_blender(installed: Path, tmp_path: Path):
    subprocess.run([sys.executable, "-I", "-c", OUTSIDE, installed], cwd=tmp_path, check=True)
    with np.load(ROOT / "flame_blender" / "assets" / "builtin_head.npz") as head:
        expected = head["v_template"] + 2 * head["shapedirs"][:, :, 1] + [1, 2, 3]
    np.testing.assert_allclose(np.load(tmp_path / "vertices.npy"), expected, atol=1e-6)


def test_what_pip_is_told(installed: Path):
    (info,) = installed.glob("*.dist-info")
    told = PathDistribution(info).metadata
    assert told["Version"] == read_manifest(ROOT / "flame_blender" / "blender_manifest.toml")["version"]
    assert told["License-Expression"] == "GPL-3.0-or-later"
    required = {line for line in told.get_all("Requires-Dist") if "extra ==" not in line}
    assert required == {"numpy>=1.26"}
    assert set(told.get_all("Provides-Extra")) == {"torch", "dev"}


def test_the_tools_of_the_extra_are_those_that_are_pinned():
    pinned: dict[str, str] = {}
    for name in ("dev", "test", "torch"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pinned |= dict(re.findall(r"^([\w-]+)==(\S+)$", text, re.MULTILINE))
    extras = PROJECT["project"]["optional-dependencies"]
    assert set(extras["dev"]) - {"flame_blender[torch]"} <= pinned.keys()
    assert PROJECT["build-system"]["requires"] == [f"hatchling=={pinned['hatchling']}"]
