"""The pictures that a mesh names: looked for beside it alone, and measured before anything opens them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import ModelError
from ..files.archive import open_file
from ..files.raw_arrays import shortened

MOST_PIXELS, LONGEST_SIDE = 1 << 26, 16384
READ = 1 << 20  # bytes in which a JPEG tells its size
MOST_SEGMENTS = 1000
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # the JPEG markers that tell a size (ITU-T T.81, table B.1)


@dataclass(frozen=True)
class PictureFile:
    """A .png or .jpg of ``width`` x ``height`` pixels, as its head says."""

    path: Path
    width: int
    height: int


def beside(mesh: Path, name: str) -> Path | None:
    """The file that ``mesh`` calls ``name``, in the folder of the mesh or below it; None where there is none.

    Of a name that leads elsewhere the last part counts: DECA names its normal map by the path that it was written to.
    """
    parts = PurePosixPath(name.replace("\\", "/"))
    inner = [mesh.parent / parts.name] if parts.name not in ("", "..") else []
    if not parts.is_absolute() and ".." not in parts.parts and ":" not in name:
        inner.insert(0, mesh.parent / parts)
    return next((path for path in inner if _is_there(path)), None)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def picture_file(path: Path) -> PictureFile:
    """Its size, told by its first bytes. Raises ModelError for what is no .png or .jpg, or too large."""
    with open_file(path) as file:
        head = file.read(READ)
    size = _png_size(head) or _jpeg_size(head)
    if size is None:
        found = shortened(head[:8])
        raise ModelError(f"{path}: expected a picture in .png or .jpg, found {found}; convert it.")
    width, height = size
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE and width * height <= MOST_PIXELS):
        most = f"{LONGEST_SIDE} pixels a side and {MOST_PIXELS} in all"
        raise ModelError(f"{path}: expected a picture of at most {most}, found {width} x {height}; make it smaller.")
    return PictureFile(path, width, height)


def _png_size(head: bytes) -> tuple[int, int] | None:
    if not head.startswith(PNG) or head[12:16] != b"IHDR" or len(head) < 24:
        return None
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """Of the first frame header, behind the segments before it."""
    at = 2 if head.startswith(JPEG) else len(head)
    for _ in range(MOST_SEGMENTS):
        if at + 9 > len(head) or head[at] != 0xFF:
            return None
        marker, length = head[at + 1], struct.unpack_from(">H", head, at + 2)[0]
        if marker in _SIZES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 + length
    return None
