"""Vertices, and faces where they are wanted, of one mesh in .obj or .ply: nothing else of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import ModelError, SequenceError
from ..file_budget import BYTES_PER_NUMBER, budget_of, spend
from .ply_file import read_bytes, read_ply
from .template import load_template

SUFFIXES = (".obj", ".ply")
COLOURS = ("red", "green", "blue")
MAX_BYTES = 1 << 28
PIECE = 1 << 22
_VERTEX = re.compile(rb"^v[ \t]", re.MULTILINE)
_THREE_WORDS = re.compile(rb"^v[ \t]+(\S+[ \t\f\v]+\S+[ \t\f\v]+\S+)", re.MULTILINE)


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
    parts = [_vertex_lines(path, piece) for piece in _pieces(read_bytes(path, MAX_BYTES))]
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


def _checked(path: Path, vertices: np.ndarray) -> np.ndarray:
    if vertices.ndim != 2 or vertices.shape[1] != 3 or not len(vertices):
        raise SequenceError(f"{path}: expected vertices of three numbers each, found {vertices.shape}.")
    if not np.isfinite(vertices).all():
        raise SequenceError(f"{path}: expected finite vertices, found NaN or infinity.")
    return vertices


def _read_ply(path: Path, with_faces: bool) -> MeshFile:
    wanted = {"vertex", "face"} if with_faces else {"vertex"}
    return _mesh_of(path, read_ply(path, wanted, MAX_BYTES), with_faces)


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
