"""blender_assets.cats.txt, which tells the catalogs of an asset library: ours are added, others' lines stay.

One catalog a line, ``UUID:path:simple name``; ``#`` begins a comment, and ``VERSION 1`` stands before the first.
"""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID, uuid5

from ..errors import ModelError, ParameterError
from ..files.archive import open_file
from ..files.whole_files import write_whole

NAME = "blender_assets.cats.txt"
EXPRESSIONS, VISEMES, MINE = "Expressions", "Visemes", "Mine"
_OURS = UUID("6f0d2c1e-7c0b-4a57-9f0e-0f1a5e1b7a11")  # made once, at random: libraries know our catalogs by it
IDS = {group: str(uuid5(_OURS, group)) for group in (EXPRESSIONS, VISEMES, MINE)}
ROOT = "FLAME Faces"
HEAD = "# This is an Asset Catalog Definition file for Blender.\n\nVERSION 1\n\n"
LARGEST = 1 << 22  # bytes
_VERSION = re.compile(r"^VERSION\s+(\S+)\s*$", re.MULTILINE)


def add_catalogs(folder: Path) -> None:
    """Have the catalogs of faces in a library's file. Raises ParameterError for a file of another kind, WriteError."""
    merged = merged_catalogs(folder)
    if merged is not None:
        write_whole(folder / NAME, merged)


def merged_catalogs(folder: Path) -> bytes | None:
    """What the catalogs' file of a folder should hold; None where it does. Raises ParameterError for another file."""
    path = folder / NAME
    text = _read(path) if path.exists() and path.stat().st_size else ""
    merged = with_catalogs(text, str(path))
    return None if merged == text else merged.encode("utf-8", "surrogateescape")


def with_catalogs(text: str, source: str) -> str:
    """A file's text with ours at its end, those that it does not have; a catalog that was renamed stays so.

    Raises ParameterError for the text of a newer version.
    """
    version = _VERSION.search(text)
    if version is not None and version[1] != "1":
        raise ParameterError(
            f"{source}: expected catalogs of version 1, found {version[1][:20]!r}; choose another folder."
        )
    if text.strip() and version is None:
        raise ParameterError(
            f"{source}: expected an asset library's catalogs, found other text; choose another folder."
        )
    known = {line.partition(":")[0].strip().lower() for line in text.splitlines()}
    missing = [f"{uuid}:{ROOT}/{group}:{ROOT}-{group}" for group, uuid in IDS.items() if uuid not in known]
    if not missing:
        return text
    before = text if text.strip() else HEAD
    return before + ("" if before.endswith("\n") else "\n") + "\n".join(missing) + "\n"


def _read(path: Path) -> str:
    try:
        with open_file(path) as file:
            raw = file.read(LARGEST + 1)
    except ModelError as error:
        raise ParameterError(str(error)) from error
    if len(raw) > LARGEST:
        raise ParameterError(f"{path}: expected an asset library's catalogs, found over {LARGEST} bytes.")
    return raw.decode("utf-8", "surrogateescape")
