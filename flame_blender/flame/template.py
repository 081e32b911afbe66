"""load_template: vertices, triangles and UVs of an .obj, in the file's own order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .archive import FilePath, open_file
from .errors import ModelError
from .raw_arrays import shortened

MAX_BYTES = 1 << 26
LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Template:
    """A mesh as an .obj has it.

    ``vertices`` (V, 3) float32; ``faces`` (F, 3) int32; ``uv_coords`` (T, 2) float32, V up, and ``uv_faces`` (F, 3)
    int32 into it, both None when the file has no UVs. Polygons of more corners come as fans of triangles.
    """

    vertices: np.ndarray
    faces: np.ndarray
    uv_coords: np.ndarray | None = None
    uv_faces: np.ndarray | None = None


def load_template(path: FilePath) -> Template:
    """Read an .obj, keeping the order of vertices, UVs and faces. Raises ModelError naming the file and the line."""
    with open_file(path) as file:
        text = file.read(MAX_BYTES + 1).decode("latin-1")
    if len(text) > MAX_BYTES:
        raise ModelError(f"{path}: expected a template of at most {MAX_BYTES} bytes, found more.")
    mesh = _Mesh()
    for number, line in enumerate(text.split("\n"), 1):
        try:
            mesh.read(line.split())
        except ValueError as error:
            raise ModelError(
                f"{path}: expected v, vt and f lines of an .obj, found in line {number}: {error}."
            ) from error
    return mesh.template(str(path))


class _Mesh:
    """The lines read so far."""

    def __init__(self) -> None:
        self.vertices: list[list[float]] = []
        self.uvs: list[list[float]] = []
        self.faces: list[tuple[int, ...]] = []
        self.uv_faces: list[tuple[int, ...]] = []

    def read(self, words: list[str]) -> None:
        if not words:
            return
        if words[0] == "v":
            self.vertices.append(_numbers(words, 3))
        elif words[0] == "vt":
            self.uvs.append(_numbers(words, 2))
        elif words[0] == "f":
            self.read_face(words[1:])

    def read_face(self, corners: list[str]) -> None:
        if len(corners) < 3:
            raise ValueError(f"a face of {len(corners)} corners")
        parts = [corner.split("/") for corner in corners]
        self.faces += _fan([_index(part[0], len(self.vertices)) for part in parts])
        if all(len(part) > 1 and part[1] for part in parts):
            self.uv_faces += _fan([_index(part[1], len(self.uvs)) for part in parts])

    def template(self, source: str) -> Template:
        if not self.vertices or not self.faces:
            found = f"{len(self.vertices)} vertices and {len(self.faces)} triangles"
            raise ModelError(f"{source}: expected an .obj with v and f lines, found {found}.")
        if len(self.uv_faces) not in (0, len(self.faces)):
            found = f"{len(self.uv_faces)} of {len(self.faces)} triangles"
            raise ModelError(f"{source}: expected UVs on all faces or on none, found them on {found}.")
        vertices = np.array(self.vertices, np.float32)
        faces = _indices(self.faces, len(vertices), "vertices", source)
        if not self.uv_faces:
            return Template(vertices, faces)
        uv_coords = np.array(self.uvs, np.float32).reshape(-1, 2)
        return Template(vertices, faces, uv_coords, _indices(self.uv_faces, len(uv_coords), "UVs", source))


def _numbers(words: list[str], count: int) -> list[float]:
    """The leading coordinates; colours or a third UV coordinate may follow."""
    numbers = [float(word) for word in words[1 : count + 1]]
    if len(numbers) < count or not all(abs(number) <= LARGEST for number in numbers):
        raise ValueError(f"{shortened(' '.join(words))}, not {count} finite numbers")
    return numbers


def _index(word: str, so_far: int) -> int:
    """Counted from 1, or backwards from the last one read: -1."""
    index = int(word)
    if index == 0 or abs(index) >= 2**31:
        raise ValueError(f"the index {shortened(word)}")
    return index - 1 if index > 0 else so_far + index


def _fan(corners: list[int]) -> list[tuple[int, ...]]:
    return [(corners[0], *pair) for pair in pairwise(corners[1:])]


def _indices(triangles: list[tuple[int, ...]], count: int, of: str, source: str) -> np.ndarray:
    indices = np.array(triangles, np.int64)
    if not 0 <= indices.min() <= indices.max() < count:
        found = f"{indices.min() + 1}..{indices.max() + 1}"
        raise ModelError(f"{source}: expected faces to use the {of} 1..{count}, found {found}.")
    return indices.astype(np.int32)
