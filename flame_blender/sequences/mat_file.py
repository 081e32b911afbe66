"""Arrays of numbers in a MATLAB 5 file, the kind that scipy.io.savemat writes; Blender has no SciPy.

After "MAT-File Format", The MathWorks, chapter 1, Level 5: a header of 128 bytes, then elements of a tag (type, number
of bytes) and data padded to 8 bytes; type 15 is an element compressed with zlib, type 14 an array.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from ..flame.archive import open_file
from ..flame.errors import SequenceError
from ..flame.raw_arrays import shortened

HEADER_BYTES = 128
MAX_BYTES = 1 << 28
MATRIX, COMPRESSED, INT8 = 14, 15, 1
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_COMPLEX, _CLASS_DOUBLE, _CLASS_LAST_NUMBER = 0x0800, 6, 15


def read_mat_arrays(path: Path, names: Collection[str]) -> dict[str, np.ndarray]:
    """The real numeric arrays with these names that the file has; others are skipped. Raises SequenceError."""
    with open_file(path) as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise SequenceError(f"{path}: expected a .mat of at most {MAX_BYTES} bytes, found a larger file.")
    order = {b"IM": "<", b"MI": ">"}.get(raw[126:128])
    if order is None:
        raise SequenceError(f"{path}: expected a MATLAB 5 file, found {shortened(raw[:40])}; save it with SciPy.")
    found: dict[str, np.ndarray] = {}
    try:
        for stored_kind, stored in _elements(raw[HEADER_BYTES:], order):
            compressed = stored_kind == COMPRESSED
            kind, data = next(_elements(_inflated(stored), order)) if compressed else (stored_kind, stored)
            if kind == MATRIX:
                name, array = _matrix(data, order, names)
                if array is not None:
                    found[name] = array
    except (ValueError, struct.error, zlib.error, StopIteration) as error:
        reason = shortened(str(error) or "it ends too early")
        raise SequenceError(f"{path}: expected a whole .mat, found damage ({reason}); copy the file again.") from error
    return found


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    inflated = inflater.decompress(data, MAX_BYTES)
    if inflater.unconsumed_tail:
        raise ValueError(f"an array of more than {MAX_BYTES} bytes")
    return inflated


def _elements(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
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


def _matrix(data: bytes, order: str, names: Collection[str]) -> tuple[str, np.ndarray | None]:
    parts = _elements(data, order)
    flags = struct.unpack(order + "I", next(parts)[1][:4])[0]
    shape = tuple(np.frombuffer(next(parts)[1], order + "i4").tolist())
    kind, raw_name = next(parts)
    name = raw_name.decode("ascii", "replace") if kind == INT8 else ""
    is_numbers = _CLASS_DOUBLE <= flags & 0xFF <= _CLASS_LAST_NUMBER and not flags & _COMPLEX
    if name not in names or not is_numbers:
        return name, None
    kind, values = next(parts)
    if kind not in _NUMBERS:
        raise ValueError(f"numbers of the unknown type {kind}")
    array = np.frombuffer(values, order + _NUMBERS[kind])
    if min(shape, default=0) < 0 or array.size != int(np.prod(shape, dtype=object)):
        raise ValueError(f"{array.size} numbers for the shape {shape}")
    return name, array.reshape(shape, order="F").astype(np.float64)
