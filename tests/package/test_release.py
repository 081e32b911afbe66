"""tools/release.py: unreleased changes are committed under a version, packed and tagged; or it says why not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import release

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2027, 1, 2)
CHANGES = """# Changelog

## [Unreleased]

### Added

- Ears that wiggle.

## [7.0.0] - 2026-11-28

The first.
"""
NONE = "no-such-blender"


@pytest.fixture
def checkout(tmp_path: Path, copy_checkout: Callable[[Path], Path]) -> Path:
    """A repository with the package, its manifest at 7.0.0, and a changelog with one change."""
    root = copy_checkout(tmp_path / "checkout")
    manifest = root / release.MANIFEST
    manifest.write_text(
        "".join(
            'version = "7.0.0"\n' if line.startswith("version =") else line
            for line in manifest.read_text(encoding="utf-8").splitlines(keepends=True)
        ),
        encoding="utf-8",
    )
    (root / "CHANGELOG.md").write_text(CHANGES, encoding="utf-8")
    (root / ".gitignore").write_text("dist/\n__pycache__/\n", encoding="utf-8")
    commit = ("commit", "--quiet", "--message", "all")
    for command in (
        ("init", "--quiet"),
        ("config", "user.name", "A"),
        ("config", "user.email", "a@b.c"),
        ("add", "."),
        commit,
    ):
        release.git(root, *command)
    return root


def test_from_unreleased_to_a_tag(checkout: Path, capsys: pytest.CaptureFixture[str]):
    release.check(checkout, "7.1.0")
    release.prepare(checkout, "7.1.0", DAY)
    text = (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]\n\n## [7.1.0] - 2027-01-02\n\n### Added\n\n- Ears that wiggle.\n\n## [7.0.0]" in text
    assert release.read_manifest(checkout / release.MANIFEST)["version"] == "7.1.0"
    head = release.git(checkout, "log", "--format=%s", "-1")
    release.prepare(checkout, "7.1.0", DAY)
    assert head == release.git(checkout, "log", "--format=%s", "-1") == "Release 7.1.0"

    release.check(checkout, "7.1.0")
    release.finish(checkout, "7.1.0", NONE)
    assert [path.name for path in (checkout / "dist" / "7.1.0").iterdir()] == ["flame_blender-7.1.0.zip"]
    assert release.git(checkout, "rev-parse", "v7.1.0^{commit}") == release.git(checkout, "rev-parse", "HEAD")
    notes = release.git(checkout, "tag", "--list", "--format=%(contents)", "v7.1.0")
    assert notes.split() == ["7.1.0", "###", "Added", "-", "Ears", "that", "wiggle."]
    assert f"no listing: {NONE} was not found" in capsys.readouterr().out
    with pytest.raises(release.ReleaseError, match=r"v7\.1\.0 is there already"):
        release.check(checkout, "7.1.0")


@pytest.mark.parametrize(
    ("version", "why"), [("1.2", "three numbers"), ("v1.2.3", "three numbers"), ("6.9.9", "lower")]
)
def test_versions_that_are_refused(checkout: Path, version: str, why: str):
    with pytest.raises(release.ReleaseError, match=why):
        release.check(checkout, version)


def test_ten_follows_nine(checkout: Path):
    release.prepare(checkout, "7.9.0", DAY)
    release.check(checkout, "7.10.0")


def test_work_that_is_not_committed(checkout: Path):
    (checkout / "new.txt").write_text("x", encoding="utf-8")
    with pytest.raises(release.ReleaseError, match=r"(?s)commit or remove:.*new\.txt"):
        release.check(checkout, "7.1.0")


def test_nothing_to_release(checkout: Path):
    (checkout / "CHANGELOG.md").write_text(CHANGES.replace("### Added\n\n- Ears that wiggle.\n", ""), encoding="utf-8")
    with pytest.raises(release.ReleaseError, match="nothing under Unreleased"):
        release.prepare(checkout, "7.1.0", DAY)


def test_a_release_that_was_not_prepared_or_would_hold_more_than_it_says(checkout: Path):
    with pytest.raises(release.ReleaseError, match="prepare"):
        release.finish(checkout, "7.1.0", NONE)
    for end in (lambda: release.prepare(checkout, "7.0.0", DAY), lambda: release.finish(checkout, "7.0.0", NONE)):
        with pytest.raises(release.ReleaseError, match="under Unreleased"):
            end()
    assert not release.git(checkout, "tag")


def test_a_blender_that_refuses(checkout: Path, tmp_path: Path):
    release.prepare(checkout, "7.1.0", DAY)
    refuses = tmp_path / "refuses"
    refuses.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    refuses.chmod(0o755)
    with pytest.raises(release.ReleaseError, match="refused `extension validate`"):
        release.finish(checkout, "7.1.0", str(refuses))
    assert not release.git(checkout, "tag")


def test_the_changelog_names_the_versions_from_the_newest_on():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = release.re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", text, release.re.MULTILINE)
    assert found == sorted(found, key=release.numbers, reverse=True)
    assert found[0] == release.read_manifest(ROOT / release.MANIFEST)["version"]
    assert release.section(text, release.UNRELEASED) is not None
