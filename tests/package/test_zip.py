"""The zip holds the add-on and nothing else, and is the same to the byte wherever and whenever it is built."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from build_addon import build, read_manifest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "flame_blender"
THUMBNAILS = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "assets" / "thumbnails").glob("*.png")}
PRESETS = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "assets" / "presets").rglob("*.json")}
PICTURES = {f"assets/builtin_head_skin{part}.png" for part in ("", "_relief", "_marks")}
FIXED = {"blender_manifest.toml", "assets/builtin_head.npz", "LICENSE"} | PICTURES | THUMBNAILS | PRESETS


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of this checkout."""
    return build(ROOT, tmp_path_factory.mktemp("dist"))


def test_contents_are_the_package_the_manifest_the_licence_and_the_head(archive: Path):
    modules = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")}
    with zipfile.ZipFile(archive) as pack:
        names = pack.namelist()
        assert pack.testzip() is None
        for name in names:
            inside = name.removeprefix("flame_blender/")
            source = ROOT / inside if inside == "LICENSE" else PACKAGE / inside
            assert pack.read(name) == source.read_bytes()
    assert sorted(names) == names == sorted(f"flame_blender/{name}" for name in modules | FIXED)
    assert {"__init__.py", "api/__init__.py", "registration.py", "flame/model.py"} <= modules


def test_the_name_bears_the_version_of_the_manifest(archive: Path):
    assert archive.name == f"flame_blender-{read_manifest(PACKAGE / 'blender_manifest.toml')['version']}.zip"


def test_every_entry_is_a_plain_file_of_one_date_and_mode(archive: Path):
    with zipfile.ZipFile(archive) as pack:
        kinds = {(e.date_time, e.external_attr >> 16, e.create_system, e.compress_type) for e in pack.infolist()}
    assert kinds == {((1980, 1, 1, 0, 0, 0), 0o100644, 3, zipfile.ZIP_STORED)}


def test_two_builds_in_different_places_times_and_moods_are_the_same_to_the_byte(
    tmp_path: Path, copy_checkout: Callable[[Path], Path]
):
    digests = []
    for number, (umask, zone, seed) in enumerate([(0o022, "UTC", "0"), (0o077, "Asia/Kolkata", "1")]):
        place = copy_checkout(tmp_path / f"place {number}")
        if number == 1:
            for path in place.rglob("*.py"):
                os.utime(path, (1_000_000_000, 1_000_000_000))
                path.chmod(0o755)
            (place / "flame_blender" / "__pycache__").mkdir()
            (place / "flame_blender" / "__pycache__" / "api.cpython-311.pyc").write_bytes(b"cache")
            (place / "model").mkdir()
            (place / "model" / "generic_model.pkl").write_bytes(b"a licensed file of the user's own")
        program = [sys.executable, place / "build_addon.py", "--output-dir", tmp_path / f"out {number}"]
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed}
        result = subprocess.run(
            program, cwd=place.parent, env=environment, umask=umask, check=True, capture_output=True, text=True
        )
        path, digest = result.stdout.splitlines()
        digests.append(hashlib.sha256(Path(path).read_bytes()).hexdigest())
        assert digest == f"sha256 {digests[-1]}"
    assert digests[0] == digests[1]


def test_another_source_makes_another_zip(checkout: Path, archive: Path, tmp_path: Path):
    with (checkout / "flame_blender" / "api" / "heads.py").open("a", encoding="utf-8") as module:
        module.write("# one more line\n")
    assert build(checkout, tmp_path / "dist").read_bytes() != archive.read_bytes()
