"""What a photo's EXIF tells of its focal length and of which side is up: JPEG, TIFF and PNG, read without any library.

Exif 2.32 (CIPA DC-008-2019, section 4.6) inside JPEG's APP1 segments, TIFF 6.0 files and PNG's eXIf chunk. Only two
directories and eight of their entries are looked at, each within the file's bounds; damaged files tell nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np

from ..reports.focal import LikelyFocal

FULL_FRAME_DIAGONAL = float(np.hypot(36.0, 24.0))  # mm: what "35 mm equivalent" compares diagonals with
SURE = 0.08  # standard deviation of the logarithm: whole millimetres, and lenses focused near
SAME_SHAPE = 1.02  # between the sides' ratio of the picture and of what the camera took: else it was cropped
SHORTEST, LONGEST = 0.3, 50.0  # focal lengths in sides of the picture that a lens may have
MOST_SEGMENTS, MOST_CHUNKS, MOST_ENTRIES = 200, 10_000, 1000
MOST_EXIF = 1 << 20  # bytes of a PNG's chunk

ORIENTATION = 0x0112
# Quarter turns to the left that bring a picture upright whose rows go down (Exif 2.32, 4.6.4A); mirrored ones are left.
TURNS = {3: 2, 6: 3, 8: 1}
EXIF_DIRECTORY, FOCAL_MM, WIDTH, HEIGHT = 0x8769, 0x920A, 0xA002, 0xA003
PLANE_X_RESOLUTION, PLANE_UNIT, FOCAL_35 = 0xA20E, 0xA210, 0xA405
MM_OF_UNIT = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}
SHORT, LONG, RATIONAL = 3, 4, 5


class _DamagedError(Exception):
    """The file is not as its own numbers say."""


class _Source(Protocol):
    def __call__(self, offset: int, count: int) -> bytes:
        """So many bytes from there."""


@dataclass(frozen=True)
class ExifLens:
    """Of a photo's camera; 0 for what is not told.

    ``millimetres`` is the lens's own focal length, ``equivalent`` that on 36 x 24 mm with the same diagonal, ``width``
    and ``height`` the pixels that the camera took, and ``per_millimetre`` how many of them its sensor has.
    """

    millimetres: float = 0.0
    equivalent: float = 0.0
    width: int = 0
    height: int = 0
    per_millimetre: float = 0.0

    def likely(self, width: int, height: int) -> LikelyFocal | None:
        """What that makes likely in a picture of so many pixels; None where it tells nothing, or of another crop."""
        if self.width and self.height:
            shapes = [max(sides) / min(sides) for sides in ((self.width, self.height), (width, height))]
            if max(shapes) > SAME_SHAPE * min(shapes):
                return None
        if self.equivalent:
            pixels, said = self.equivalent / FULL_FRAME_DIAGONAL * float(np.hypot(width, height)), self.equivalent
        elif self.millimetres and self.per_millimetre and self.width and self.height:
            pixels = self.millimetres * self.per_millimetre * max(width, height) / max(self.width, self.height)
            said = self.millimetres
        else:
            return None
        if not SHORTEST <= pixels / max(width, height) <= LONGEST:
            return None
        kind = "on 35 mm film" if self.equivalent else "lens"
        return LikelyFocal(pixels, SURE, f"the photo's EXIF ({said:.4g} mm {kind})")


def exif_lens(path: Path) -> ExifLens | None:
    """What the file tells of its lens; None for a file without EXIF, a damaged one, or another kind of file.

    Raises OSError for a file that cannot be opened.
    """
    with path.open("rb") as file:
        try:
            source = _source(file)
            return None if source is None else _lens(source)
        except _DamagedError:
            return None


def exif_turns(path: Path) -> int:
    """How many quarters to the left the picture must be turned to stand upright, 0 to 3; 0 where nothing tells.

    Raises OSError for a file that cannot be opened.
    """
    with path.open("rb") as file:
        try:
            source = _source(file)
            found = None if source is None else _first_directory(source)
        except _DamagedError:
            return 0
    return 0 if found is None else TURNS.get(int(found[0].get(ORIENTATION, 1)), 0)


def _source(file: BinaryIO) -> _Source | None:
    """The EXIF block of an open file, addressed from its TIFF header."""
    start = _read(file, 0, 4)
    if start[:2] == b"\xff\xd8":
        return _in_jpeg(file)
    if start in (b"II*\0", b"MM\0*"):
        return lambda offset, count: _read(file, offset, count)
    if start == b"\x89PNG":
        return _in_png(file)
    return None


def _read(file: BinaryIO, offset: int, count: int) -> bytes:
    file.seek(offset)
    block = file.read(count)
    if len(block) < count:
        raise _DamagedError
    return block


def _within(block: bytes) -> _Source:
    def take(offset: int, count: int) -> bytes:
        if offset + count > len(block):
            raise _DamagedError
        return block[offset : offset + count]

    return take


def _in_jpeg(file: BinaryIO) -> _Source | None:
    place = 2
    for _ in range(MOST_SEGMENTS):
        mark, kind, length = struct.unpack(">BBH", _read(file, place, 4))
        if mark != 0xFF or length < 2 or kind in (0xDA, 0xD9):  # the picture itself, or its end
            return None
        if kind == 0xE1:
            block = _read(file, place + 4, length - 2)
            if block[:6] == b"Exif\0\0":
                return _within(block[6:])
        place += 2 + length
    return None


def _in_png(file: BinaryIO) -> _Source | None:
    place = 8
    for _ in range(MOST_CHUNKS):
        length, kind = struct.unpack(">I4s", _read(file, place, 8))
        if kind == b"eXIf":
            return _within(_read(file, place + 8, length)) if length <= MOST_EXIF else None
        if kind == b"IEND":
            return None
        place += 12 + length
    return None


def _lens(source: _Source) -> ExifLens | None:
    found = _first_directory(source)
    if found is None:
        return None
    first, order = found
    if EXIF_DIRECTORY not in first:
        return None
    values = _directory(source, order, int(first[EXIF_DIRECTORY]))
    unit = MM_OF_UNIT.get(int(values.get(PLANE_UNIT, 2)), 0.0)
    resolution = values.get(PLANE_X_RESOLUTION, 0.0)
    return ExifLens(
        values.get(FOCAL_MM, 0.0),
        values.get(FOCAL_35, 0.0),
        int(values.get(WIDTH, 0)),
        int(values.get(HEIGHT, 0)),
        resolution / unit if unit else 0.0,
    )


def _first_directory(source: _Source) -> tuple[dict[int, float], str] | None:
    """The numbers of the file's first directory, and the byte order; None where it is none."""
    header = source(0, 8)
    order = {b"II": "<", b"MM": ">"}.get(header[:2])
    if order is None or struct.unpack(order + "H", header[2:4])[0] != 42:
        return None
    return _directory(source, order, struct.unpack(order + "I", header[4:])[0]), order


def _directory(source: _Source, order: str, place: int) -> dict[int, float]:
    """The single numbers of an image file directory, by their tags: shorts, longs and rationals."""
    (count,) = struct.unpack(order + "H", source(place, 2))
    values: dict[int, float] = {}
    for number in range(min(count, MOST_ENTRIES)):
        entry = source(place + 2 + 12 * number, 12)
        tag, kind, n_values = struct.unpack(order + "HHI", entry[:8])
        if n_values != 1:
            continue
        if kind == SHORT:
            values[tag] = float(struct.unpack(order + "H", entry[8:10])[0])
        elif kind == LONG:
            values[tag] = float(struct.unpack(order + "I", entry[8:])[0])
        elif kind == RATIONAL and tag in (FOCAL_MM, PLANE_X_RESOLUTION):
            above, below = struct.unpack(order + "II", source(struct.unpack(order + "I", entry[8:])[0], 8))
            values[tag] = above / below if below else 0.0
    return values
