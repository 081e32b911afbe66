"""EXIF's focal length out of files written here by the standards; damaged and hostile ones tell nothing."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from flame_blender.fitting.landmarks.exif import ExifLens, exif_lens, exif_turns

FOCAL_35, FOCAL_MM, WIDTH, HEIGHT, RESOLUTION, UNIT = 0xA405, 0x920A, 0xA002, 0xA003, 0xA20E, 0xA210
SHORT, LONG, RATIONAL = 3, 4, 5


def tiff(order: str, entries: dict[int, tuple[int, float]]) -> bytes:
    """A TIFF block whose Exif directory has the entries, tag -> type and value; rationals in thousandths."""
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    first = struct.pack(order + "HHHII", 1, 0x8769, LONG, 1, 26) + bytes(4)
    after = 26 + 2 + 12 * len(entries) + 4
    rows, values = b"", b""
    for tag, (kind, value) in sorted(entries.items()):
        rows += struct.pack(order + "HHI", tag, kind, 1)
        if kind == SHORT:
            rows += struct.pack(order + "HH", int(value), 0)
        elif kind == LONG:
            rows += struct.pack(order + "I", int(value))
        else:
            rows += struct.pack(order + "I", after + len(values))
            values += struct.pack(order + "II", round(1000 * value), 1000)
    return head + first + struct.pack(order + "H", len(entries)) + rows + bytes(4) + values


def jpeg(block: bytes) -> bytes:
    """A JPEG's segments: JFIF, another APP1, then EXIF, then the picture's."""
    other = b"http://ns.adobe.com/xap/1.0/\0<x/>"
    exif = b"Exif\0\0" + block
    return (
        b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
        + b"\xff\xe1" + struct.pack(">H", len(other) + 2) + other
        + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
        + b"\xff\xda\x00\x08" + bytes(6) + b"\xff\xd9"
    )  # fmt: skip


def png(block: bytes) -> bytes:
    """A PNG with a header, EXIF and an end."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 3, 8, 2, 0, 0, 0))
    return start + chunk(b"eXIf", block) + chunk(b"IEND", b"")


WRAPPED = {"jpg": jpeg, "tif": lambda block: block, "png": png}
LENS = {
    FOCAL_35: (SHORT, 85), FOCAL_MM: (RATIONAL, 56.5), WIDTH: (LONG, 6000), HEIGHT: (SHORT, 4000),
    RESOLUTION: (RATIONAL, 2552.2), UNIT: (SHORT, 3),
}  # fmt: skip


@pytest.mark.parametrize("suffix", WRAPPED)
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_lens_comes_back(tmp_path: Path, suffix: str, order: str) -> None:
    path = tmp_path / f"photo.{suffix}"
    path.write_bytes(WRAPPED[suffix](tiff(order, LENS)))
    assert exif_lens(path) == ExifLens(56.5, 85.0, 6000, 4000, pytest.approx(255.22))


def test_pixels_of_a_lens() -> None:
    """By the diagonal of full frame; by the sensor's own pixels; in either orientation and after resizing."""
    portrait = ExifLens(equivalent=50, width=3000, height=2000).likely(400, 600)
    assert portrait.pixels == pytest.approx(50 / 36 * 600)
    square = ExifLens(equivalent=50).likely(1000, 1000)
    assert square.pixels == pytest.approx(50 * 1000 * np.sqrt(2) / np.hypot(36, 24))
    own = ExifLens(millimetres=40, width=6000, height=4000, per_millimetre=250).likely(1500, 1000)
    assert own.pixels == pytest.approx(40 * 250 / 4)
    assert "40 mm" in own.source and "EXIF" in own.source


@pytest.mark.parametrize(
    "lens",
    [
        ExifLens(),
        ExifLens(millimetres=40),
        ExifLens(equivalent=50, width=3000, height=2000),  # the picture was cropped to a square
        ExifLens(equivalent=1),
        ExifLens(equivalent=60000),
    ],
)
def test_what_tells_nothing(lens: ExifLens) -> None:
    assert lens.likely(1000, 1000) is None


@pytest.mark.parametrize("suffix", WRAPPED)
def test_damaged_files_tell_nothing_or_a_lens(tmp_path: Path, suffix: str) -> None:
    """Cut anywhere, and with random bytes changed: never an error, and never long at work."""
    whole, path, rng = WRAPPED[suffix](tiff(">", LENS)), tmp_path / "photo", np.random.default_rng(0)
    cut = [whole[:length] for length in range(len(whole))]
    changed = []
    for _ in range(300):
        spoilt = np.frombuffer(whole, np.uint8).copy()
        spoilt[rng.integers(4, len(whole), 4)] = rng.integers(0, 256, 4)
        changed.append(spoilt.tobytes())
    for content in (*cut, *changed):
        path.write_bytes(content)
        found = exif_lens(path)
        if found is not None:
            likely = found.likely(1500, 1000)
            assert likely is None or 0.3 * 1500 <= likely.pixels <= 50 * 1500


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8" + b"\xff\xe1\xff\xff" * 3, b"MM\0*\xff\xff\xff\xff"])
def test_other_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo"
    path.write_bytes(content)
    assert exif_lens(path) is None
    with pytest.raises(FileNotFoundError):
        exif_lens(tmp_path / "none")


def oriented(order: str, number: int) -> bytes:
    """A TIFF block whose first directory tells how the camera was held."""
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return head + struct.pack(order + "HHHIHH", 1, 0x0112, SHORT, 1, number, 0) + bytes(4)


@pytest.mark.parametrize("suffix", WRAPPED)
@pytest.mark.parametrize("order", ["<", ">"])
def test_which_side_is_up(tmp_path: Path, suffix: str, order: str) -> None:
    """Turned as the table of Exif 2.32 says, the row and column that it calls the 0th are at the top and the left."""
    corners = {1: (0, 0), 3: (-1, -1), 6: (-1, 0), 8: (0, -1)}  # of the stored picture: which one was the top left
    for number, corner in corners.items():
        path = tmp_path / f"{number}.{suffix}"
        path.write_bytes(WRAPPED[suffix](oriented(order, number)))
        picture = np.zeros((3, 5))
        picture[corner] = 1
        assert np.rot90(picture, exif_turns(path))[0, 0] == 1


def test_nothing_told_turns_nothing(tmp_path: Path) -> None:
    """Other numbers, mirrored ones, files without EXIF, damaged ones."""
    contents = [jpeg(oriented("<", number)) for number in (0, 2, 4, 5, 7, 9, 65535)]
    contents += [jpeg(tiff("<", LENS)), b"", b"\xff\xd8", b"text", png(b"")]
    whole = jpeg(oriented(">", 6))
    contents += [whole[:end] for end in range(whole.index(b"\xff\xda"))]
    path = tmp_path / "photo.jpg"
    for content in contents:
        path.write_bytes(content)
        assert exif_turns(path) == 0
