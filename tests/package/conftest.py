"""What the package tests share: a made-up checkout that build_addon.py can pack, free to be spoilt."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def copy_checkout() -> Callable[[Path], Path]:
    """A function that copies what is packed, without caches, into a new folder, and returns the folder."""

    def copy(target: Path) -> Path:
        shutil.copytree(ROOT / "flame_blender", target / "flame_blender", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("build_addon.py", "LICENSE"):
            shutil.copyfile(ROOT / name, target / name)
        return target

    return copy


@pytest.fixture
def checkout(tmp_path: Path, copy_checkout: Callable[[Path], Path]) -> Path:
    """A copy of this checkout in an empty folder."""
    return copy_checkout(tmp_path / "checkout")
