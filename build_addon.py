#!/usr/bin/env python3
"""Writes dist/flame_blender-<version>.zip, the extension that Blender 4.2 and newer install.

    python build_addon.py [--output-dir DIR]

Python's standard library only, 3.11 or newer. The zip holds one folder, flame_blender/: the manifest, the licence, the
package with the built-in head. It depends on nothing but the content of those files: names sorted, one date, one mode,
stored without compression (compressed bytes differ between zlib versions), so the same sources give the same SHA-256.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import re
import struct
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PACKAGE = "flame_blender"
MANIFEST = "blender_manifest.toml"
BUILTIN_HEAD = "assets/builtin_head.npz"
SKIN_PICTURES = tuple(f"assets/builtin_head_skin{part}.png" for part in ("", "_relief", "_marks"))
ASSETS = "assets/thumbnails/*.png", "assets/presets/flame/looks/*.json"  # as many as there are
BUILTIN_RELEASE = "built-in"

# https://docs.blender.org/manual/en/latest/advanced/extensions/getting_started.html#manifest
REQUIRED_TEXTS = ("schema_version", "id", "version", "name", "tagline", "maintainer", "type", "blender_version_min")
OPTIONAL_KEYS = {"blender_version_max", "copyright", "permissions", "platforms", "tags", "website"}
PERMISSIONS = {"camera", "clipboard", "files", "microphone", "network"}
LONGEST_TAGLINE = 64
# https://semver.org: three numbers without leading zeros, then a pre-release and build data if wanted
SEMANTIC_VERSION = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?"
)
TEST_FILE = re.compile(r"test_.*\.py|.*_test\.py|conftest\.py")
EARLIEST_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold
PLAIN_FILE = 0o100644


class BuildError(Exception):
    """The add-on cannot be packed as it lies there; the message names the file and the reason."""


def main() -> int:
    """Build, print the path and its SHA-256; 1 and one sentence on stderr when something is refused."""
    parser = argparse.ArgumentParser(description="Write the add-on's zip.")
    parser.add_argument("--output-dir", type=Path, default=ROOT / "dist", help="where the zip goes (default: dist)")
    arguments = parser.parse_args()
    try:
        archive = build(ROOT, arguments.output_dir)
    except BuildError as error:
        print(f"build_addon.py: {error}", file=sys.stderr)
        return 1
    print(f"{archive}\nsha256 {hashlib.sha256(archive.read_bytes()).hexdigest()}")
    return 0


def build(root: Path, output_dir: Path) -> Path:
    """Pack the add-on that lies in ``root`` into ``output_dir`` and return the zip's path; raises BuildError."""
    manifest = read_manifest(root / PACKAGE / MANIFEST)
    files = files_to_pack(root)
    check_builtin_head(root / PACKAGE / BUILTIN_HEAD)
    output_dir.mkdir(parents=True, exist_ok=True)
    archive = output_dir / f"{manifest['id']}-{manifest['version']}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as pack:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{PACKAGE}/{name}", EARLIEST_DATE)
            entry.create_system = 3  # Unix, whatever system packs it
            entry.external_attr = PLAIN_FILE << 16
            pack.writestr(entry, path.read_bytes())
    return archive


def files_to_pack(root: Path) -> dict[str, Path]:
    """The complete list, name inside the add-on's folder -> file; raises BuildError for anything that is not of it.

    Caches are left out. Whatever else lies in the package and is neither a module nor an asset is refused by name.
    """
    package = root / PACKAGE
    files = {"LICENSE": root / "LICENSE"}
    files |= {name: package / name for name in (MANIFEST, "__init__.py", BUILTIN_HEAD, *SKIN_PICTURES)}
    files |= {path.relative_to(package).as_posix(): path for each in ASSETS for path in sorted(package.glob(each))}
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if "__pycache__" in inside.parts or (path.is_dir() and not path.is_symlink()):
            continue
        if inside.as_posix() not in files:
            refuse_foreign(path.relative_to(root))
            files[inside.as_posix()] = path
    for path in files.values():
        if path.is_symlink():
            raise BuildError(f"{path.relative_to(root)} is a link; only files that lie in the checkout are packed.")
        if not path.is_file():
            raise BuildError(f"{path.relative_to(root)} is missing and belongs in the add-on.")
    return files


