"""Arrays of numbers in a MATLAB 5 file, the kind that scipy.io.savemat writes; Blender has no SciPy.

After "MAT-File Format", The MathWorks, chapter 1, Level 5: a header of 128 bytes, then elements of a tag (type, number
of bytes) and data padded to 8 bytes; type 15 is an element compressed with zlib, type 14 an array.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from ..errors import ModelError
from .archive import open_file
from .file_budget import BYTES_PER_NUMBER, budget_of, spend
from .raw_arrays import shortened

HEADER_BYTES = 128
MAX_BYTES = 1 << 28
MAX_SAID = 1 << 12  # bytes that an array says of itself before its numbers
MATRIX, COMPRESSED, INT8 = 14, 15, 1
MAT_START = b"MATLAB "
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_COMPLEX, _CLASS_DOUBLE, _CLASS_LAST_NUMBER = 0x0800, 6, 15


def read_mat_arrays(path: Path, names: Collection[str]) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """The real numeric arrays with these names that the file has, float64, and the names of all its arrays.

    What an array says of itself is read first; others than those wanted are not unpacked. Raises ModelError.
    """
    with budget_of(path):
        return _read(path, names)


def _read(path: Path, names: Collection[str]) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    with open_file(path) as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ModelError(f"{path}: expected a .mat of at most {MAX_BYTES} bytes, found a larger file.")
    order = {b"IM": "<", b"MI": ">"}.get(raw[126:128])
    if order is None:
        raise ModelError(f"{path}: expected a MATLAB 5 file, found {shortened(raw[:40])}; save it with SciPy.")
    found: dict[str, np.ndarray] = {}
    seen: list[str] = []
    try:
        for kind, stored in _elements(memoryview(raw)[HEADER_BYTES:], order):
            inside = _Inflated(stored) if kind == COMPRESSED else None
            start = memoryview(inside.first(MAX_SAID)) if inside else stored[:MAX_SAID]
            if inside and struct.unpack_from(order + "I", start)[0] != MATRIX:
                continue
            if not inside and kind != MATRIX:
                continue
            said = start[8:] if inside else start
            name, shape, is_numbers = _description(said, order)
            seen.append(shortened(name).strip("'"))
            if name not in names or not is_numbers:
                continue
            spend(n_bytes=(3 if inside else 1) * BYTES_PER_NUMBER * math.prod(shape))
            most = MAX_SAID + BYTES_PER_NUMBER * math.prod(shape)
            found[name] = _numbers(memoryview(inside.whole(most))[8:] if inside else stored, shape, order)
    except ModelError:
        raise
    except (ValueError, struct.error, zlib.error, StopIteration) as error:
        reason = shortened(str(error) or "it ends too early").strip("'")
        raise ModelError(f"{path}: expected a whole .mat, found damage ({reason}); copy the file again.") from error
    return found, tuple(seen)


class _Inflated:
    """A compressed element: its first bytes, or all of it."""

    def __init__(self, stored: memoryview) -> None:
        self._inflater = zlib.decompressobj()
        self._stored: bytes | memoryview = stored
        self._begun = b""

    def first(self, count: int) -> bytes:
        self._begun = self._inflater.decompress(self._stored, count)
        return self._begun

    def whole(self, most: int) -> bytes:
        rest = self._inflater.decompress(self._inflater.unconsumed_tail, most)
        if self._inflater.unconsumed_tail:
            raise ValueError(f"an array of more than {most} bytes")
        return self._begun + rest


def _elements(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Type and bytes of each element; small ones share the eight bytes of their tag."""
    at = 0
    while at + 8 <= len(data):
        kind, size = struct.unpack_from(order + "II", data, at)
        if kind >> 16:
            kind, size = kind & 0xFFFF, kind >> 16
            yield kind, data[at + 4 : at + 4 + min(size, 4)]
            at += 8
            continue
        if size > len(data) - at - 8:
            raise ValueError(f"an element of {size} bytes where {len(data) - at - 8} are left")
        yield kind, data[at + 8 : at + 8 + size]
        at += 8 + size + (-size % 8 if kind != COMPRESSED else 0)


def _description(said: memoryview, order: str) -> tuple[str, tuple[int, ...], bool]:
    """Name, shape, and whether it holds real numbers, of an array's first bytes."""
    parts = _elements(said, order)
    flags = struct.unpack(order + "I", next(parts)[1][:4])[0]
    shape = tuple(np.frombuffer(next(parts)[1], order + "i4").tolist())
    kind, raw_name = next(parts)
    name = bytes(raw_name).decode("ascii", "replace") if kind == INT8 else ""
    is_numbers = _CLASS_DOUBLE <= flags & 0xFF <= _CLASS_LAST_NUMBER and not flags & _COMPLEX
    if min(shape, default=0) < 0:
        raise ValueError(f"the shape {shape}")
    return name, shape, is_numbers


def _numbers(data: memoryview, shape: tuple[int, ...], order: str) -> np.ndarray:
    parts = _elements(data, order)
    for _ in range(3):
        next(parts)
    kind, values = next(parts)
    if kind not in _NUMBERS:
        raise ValueError(f"numbers of the unknown type {kind}")
    array = np.frombuffer(values, order + _NUMBERS[kind])
    if array.size != math.prod(shape):
        raise ValueError(f"{array.size} numbers for the shape {shape}")
    return array.reshape(shape, order="F").astype(np.float64)
