"""Everything that a .ply lists, text or binary of either byte order, as NumPy records: element by element."""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import SequenceError
from ..archive import open_file
from ..file_budget import BYTES_PER_NUMBER, spend
from ..raw_arrays import shortened

MAX_HEADER_LINES, MAX_LINE = 1000, 1000
_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
_ORDERS = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": ""}


@dataclass(eq=False)
class PlyElement:
    """One kind of thing a .ply lists: its count, and its properties as (name, type, type of a list's length)."""

    name: str
    count: int
    properties: list[tuple[str, str, str]]

    @property
    def ascii_width(self) -> int:
        """Numbers in a line of text, a list's length before its items."""
        return sum(_list_length(name) + 1 if length else 1 for name, _, length in self.properties)

    def record(self, order: str) -> np.dtype:
        """A NumPy record of it, lists having the items of a triangle."""
        fields: list = []
        for name, kind, length_kind in self.properties:
            if length_kind:
                fields += [(f"{name} count", order + length_kind), (name, order + kind, (_list_length(name),))]
            else:
                fields.append((name, order + kind))
        return np.dtype(fields)


def _list_length(name: str) -> int:
    """Of a triangle's list: three corners, or MeshLab's UVs of them."""
    return 6 if name == "texcoord" else 3


def read_ply(path: Path, wanted: Collection[str], most: int) -> dict[str, np.ndarray]:
    """Records of the ``wanted`` elements that the file has, and of those before them, by name.

    A record's fields are the element's properties; a list has the items of a triangle, its length in "NAME count".
    Raises SequenceError, also for a file of more than ``most`` bytes.
    """
    raw = read_bytes(path, most)
    order, elements, at = _header(path, raw)
    numbers = np.zeros(0) if order else _ascii_numbers(path, raw[at:], _count_of_numbers(elements, set(wanted)))
    arrays: dict[str, np.ndarray] = {}
    at = at if order else 0
    for element in elements:
        if set(wanted) <= arrays.keys():
            break
        record = element.record(order)
        if order:
            if element.count * record.itemsize > len(raw) - at:
                found = f"{len(raw) - at} bytes"
                raise SequenceError(f"{path}: expected {element.count} of {element.name} (triangles), found {found}.")
            arrays[element.name] = np.frombuffer(raw, record, element.count, at)
            at += element.count * record.itemsize
        else:
            width = element.ascii_width
            arrays[element.name], at = _ascii_rows(path, numbers, at, element, width), at + element.count * width
    return arrays


def read_bytes(path: Path, most: int) -> bytes:
    """The bytes of a file. Raises SequenceError for more than ``most``."""
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise SequenceError(f"{path}: expected a mesh of at most {most} bytes, found a larger file.")
        return file.read()


def _count_of_numbers(elements: list[PlyElement], wanted: set[str]) -> int:
    """How many numbers stand in a text up to the end of the wanted elements."""
    total, missing = 0, set(wanted)
    for element in elements:
        total += element.count * element.ascii_width if missing else 0
        missing.discard(element.name)
    return total


def _ascii_numbers(path: Path, text: bytes, count: int) -> np.ndarray:
    """The first ``count`` numbers of a text, or those before the first word that is none."""
    count = min(count, len(text) // 2 + 1)  # a number has a digit and a space
    spend(n_bytes=len(text) + BYTES_PER_NUMBER * count)
    if not count:
        return np.zeros(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # what NumPy says of a text that goes on otherwise
        try:
            return np.fromstring(text.decode("latin-1"), np.float64, count, sep=" ")
        except ValueError as error:
            raise SequenceError(f"{path}: expected numbers behind the header, found others.") from error


def _ascii_rows(path: Path, numbers: np.ndarray, at: int, element: PlyElement, width: int) -> np.ndarray:
    part = numbers[at : at + element.count * width]
    if len(part) < element.count * width:
        found = f"fewer numbers, {len(part)} of {element.count * width}"
        raise SequenceError(f"{path}: expected {element.count} of {element.name}, found {found}; copy the file again.")
    table = part.reshape(element.count, width)
    rows = np.zeros(element.count, element.record("<"))
    column = 0
    with np.errstate(invalid="ignore"):  # NaN in a whole number shows as a wrong one below
        for name in rows.dtype.names or ():
            wide = rows[name].shape[1] if rows[name].ndim == 2 else 0
            rows[name] = table[:, column : column + wide] if wide else table[:, column]
            column += wide or 1
    return rows


def _header(path: Path, raw: bytes) -> tuple[str, list[PlyElement], int]:
    """The byte order ("" for text), the elements in their order, and where the data begins."""
    order, elements, at = None, [], 0
    for number in range(MAX_HEADER_LINES):
        end = raw.find(b"\n", at, at + MAX_LINE)
        line = raw[at:end].decode("ascii", "replace").split() if end >= 0 else []
        at = end + 1
        if (number == 0) != (line[:1] == ["ply"]) or not line:
            break
        if line[0] == "end_header":
            if order is None or not all(element.properties for element in elements):
                break
            return order, elements, at
        if line[0] == "format" and len(line) > 1:
            order = _ORDERS.get(line[1])
        elif line[0] == "element" and len(line) == 3 and line[2].isdecimal() and len(line[2]) < 10:
            elements.append(PlyElement(line[1], int(line[2]), []))
        elif line[0] == "property" and elements and len(line) in (3, 5):
            kinds = [_TYPES.get(word) for word in line[1:-1] if word != "list"]
            names = [name for name, _, _ in elements[-1].properties]
            if None in kinds or line[-1] in names or (len(line) == 5) != (line[1] == "list"):
                break
            elements[-1].properties.append((line[-1], str(kinds[-1]), str(kinds[0]) if len(kinds) == 2 else ""))
        elif line[0] not in ("comment", "obj_info", "ply"):
            break
    raise SequenceError(f"{path}: expected the header of a .ply, found {shortened(raw[:40])}; copy the file again.")
