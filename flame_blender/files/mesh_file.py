"""Vertices, and faces where they are wanted, of one mesh in .obj or .ply: nothing else of the file."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import ModelError, SequenceError
from .archive import open_file
from .file_budget import BYTES_PER_NUMBER, budget_of, spend
from .raw_arrays import shortened
from .template import load_template

SUFFIXES = (".obj", ".ply")
COLOURS = ("red", "green", "blue")
MAX_BYTES = 1 << 28
PIECE = 1 << 22
MAX_HEADER_LINES, MAX_LINE = 1000, 1000
_VERTEX = re.compile(rb"^v[ \t]", re.MULTILINE)
_THREE_WORDS = re.compile(rb"^v[ \t]+(\S+[ \t\f\v]+\S+[ \t\f\v]+\S+)", re.MULTILINE)
_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
_ORDERS = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": ""}


@dataclass(frozen=True, eq=False)
class MeshFile:
    """``vertices`` (V, 3) float32 in the file's order and units; ``faces`` (F, 3) int32, or None where not read.

    ``colours`` (V, 3) float32 as the file has them, of a .ply whose faces are read; else None.
    """

    vertices: np.ndarray
    faces: np.ndarray | None = None
    colours: np.ndarray | None = None


def read_mesh(path: Path, with_faces: bool = False) -> MeshFile:
    """Read an .obj or .ply. Faces of .ply must be triangles, those of .obj are fanned. Raises SequenceError."""
    try:
        with budget_of(path):
            if path.suffix.lower() == ".ply":
                return _read_ply(path, with_faces)
            if with_faces:
                template = load_template(path)
                return MeshFile(template.vertices, template.faces)
            return MeshFile(_obj_vertices(path))
    except ModelError as error:
        raise SequenceError(str(error)) from error


def _obj_vertices(path: Path) -> np.ndarray:
    """Some ten times quicker than reading the faces too."""
    parts = [_vertex_lines(path, piece) for piece in _pieces(_read_bytes(path))]
    return _checked(path, np.concatenate(parts) if parts else np.zeros((0, 3), np.float32))


def _pieces(raw: bytes) -> Iterator[bytes]:
    """Some megabytes of whole lines at a time: a line takes some twenty times its bytes while it is read."""
    begin = 0
    while begin < len(raw):
        end = raw.rfind(b"\n", begin, begin + PIECE) + 1 or min(begin + PIECE, len(raw))
        yield raw[begin:end]
        begin = end


def _vertex_lines(path: Path, piece: bytes) -> np.ndarray:
    if b"\r" in piece:
        piece = piece.replace(b"\r", b"\n")
    rows = _THREE_WORDS.findall(piece)
    spend(n_bytes=3 * BYTES_PER_NUMBER * len(rows))
    try:
        if len(rows) < len(_VERTEX.findall(piece)):
            raise ValueError
        with np.errstate(over="ignore"):
            return np.array(b" ".join(rows).split(), np.float64).reshape(-1, 3).astype(np.float32)
    except ValueError as error:
        raise SequenceError(f"{path}: expected lines 'v x y z' with numbers, found others; write it again.") from error


def _read_bytes(path: Path) -> bytes:
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise SequenceError(f"{path}: expected a mesh of at most {MAX_BYTES} bytes, found a larger file.")
        return file.read()


def _checked(path: Path, vertices: np.ndarray) -> np.ndarray:
    if vertices.ndim != 2 or vertices.shape[1] != 3 or not len(vertices):
        raise SequenceError(f"{path}: expected vertices of three numbers each, found {vertices.shape}.")
    if not np.isfinite(vertices).all():
        raise SequenceError(f"{path}: expected finite vertices, found NaN or infinity.")
    return vertices


@dataclass(eq=False)
class _Element:
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


def _read_ply(path: Path, with_faces: bool) -> MeshFile:
    raw = _read_bytes(path)
    order, elements, at = _ply_header(path, raw)
    wanted = {"vertex", "face"} if with_faces else {"vertex"}
    numbers = np.zeros(0) if order else _ascii_numbers(path, raw[at:], _count_of_numbers(elements, wanted))
    arrays: dict[str, np.ndarray] = {}
    at = at if order else 0
    for element in elements:
        if wanted <= arrays.keys():
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
    return _mesh_of(path, arrays, with_faces)


def _count_of_numbers(elements: list[_Element], wanted: set[str]) -> int:
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


def _ascii_rows(path: Path, numbers: np.ndarray, at: int, element: _Element, width: int) -> np.ndarray:
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


def _mesh_of(path: Path, arrays: dict[str, np.ndarray], with_faces: bool) -> MeshFile:
    vertex = arrays.get("vertex")
    names = (vertex.dtype.names or ()) if vertex is not None else ()
    if vertex is None or not {"x", "y", "z"} <= set(names) or any(vertex[axis].ndim != 1 for axis in "xyz"):
        found = ", ".join(name[:40] for name in names[:12]) or "none"
        raise SequenceError(f"{path}: expected vertices with one x, y and z each, found {found}; choose another file.")
    with np.errstate(over="ignore"):
        vertices = _checked(path, np.stack([vertex[axis] for axis in "xyz"], -1).astype(np.float32))
    face = arrays.get("face")
    if not with_faces or face is None:
        return MeshFile(vertices)
    name = next((each for each in ("vertex_indices", "vertex_index") if each in (face.dtype.names or ())), None)
    if name is None or not (face[f"{name} count"] == 3).all():
        raise SequenceError(f"{path}: expected triangles, found faces of other counts; triangulate the mesh first.")
    faces = face[name].astype(np.int64)
    if faces.size and not (faces.min() >= 0 and faces.max() < len(vertices)):
        raise SequenceError(f"{path}: expected faces of its {len(vertices)} vertices, found other numbers.")
    colours = [vertex[part].astype(np.float32) for part in COLOURS if part in names and vertex[part].ndim == 1]
    return MeshFile(vertices, faces.astype(np.int32), np.stack(colours, -1) if len(colours) == 3 else None)


def _ply_header(path: Path, raw: bytes) -> tuple[str, list[_Element], int]:
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
            elements.append(_Element(line[1], int(line[2]), []))
        elif line[0] == "property" and elements and len(line) in (3, 5):
            kinds = [_TYPES.get(word) for word in line[1:-1] if word != "list"]
            names = [name for name, _, _ in elements[-1].properties]
            if None in kinds or line[-1] in names or (len(line) == 5) != (line[1] == "list"):
                break
            elements[-1].properties.append((line[-1], str(kinds[-1]), str(kinds[0]) if len(kinds) == 2 else ""))
        elif line[0] not in ("comment", "obj_info", "ply"):
            break
    raise SequenceError(f"{path}: expected the header of a .ply, found {shortened(raw[:40])}; copy the file again.")