def refuse_foreign(path: Path) -> None:
    """Raise BuildError when ``path``, relative to the checkout and inside the package, is no module of the add-on."""
    if path.suffix != ".py":
        raise BuildError(f"{path} is no Python module; move it out of the package (a FLAME file belongs in model/).")
    if TEST_FILE.fullmatch(path.name) or "tests" in path.parts:
        raise BuildError(f"{path} is a test; tests belong in tests/ beside the package.")


def read_manifest(path: Path) -> dict:
    """The manifest, checked as Blender's ``extension validate`` checks it; raises BuildError naming the key."""
    try:
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BuildError(f"{path.name} cannot be read: {error}.") from error
    for key in REQUIRED_TEXTS:
        if not isinstance(manifest.get(key), str) or not manifest[key].strip():
            raise BuildError(f"{path.name}: {key} must be a text, found {manifest.get(key)!r}.")
    unknown = manifest.keys() - {*REQUIRED_TEXTS, "license", *OPTIONAL_KEYS}
    if unknown:
        raise BuildError(f"{path.name}: {', '.join(sorted(unknown))} is no key of an add-on without wheels.")
    for key, found, expected in (
        ("schema_version", manifest["schema_version"], "1.0.0"),
        ("id", manifest["id"], PACKAGE),
        ("type", manifest["type"], "add-on"),
        ("license", manifest.get("license"), ["SPDX:GPL-3.0-or-later"]),
    ):
        if found != expected:
            raise BuildError(f"{path.name}: {key} must be {expected!r}, found {found!r}.")
    if not SEMANTIC_VERSION.fullmatch(manifest["version"]):
        raise BuildError(
            f"{path.name}: version must be a semantic version such as 1.2.3, found {manifest['version']!r}."
        )
    if not re.fullmatch(r"\d+\.\d+\.\d+", manifest["blender_version_min"]):
        found = manifest["blender_version_min"]
        raise BuildError(f"{path.name}: blender_version_min must be three numbers such as 4.2.0, found {found!r}.")
    check_short_text(path.name, "tagline", manifest["tagline"])
    check_permissions(path.name, manifest.get("permissions", {}))
    return manifest


def check_permissions(source: str, permissions: object) -> None:
    """Each permission is one that Blender knows, with a short reason."""
    if not isinstance(permissions, dict) or permissions.keys() - PERMISSIONS:
        raise BuildError(f"{source}: permissions must be a table of {', '.join(sorted(PERMISSIONS))}.")
    for key, reason in permissions.items():
        check_short_text(source, f"permissions.{key}", reason)


def check_short_text(source: str, key: str, text: object) -> None:
    """Blender shows these in one line: at most 64 characters, no punctuation at the end."""
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TAGLINE or not text[-1].isalnum():
        raise BuildError(
            f"{source}: {key} must be 1 to {LONGEST_TAGLINE} characters that end in a letter or digit, found {text!r}."
        )


def check_builtin_head(path: Path) -> None:
    """Raise BuildError unless the head file says that it is the project's own: no FLAME release is ever packed."""
    try:
        with zipfile.ZipFile(path) as arrays:
            release = text_of_npy(arrays.read("release.npy"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, struct.error) as error:
        raise BuildError(f"{BUILTIN_HEAD} does not say its release: {error}.") from error
    if release != BUILTIN_RELEASE:
        raise BuildError(
            f"{BUILTIN_HEAD} must be of release {BUILTIN_RELEASE!r}, found {release!r}, which is not packed."
        )


def text_of_npy(data: bytes) -> str:
    """The text in a NumPy file that holds one unicode string of no dimensions (numpy.lib.format, versions 1 and 2)."""
    if data[:6] != b"\x93NUMPY":
        raise ValueError("its release is no NumPy array")
    width = "<H" if data[6] == 1 else "<I"
    start = 8 + struct.calcsize(width)
    end = start + struct.unpack_from(width, data, 8)[0]
    header = ast.literal_eval(data[start:end].decode("latin-1"))
    if not re.fullmatch(r"[<>]U\d+", header["descr"]) or header["shape"] != ():
        raise ValueError(f"its release must be one text, found {header['descr']} {header['shape']}")
    return data[end:].decode("utf-32-le" if header["descr"][0] == "<" else "utf-32-be").rstrip("\0")


if __name__ == "__main__":
    sys.exit(main())
