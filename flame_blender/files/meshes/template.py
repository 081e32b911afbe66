"""load_template: vertices, triangles, UVs and colours of an .obj, in the file's own order."""

from __future__ import annotations

import os
import re
from array import array
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ...errors import ModelError
from ..archive import FilePath, open_file
from ..file_budget import spend, within_budget
from ..raw_arrays import shortened

MAX_BYTES = 1 << 26
MAX_LINE = 10_000
LINES_BETWEEN_LOOKS = 4096  # at the clock
COLOURED = 7  # words of a vertex with a colour
NAMING = (b"mtllib", b"usemtl")
_INDEX = re.compile(rb"-?\d{1,9}")
_CORNER = rb"([1-9]\d{0,8})(?:/([1-9]\d{0,8})?(?:/\S*)?)?"
_TRIANGLE = re.compile(rb"f\s+" + rb"\s+".join([_CORNER] * 3) + rb"\s*")  # as nearly all faces are written
LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Template:
    """A mesh as an .obj has it.

    ``vertices`` (V, 3) float32; ``faces`` (F, 3) int32; ``uv_coords`` (T, 2) float32, V up, and ``uv_faces`` (F, 3)
    int32 into it, both None when the file has no UVs. Polygons of more corners come as fans of triangles. ``colours``
    (V, 3) float32 as they stand behind the vertices, or None. ``library`` and ``material`` are the first names behind
    mtllib and usemtl, or "".
    """

    vertices: np.ndarray
    faces: np.ndarray
    uv_coords: np.ndarray | None = None
    uv_faces: np.ndarray | None = None
    colours: np.ndarray | None = None
    library: str = ""
    material: str = ""


@within_budget
def load_template(path: FilePath) -> Template:
    """Read an .obj, keeping the order of vertices, UVs and faces. Raises ModelError naming the file and the line."""
    mesh = _Mesh()
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise ModelError(f"{path}: expected a template of at most {MAX_BYTES} bytes, found a larger file.")
        for number, line in enumerate(file, 1):
            if number % LINES_BETWEEN_LOOKS == 0:
                spend()
            if line == b"\n":
                continue
            try:
                mesh.read(line)
            except ValueError as error:
                raise ModelError(f"{path}: expected lines of an .obj, found in line {number} {error}.") from error
    return mesh.template(str(path))


class _Mesh:
    """The lines read so far, as flat numbers."""

    def __init__(self) -> None:
        self.vertices, self.uvs = array("d"), array("d")
        self.faces, self.uv_faces = array("q"), array("q")
        self.colours = array("d")
        self.names: dict[bytes, str] = {}

    def read(self, line: bytes) -> None:
        if len(line) > MAX_LINE:
            raise ValueError(f"more than {MAX_LINE} bytes")
        triangle = _TRIANGLE.fullmatch(line)
        if triangle:
            self.read_triangle(*triangle.groups())
            return
        words = line.split()
        if not words:
            return
        if words[0] == b"v":
            self.vertices.extend(_numbers(words, 3))
            if len(words) == COLOURED:
                self.colours.extend(_colour(words))
        elif words[0] == b"vt":
            self.uvs.extend(_numbers(words, 2))
        elif words[0] == b"f":
            self.read_face(words[1:])
        elif words[0] in NAMING and words[0] not in self.names:
            self.names[words[0]] = line.strip()[len(words[0]) :].strip().decode("utf-8", "replace")

    def read_triangle(
        self, one: bytes, one_uv: bytes | None, two: bytes, two_uv: bytes | None, three: bytes, three_uv: bytes | None
    ) -> None:
        """Three numbers counted from 1, with three of UVs or without: as :meth:`read_face` reads them."""
        self.faces.extend((int(one) - 1, int(two) - 1, int(three) - 1))
        if one_uv is not None and two_uv is not None and three_uv is not None:
            self.uv_faces.extend((int(one_uv) - 1, int(two_uv) - 1, int(three_uv) - 1))

    def read_face(self, corners: list[bytes]) -> None:
        if len(corners) < 3:
            raise ValueError(f"a face of {len(corners)} corners")
        parts = [corner.split(b"/") for corner in corners]
        self.faces.extend(_fan([_index(part[0], len(self.vertices) // 3) for part in parts]))
        if all(len(part) > 1 and part[1] for part in parts):
            self.uv_faces.extend(_fan([_index(part[1], len(self.uvs) // 2) for part in parts]))

    def template(self, source: str) -> Template:
        n_vertices, n_faces, n_uv_faces = len(self.vertices) // 3, len(self.faces) // 3, len(self.uv_faces) // 3
        if not n_vertices or not n_faces:
            found = f"{n_vertices} vertices and {n_faces} triangles"
            raise ModelError(f"{source}: expected an .obj with v and f lines, found {found}.")
        if n_uv_faces not in (0, n_faces):
            found = f"{n_uv_faces} of {n_faces} triangles"
            raise ModelError(f"{source}: expected UVs on all faces or on none, found them on {found}.")
        vertices = np.array(self.vertices, np.float32).reshape(-1, 3)
        faces = _indices(self.faces, n_vertices, "vertices", source)
        mesh = Template(
            vertices, faces, None, None, self.found_colours(n_vertices), *(self.names.get(key, "") for key in NAMING)
        )
        if not n_uv_faces:
            return mesh
        uv_coords = np.array(self.uvs, np.float32).reshape(-1, 2)
        uv_faces = _indices(self.uv_faces, len(uv_coords), "UVs", source)
        return replace(mesh, uv_coords=uv_coords, uv_faces=uv_faces)

    def found_colours(self, n_vertices: int) -> np.ndarray | None:
        """Where every vertex has one that is a colour."""
        colours = np.array(self.colours, np.float64).reshape(-1, 3)
        if len(colours) != n_vertices or not (np.abs(colours) <= LARGEST).all():
            return None
        return colours.astype(np.float32)


def _numbers(words: list[bytes], count: int) -> list[float]:
    """The leading coordinates; colours or a third UV coordinate may follow."""
    try:
        numbers = list(map(float, words[1 : count + 1]))
    except ValueError:
        numbers = []
    known = len(numbers) == count and sum(map(abs, numbers)) <= LARGEST  # no sum is, where one of them is none
    if not known and (len(numbers) < count or not all(abs(number) <= LARGEST for number in numbers)):
        raise ValueError(f"{shortened(b' '.join(words).decode('latin-1'))}, not {count} finite numbers")
    return numbers


def _colour(words: list[bytes]) -> list[float]:
    """Three numbers behind a vertex; none where they are words."""
    try:
        return [float(word) for word in words[4:COLOURED]]
    except ValueError:
        return []


def _index(word: bytes, so_far: int) -> int:
    """Counted from 1, or backwards from the last one read: -1."""
    index = int(word) if _INDEX.fullmatch(word) else 0
    if index == 0:
        raise ValueError(f"the index {shortened(word.decode('latin-1'))}")
    return index - 1 if index > 0 else so_far + index


def _fan(corners: list[int]) -> list[int]:
    """The triangles of a polygon, one after the other."""
    return [corner for pair in pairwise(corners[1:]) for corner in (corners[0], *pair)]


def _indices(triangles: array, count: int, of: str, source: str) -> np.ndarray:
    indices = np.array(triangles, np.int64).reshape(-1, 3)
    if not 0 <= indices.min() <= indices.max() < count:
        found = f"{indices.min() + 1}..{indices.max() + 1}"
        raise ModelError(f"{source}: expected faces to use the {of} 1..{count}, found {found}.")
    return indices.astype(np.int32)
