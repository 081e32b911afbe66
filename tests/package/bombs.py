"""Small files of every container that ask for far more than they are: one function for each, which writes it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np

from tests.package.handmade import PROTO, array, dtype, npy, npy_of, shape, text, zipped

TEXT_GRID = b'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n1\n<exists>\n'


def lists_of_lists(levels: int = 9, width: int = 10) -> bytes:
    """A list that names a list ten times that names a list ten times ..., behind the memo's first numbers."""
    body = b"](" + b"K\x01" * width + b"er" + struct.pack("<I", 0) + b"0"
    for level in range(1, levels):
        body += b"](" + (b"j" + struct.pack("<I", level - 1)) * width + b"er" + struct.pack("<I", level) + b"0"
    return body + b"j" + struct.pack("<I", levels - 1)


def zeros(count: int, kind: str = "|u1") -> bytes:
    return npy(kind, f"({count},)", bytes(count * np.dtype(kind).itemsize))


def deflated(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return file.getvalue()


def directory_of_a_million() -> bytes:
    """A zip without members whose directory lists a million of them."""
    small = zipped({"v_template.npy": npy("<f8", "(3,)", bytes(24))})
    at, end = small.index(b"PK\x01\x02"), small.index(b"PK\x05\x06")
    directory = small[at:end] * 1_000_000
    size = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 10**6, 10**6, len(directory), at)
    place = struct.pack("<4sLQL", b"PK\x06\x07", 0, at + len(directory), 1)
    return (
        small[:at]
        + directory
        + size
        + place
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    )


def matlab_array(count: int) -> bytes:
    """A compressed array ``verts`` of so many bytes, all zero."""

    def element(kind: int, data: bytes) -> bytes:
        return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)

    said = element(6, struct.pack("<II", 6, 0)) + element(5, struct.pack("<ii", count // 3, 3)) + element(1, b"verts")
    packer = zlib.compressobj(9)
    out = packer.compress(struct.pack("<II", 14, len(said) + 8 + count) + said + struct.pack("<II", 1, count))
    for _ in range(count // 1_000_000):
        out += packer.compress(bytes(1_000_000))
    out += packer.flush()
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + struct.pack("<II", 15, len(out)) + out


def bombs() -> dict[str, Callable[[], bytes]]:
    """What makes each, by file name, with the ending that its loaders look at; all of them would take seconds."""
    keys = ("expression", "exp", "flame", "shape", "jaw_pose", "pose", "world", "names", "frames", "resolution")
    again = b"".join(text(key) + b"j" + struct.pack("<I", 8) for key in keys[1:])
    long_array = b"B" + struct.pack("<I", 10**6) + bytes(10**6) + b"q\xfa0"
    shared = array(dtype("u1", "|"), shape(10**6), b"h\xfa") + b"q\xfb0"
    named = b"](" + b"h\xfb" * 5_000 + b"e"
    objects = npy_of(PROTO + b"N0" * 900_000 + array(dtype("O", "|"), shape(1), b"](Ne") + b".")
    lengths = {"v_template": 150_000, "shapedirs": 240_000_000, "f": 3, "weights": 250_000}
    row = b"1 " * 4_000_000
    return {
        "lists of lists.pkl": lambda: PROTO + b"}(" + text(keys[0]) + lists_of_lists() + again + b"u.",
        "one array in a list.pkl": lambda: PROTO + long_array + shared + b"}(" + text("exp") + named + b"u.",
        "one text in a list.pkl": lambda: (
            PROTO + b"}(" + text("exp") + b"](" + text("x" * 10**6) + b"K\x01" * 50_000 + b"eu."
        ),
        "hashes.pkl": lambda: (
            PROTO + b"\x8f(" + b"".join(_long((2**61 - 1) * (k + 1)) for k in range(60_000)) + b"\x90."
        ),
        "memo.pkl": lambda: b"N" + b"".join(b"p%d\n" % ((2**61 - 1) * k) for k in range(60_000)) + b".",
        "numbers.npz": lambda: deflated({f"{name}.npy": zeros(count) for name, count in lengths.items()}),
        "objects.npz": lambda: deflated({f"k{k}.npy": objects for k in range(60)}),
        "directory.npz": directory_of_a_million,
        "storage.pt": lambda: deflated({"a/data.pkl": PROTO + b"N.", "a/data/0": bytes(300_000_000)}),
        "verts.mat": lambda: matlab_array(240_000_000),
        "lists.json": lambda: b"[" + b"[]," * 7_000_000 + b"[]]",
        "dicts.json": lambda: b"[" + b"{}," * 7_000_000 + b"{}]",
        "deep.json": lambda: b'{"codedict":' * 900 + b"1" + b"}" * 900,
        "words.json": lambda: b"[" + b'"",' * 7_000_000 + b'""]',
        "elements.xml": lambda: b"<dataset>" + b"<a>" * 5_000_000,
        "attributes.xml": lambda: (
            b"<dataset><point " + b"".join(b'a%d="" ' % k for k in range(1_200_000)) + b"/></dataset>"
        ),
        "many.xml": lambda: b"<dataset>" + b"<image/>" * 1_900_000 + b"</dataset>",
        "lines.txt": lambda: b"1\n" * 8_000_000,
        "row.txt": lambda: row,
        "rows.txt": lambda: (row[: 1 << 16] + b"\n") * 120,
        "points.pts": lambda: b"version: 1\nn_points: 68\n{\n" + b"1 1\n" * 4_000_000 + b"}\n",
        "export.csv": lambda: (
            b"frame,name,world_x,world_y,world_z,pixel_x,pixel_y,visible\n" + b"1,a,1,2,3,4,5,1\n" * 900_000
        ),
        "scores.csv": lambda: b"jawOpen,mouthClose\n" + b"0.1,0.2\n" * 2_100_000,
        "no scores.csv": lambda: b"\n" * 40_000_000,
        "columns.csv": lambda: b"jawOpen,mouthClose\n" + b"," * 4_000_000,
        "cue.xml": lambda: b'<rhubarbResult><mouthCues><mouthCue start="0" end="1">' + b"\n" * 4_000_000,
        "cues.tsv": lambda: b"0.1\tA\n" * 1_000_000,
        "switches.dat": lambda: b"MohoSwitch1\n" + b"1 rest\n" * 1_000_000,
        "tiers.TextGrid": lambda: TEXT_GRID + b'1e999\n"IntervalTier"',
        "intervals.TextGrid": lambda: (
            TEXT_GRID + b'1\n"IntervalTier"\n"phones"\n0\n1\n4000000\n' + b'0 1 "AA"\n' * 300_000
        ),
        "words.ply": lambda: (
            b"ply\nformat ascii 1.0\nelement vertex 9\nproperty float x\nproperty float y\nproperty float z\n"
            b"end_header\n" + b"1 " * 15_000_000
        ),
        "lines.obj": lambda: b"v 0 0 0\n" * 4_000_000,
        "empty lines.obj": lambda: b"\n" * 16_000_000,
    }


def _long(number: int) -> bytes:
    raw = number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw
