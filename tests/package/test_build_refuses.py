"""build_addon.py packs no licensed file, no test, no stranger: it stops with one sentence that names the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from build_addon import BuildError, build, check_builtin_head


def refusal(checkout: Path) -> str:
    """The sentence with which a build ends; no zip may be left."""
    with pytest.raises(BuildError) as caught:
        build(checkout, checkout / "dist")
    assert not (checkout / "dist").exists()
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "generic_model.pkl",
        "flame/flame2023.npz",
        "flame/landmark_embedding.npy",
        "head/FLAME_masks.pkl",
        "assets/generic_model.pkl",
        "assets/thumbnails/notes.txt",
        "assets/presets/flame/looks/run.txt",
        "assets/presets/other.json",
        ".DS_Store",
        "a.pyc",
    ],
)
def test_a_file_that_is_no_module_inside_the_package(checkout: Path, name: str):
    (checkout / "flame_blender" / name).write_bytes(b"x")
    assert f"flame_blender/{name} is no Python module" in refusal(checkout)


@pytest.mark.parametrize("name", ["flame/test_model.py", "flame/model_test.py", "conftest.py", "tests/anything.py"])
def test_a_test_inside_the_package(checkout: Path, name: str):
    path = checkout / "flame_blender" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert f"flame_blender/{name} is a test" in refusal(checkout)


@pytest.mark.parametrize(
    "name",
    [
        "../LICENSE",
        "__init__.py",
        "blender_manifest.toml",
        "assets/builtin_head.npz",
        "assets/builtin_head_skin_marks.png",
    ],
)
def test_a_missing_file(checkout: Path, name: str):
    (checkout / "flame_blender" / name).unlink()
    assert Path(name).name in refusal(checkout)


def test_a_link_to_a_file_elsewhere(checkout: Path):
    model = checkout / "flame_blender" / "assets" / "builtin_head.npz"
    model.rename(checkout / "elsewhere.npz")
    model.symlink_to(checkout / "elsewhere.npz")
    assert "flame_blender/assets/builtin_head.npz is a link" in refusal(checkout)


@pytest.mark.parametrize("release", ["FLAME 2020", "FLAME 2023 Open", "flame2023_no_jaw", "2019", "unknown", ""])
def test_a_flame_release_in_the_place_of_the_builtin_head(checkout: Path, release: str):
    np.savez(checkout / "flame_blender" / "assets" / "builtin_head.npz", release=release)
    assert f"assets/builtin_head.npz must be of release 'built-in', found {release!r}" in refusal(checkout)


def test_a_head_that_does_not_say_what_it_is(checkout: Path):
    path = checkout / "flame_blender" / "assets" / "builtin_head.npz"
    np.savez(path, v_template=np.zeros((3, 3)))
    assert "does not say its release" in refusal(checkout)
    np.savez(path, release=np.zeros(2))
    assert "does not say its release" in refusal(checkout)
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1")
    assert "does not say its release" in refusal(checkout)


def test_the_head_of_this_checkout_passes(checkout: Path):
    check_builtin_head(checkout / "flame_blender" / "assets" / "builtin_head.npz")


def test_the_command_ends_with_status_1_and_the_sentence(checkout: Path):
    (checkout / "flame_blender" / "male_model.pkl").write_bytes(b"x")
    program = [sys.executable, checkout / "build_addon.py"]
    result = subprocess.run(program, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("build_addon.py: flame_blender/male_model.pkl is no Python module")
    assert len(result.stderr.splitlines()) == 1
