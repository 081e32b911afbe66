"""Which files may be FLAME files, by their endings: in folders, and below what cannot be entered."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ..errors import FlameError, ModelError

READABLE_SUFFIXES = {".pkl", ".npz", ".npy", ".obj", ".pt"}


def files_in(folder: Path, refused: dict[Path, FlameError]) -> list[Path]:
    """The files in a folder and in those below it whose endings can be a FLAME file's, in order.

    Folders that cannot be looked into come to ``refused``.
    """

    def refuse(error: OSError) -> None:
        refused[Path(error.filename)] = ModelError(f"{error.filename}: cannot be read ({error.strerror or error}).")

    found = (Path(where, name) for where, _, names in os.walk(folder, onerror=refuse) for name in names)
    return sorted(path for path in found if path.suffix.lower() in READABLE_SUFFIXES and may_be_read(path))


def may_be_read(path: Path) -> bool:
    """Whether it is an ordinary file, or one that cannot be looked at: reading it tells what is wrong."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def stamp(path: Path) -> list[int]:
    """Size and time of a file; zeros for one that cannot be looked at."""
    try:
        status = path.stat()
    except OSError:
        return [0, 0]
    return [status.st_size, status.st_mtime_ns]
