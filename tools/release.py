#!/usr/bin/env python3
"""The two ends of `make release VERSION=x.y.z`, which runs every test in between.

    python tools/release.py prepare VERSION                     version and changelog written, and committed
    python tools/release.py finish VERSION [--blender PROGRAM]  dist/VERSION with zip and listing, and the tag

`prepare` changes nothing when it was done before, so that a release whose tests failed is mended and begun again.
Nothing is pushed: `finish` says what is left to do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from build_addon import BuildError, build, read_manifest  # noqa: E402  (found only after the line above)

MANIFEST = Path("flame_blender") / "blender_manifest.toml"
CHANGELOG = Path("CHANGELOG.md")
UNRELEASED = "## [Unreleased]"


class ReleaseError(Exception):
    """The release cannot be made; the message says why and what to do."""


def main() -> int:
    """One of the two ends; 1 and one sentence on stderr when something stands in the way."""
    parser = argparse.ArgumentParser(description="Prepare or finish a release.")
    parser.add_argument("end", choices=("prepare", "finish"))
    parser.add_argument("version", help="three numbers, such as 1.2.3")
    parser.add_argument("--blender", default="blender", help="Blender's program, which writes the listing")
    given = parser.parse_args()
    try:
        check(ROOT, given.version)
        if given.end == "prepare":
            prepare(ROOT, given.version, dt.datetime.now(dt.UTC).date())
        else:
            finish(ROOT, given.version, given.blender)
    except (BuildError, ReleaseError) as error:
        print(f"release.py: {error}", file=sys.stderr)
        return 1
    return 0


def check(root: Path, version: str) -> None:
    """Raise ReleaseError unless ``version`` is new and not lower than the manifest's, and all work is committed."""
    found = read_manifest(root / MANIFEST)["version"]
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ReleaseError(f"VERSION must be three numbers such as 1.2.3, found {version!r}.")
    if numbers(version) < numbers(found):
        raise ReleaseError(f"VERSION must not be lower than the manifest's {found}, found {version}.")
    if git(root, "tag", "--list", f"v{version}"):
        raise ReleaseError(f"the tag v{version} is there already; choose a higher VERSION.")
    if changed := git(root, "status", "--porcelain"):
        raise ReleaseError(f"not everything is committed; commit or remove:\n{changed}")


def prepare(root: Path, version: str, day: dt.date) -> None:
    """Write the version into the manifest and over what is unreleased, and commit; nothing where that was done."""
    changelog = root / CHANGELOG
    text = changelog.read_text(encoding="utf-8")
    if section(text, f"## [{version}]") is not None:
        refuse_unreleased(text, version)
        return
    changelog.write_text(under_version(text, version, day), encoding="utf-8", newline="\n")
    manifest = (root / MANIFEST).read_text(encoding="utf-8")
    manifest = re.sub(r'^version = ".*"$', f'version = "{version}"', manifest, flags=re.MULTILINE)
    (root / MANIFEST).write_text(manifest, encoding="utf-8", newline="\n")
    git(root, "commit", "--quiet", "--all", "--message", f"Release {version}")


def finish(root: Path, version: str, blender: str) -> None:
    """The zip and its listing in dist/VERSION and an annotated tag; ReleaseError where ``prepare`` was not run."""
    text = (root / CHANGELOG).read_text(encoding="utf-8")
    notes = section(text, f"## [{version}]")
    if read_manifest(root / MANIFEST)["version"] != version or not notes:
        raise ReleaseError(f"{CHANGELOG} and {MANIFEST} must name {version}; run `release.py prepare {version}`.")
    refuse_unreleased(text, version)
    folder = root / "dist" / version
    shutil.rmtree(folder, ignore_errors=True)
    archive = build(root, folder)
    listing = write_listing(blender, archive)
    git(root, "tag", "--annotate", "--cleanup=verbatim", f"v{version}", "--message", f"{version}\n\n{notes}")
    print(
        f"{archive}\n{listing}\nv{version} is tagged. Now: git push --follow-tags, and publish what lies in {folder}."
    )


def under_version(text: str, version: str, day: dt.date) -> str:
    """The changelog with what is unreleased under ``version``; ReleaseError where there is nothing."""
    if not section(text, UNRELEASED):
        raise ReleaseError(f"{CHANGELOG} has nothing under Unreleased; write what a user will notice.")
    return text.replace(UNRELEASED, f"{UNRELEASED}\n\n## [{version}] - {day.isoformat()}", 1)


def refuse_unreleased(text: str, version: str) -> None:
    """Raise ReleaseError when a release would hold more than its section of the changelog says."""
    if section(text, UNRELEASED):
        raise ReleaseError(f"{CHANGELOG} has changes under Unreleased that {version} would hold; move them under it.")


def section(text: str, heading: str) -> str | None:
    """What stands under a heading of the changelog, up to the next one; None where the heading is missing."""
    found = re.search(rf"^{re.escape(heading)}[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return None if found is None else found[1].strip()


def write_listing(blender: str, archive: Path) -> str:
    """Have Blender validate the zip and write index.json beside it; what was done, in one line."""
    if shutil.which(blender) is None:
        return f"no listing: {blender} was not found; name Blender's program by BLENDER=... to have it written."
    extension = [blender, "--factory-startup", "--command", "extension"]
    for command in (["validate", str(archive)], ["server-generate", "--repo-dir", str(archive.parent)]):
        if subprocess.run([*extension, *command], check=False).returncode != 0:
            raise ReleaseError(f"Blender refused `extension {command[0]}` for {archive.name}; see what it says above.")
    return str(archive.parent / "index.json")


def numbers(version: str) -> tuple[int, ...]:
    """The three numbers of a version, without what may follow them."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def git(root: Path, *arguments: str) -> str:
    """What git answers; ReleaseError with its own words when it fails."""
    result = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ReleaseError(f"git {arguments[0]}: {result.stderr.strip()}")
    return result.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
