"""The manifest is what Blender accepts, a wrong one is refused by key, and the version stands in it alone.

The versions of Blender that the tests run in are the same wherever they are said.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from build_addon import BuildError, read_manifest

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "flame_blender" / "blender_manifest.toml"
TEXT = PATH.read_text(encoding="utf-8")
MANIFEST = read_manifest(PATH)


def test_what_users_rely_on():
    assert MANIFEST["id"] == "flame_blender"
    assert MANIFEST["blender_version_min"] == "4.2.0"
    assert MANIFEST["license"] == ["SPDX:GPL-3.0-or-later"]
    assert set(MANIFEST["permissions"]) == {"files", "clipboard", "network"}
    assert "wheels" not in MANIFEST


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("schema_version", ""),
        ("schema_version", 'schema_version = "2.0.0"'),
        ("id", 'id = "flame-blender"'),
        ("version", 'version = "1.0"'),
        ("version", 'version = "01.0.0"'),
        ("version", "version = 1"),
        ("name", 'name = " "'),
        ("tagline", 'tagline = "Ends with a full stop."'),
        ("tagline", f'tagline = "{"x" * 65}"'),
        ("maintainer", ""),
        ("type", 'type = "theme"'),
        ("license", 'license = "GPL"'),
        ("license", ""),
        ("blender_version_min", 'blender_version_min = "4.2"'),
        ("files", 'files = "Ends with a full stop."'),
        ("permissions", 'printer = "Print heads"\nfiles = "Read"'),
        ("wheels", None),
    ],
)
def test_a_wrong_manifest_is_refused_by_key(tmp_path: Path, key: str, line: str | None):
    path = tmp_path / "blender_manifest.toml"
    if line is None:
        spoilt = f'wheels = ["./a.whl"]\n{TEXT}'
    else:
        name = "files" if key == "permissions" else key
        spoilt, count = re.subn(rf"^{name} = .*$", lambda _: line, TEXT, flags=re.MULTILINE)
        assert count == 1
    path.write_text(spoilt, encoding="utf-8")
    with pytest.raises(BuildError, match=f"blender_manifest.toml: .*{key}"):
        read_manifest(path)


def test_broken_toml_is_refused(tmp_path: Path):
    path = tmp_path / "blender_manifest.toml"
    path.write_text("id = ", encoding="utf-8")
    with pytest.raises(BuildError, match=r"blender_manifest\.toml cannot be read"):
        read_manifest(path)


def test_the_version_is_written_once():
    """A release changes one line. Texts may name a version that was, such as the one that a file was saved by."""
    version = re.escape(MANIFEST["version"])
    written = re.compile(
        rf"^(?:__version__|bl_info)\b|version\w*[\"']?\s*[:=]+\s*[\"']?{version}(?![\d.])|flame_blender-{version}",
        re.MULTILINE | re.IGNORECASE,
    )
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    places = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if "requirements" in path.parts or name == "CHANGELOG.md":
            continue
        if path.suffix in {".py", ".toml", ".md", ".txt", ""} and path.is_file() and not path.is_symlink():
            places += [name] * len(written.findall(path.read_text(encoding="utf-8")))
    here = Path(__file__).relative_to(ROOT).as_posix()
    assert [name for name in places if name != here] == ["flame_blender/blender_manifest.toml"]


def test_the_versions_of_blender_are_the_same_everywhere():
    """In requirements, Makefile, README, testing.md and manifest; the tests know the oldest and the newest."""

    def text_of(name: str) -> str:
        return (ROOT / name).read_text(encoding="utf-8")

    wheels = [path.stem.removeprefix("bpy-") for path in (ROOT / "requirements").glob("bpy-*.txt")]
    wheels.sort(key=lambda version: [int(part) for part in version.split(".")])
    minors = [version.rpartition(".")[0] for version in wheels]
    for version in wheels:
        assert f"\nbpy=={version}\n" in text_of(f"requirements/bpy-{version}.txt")
    assert " ".join(re.findall(r"^BPY_3\d+ := (.*)$", text_of("Makefile"), re.MULTILINE)).split() == wheels
    assert f"Blender {minors[0]} to {minors[-1]}." in text_of("README.md")
    assert f"| bpy {', '.join(minors)} |" in text_of("docs/testing.md")
    assert MANIFEST["blender_version_min"] == f"{minors[0]}.0"
    oldest, *between, newest = (f"({minor.replace('.', ', ')})" for minor in minors)
    versions = f"\nOLDEST, BETWEEN, NEWEST = {oldest}, ({', '.join(between)}), {newest}\n"
    assert versions in text_of("tests/blender/conftest.py")
