"""tools/try_addon.py: the folder linked into an empty profile is the add-on, and what is edited there is taken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bpy
import pytest

from tests.blender.reload_session import DONE
from tools.try_addon import RELOAD, TryError, link, main

ROOT = Path(__file__).resolve().parents[2]
SESSION = Path(__file__).with_name("reload_session.py")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, free to be edited."""
    return Path(shutil.copytree(ROOT / "flame_blender", tmp_path / "checkout" / "flame_blender"))


@pytest.mark.oldest_and_newest
def test_what_is_edited_is_taken_and_what_is_broken_is_said(package: Path, tmp_path: Path):
    link(package, tmp_path / "profile")
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "profile")}
    program = bpy.app.binary_path  # none in a bpy wheel
    blender = [program, "-b", "--python-exit-code", "1", "--python"] if program else [sys.executable]
    session = [*blender, SESSION, "--", package, RELOAD]
    result = subprocess.run(session, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0 and DONE in result.stdout, result.stdout + result.stderr


def test_linked_twice_is_linked_once(package: Path, tmp_path: Path):
    for _ in range(2):
        link(package, tmp_path / "profile")
    place = tmp_path / "profile" / "extensions" / "user_default" / "flame_blender"
    assert place.is_symlink() and place.resolve() == package


def test_an_installed_add_on_is_not_replaced(package: Path, tmp_path: Path):
    place = tmp_path / "profile" / "extensions" / "user_default" / "flame_blender"
    place.mkdir(parents=True)
    with pytest.raises(TryError, match="is no link to"):
        link(package, tmp_path / "profile")


def test_a_blender_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    monkeypatch.setattr(sys, "argv", ["try_addon.py", "--blender", "no-such", "--profile", str(tmp_path)])
    assert main() == 1
    assert "no-such cannot be started" in capsys.readouterr().err
