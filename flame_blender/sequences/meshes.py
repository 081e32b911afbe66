"""load_meshes: vertices over time in one topology, as mesh-based tools and animation models write them."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..flame.archive import FilePath
from ..flame.errors import SequenceError
from ..flame.steps import result_of
from ..flame.topology import N_VERTICES, N_WITH_TEETH, TEETH_LEFT_OUT, without_teeth
from .contents import open_contents
from .frame_names import check_numbers, natural_order
from .mat_file import read_mat_arrays
from .mesh_files import SUFFIXES, read_mesh

FRAME_FOLDERS = ("meshes", "mesh")  # where VOCA and RingNet put frames
DECA_VERTICES = ("verts", "vertices")
VOCASET_FPS, SPEECH_FPS = 60.0, 30.0
# A head with its neck is 0.2 to 0.45 m tall; taller numbers are in a smaller unit.
LARGEST_IN_METRES, LARGEST_IN_CENTIMETRES = 1.0, 100.0


@dataclass(frozen=True, eq=False)
class MeshSequence:
    """``vertices`` (N, V, 3) float32, metres, FLAME's axes; ``faces`` (F, 3) int32, or None where the file has none.

    ``fps`` is None where neither the file nor the tool tells; ``notes`` say what was assumed, one sentence each.
    """

    vertices: np.ndarray
    faces: np.ndarray | None = None
    fps: float | None = None
    source: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.vertices)

    def without_teeth(self) -> MeshSequence:
        """FLAME's own vertices, where VHAP's teeth follow them; other meshes as they are."""
        if self.vertices.shape[1] != N_WITH_TEETH:
            return self
        notes = (*self.notes, TEETH_LEFT_OUT)
        own = self.vertices[:, :N_VERTICES]
        return MeshSequence(own, without_teeth(self.faces), self.fps, self.source, notes)


def load_meshes(path: FilePath) -> MeshSequence:
    """Read a folder of .obj or .ply in natural order, one such file, an .npy of vertices, or DECA's .mat.

    An .npy holds (T, 3 V) numbers, as FaceFormer and CodeTalker write them, or (T, V, 3), as VOCASET. Lengths in
    millimetres or centimetres are told by the size of the head and brought to metres. Raises SequenceError naming the
    file, what was expected and found.
    """
    return result_of(loading_meshes(path))


def loading_meshes(path: FilePath) -> Generator[float, None, MeshSequence]:
    """:func:`load_meshes` in steps: yields the share that is done, 0 to 1."""
    path = Path(path)
    try:
        if path.is_dir():
            meshes = yield from _reading_folder(path)
        elif path.suffix.lower() in SUFFIXES:
            meshes = yield from _reading_files([path])
        elif path.suffix.lower() == ".mat":
            meshes = _read_mat(path)
        else:
            meshes = _read_npy(path)
        return _in_metres(meshes)
    except OSError as error:
        raise SequenceError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except MemoryError as error:
        raise SequenceError(f"{path}: expected meshes that fit in memory, but there is not enough of it.") from error


def holds_meshes(path: FilePath) -> bool:
    """Whether the path is a mesh file, or a folder whose frames are meshes."""
    path = Path(path)
    return bool(_frames(path)[1]) if path.is_dir() else path.suffix.lower() in SUFFIXES


def _frames(folder: Path) -> tuple[Path, list[Path]]:
    """The folder's mesh files in natural order, or those of its ``meshes``."""
    for each in (folder, *(folder / name for name in FRAME_FOLDERS)):
        if each.is_dir():
            found = [path for path in each.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] != "."]
            if found:
                return each, sorted(found, key=lambda path: natural_order(path.name))
    return folder, []


def _reading_folder(folder: Path) -> Generator[float, None, MeshSequence]:
    folder, frames = _frames(folder)
    if not frames:
        raise SequenceError(f"{folder}: expected .obj or .ply files, one for each frame, found none.")
    suffixes = sorted({frame.suffix.lower() for frame in frames})
    if len(suffixes) > 1:
        raise SequenceError(f"{folder}: expected meshes of one kind, found {' and '.join(suffixes)}; part them.")
    if len(frames) > 1:
        check_numbers(folder, [frame.stem for frame in frames])
    return (yield from _reading_files(frames))


def _reading_files(frames: list[Path]) -> Generator[float, None, MeshSequence]:
    first = read_mesh(frames[0], with_faces=True)
    vertices = np.empty((len(frames), *first.vertices.shape), np.float32)
    for index, frame in enumerate(frames):
        found = first.vertices if index == 0 else read_mesh(frame).vertices
        if found.shape != first.vertices.shape:
            expected = f"{len(first.vertices)} vertices as in {frames[0].name}"
            raise SequenceError(f"{frame}: expected {expected}, found {len(found)}; take it out of the folder.")
        vertices[index] = found
        yield (index + 1) / len(frames)
    # VOCA's own names; others write meshes at the rate of their video, which no file tells
    voca = len(frames) > 1 and re.fullmatch(r"0{5}\.(obj|ply)", frames[0].name) and frames[0].parent.name == "meshes"
    fps, notes = (VOCASET_FPS, ("Taken to be VOCA's: 60 frames for each second.",)) if voca else (None, ())
    return MeshSequence(vertices, first.faces, fps, "VOCA meshes" if voca else "meshes", notes)


def _read_npy(path: Path) -> MeshSequence:
    contents = open_contents(path)
    value = contents.value
    if contents.kind != "npy" or not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise SequenceError(f"{path}: expected meshes (.obj, .ply, or an .npy of vertices), found {contents.kind}.")
    flat = value.ndim == 2 and value.shape[1] % 3 == 0 and value.shape[1] > 3
    if not flat and not (value.ndim == 3 and value.shape[2] == 3):
        raise SequenceError(f"{path}: expected an array (frames, 3 V) or (frames, V, 3), found {value.shape}.")
    if not value.size:
        raise SequenceError(f"{path}: expected at least one frame, found an array {value.shape}.")
    with np.errstate(over="ignore"):
        vertices = value.reshape(len(value), -1, 3).astype(np.float32)
    if not np.isfinite(vertices).all():
        raise SequenceError(f"{path}: expected finite vertices, found NaN or infinity.")
    if flat:
        note = "Taken to be FaceFormer's or CodeTalker's: 30 frames for each second, as they use VOCASET."
        return MeshSequence(vertices, None, SPEECH_FPS, "speech animation (.npy)", (note,))
    return MeshSequence(vertices, None, VOCASET_FPS, "VOCASET (.npy)", ("Taken to be VOCASET's: 60 frames a second.",))


def _read_mat(path: Path) -> MeshSequence:
    arrays = read_mat_arrays(path, DECA_VERTICES)
    for name in DECA_VERTICES:
        value = arrays.get(name)
        if value is not None and value.ndim == 2 and value.shape[1] == 3 and np.isfinite(value).all():
            note = "A .mat of DECA has vertices but no parameters: turned by root and jaw, not moved."
            return MeshSequence(value.astype(np.float32)[None], None, None, "DECA (.mat)", (note,))
    raise SequenceError(f"{path}: expected DECA's array verts or vertices (V, 3), found {', '.join(arrays) or 'none'}.")


def _in_metres(meshes: MeshSequence) -> MeshSequence:
    height = float(np.ptp(meshes.vertices[0], axis=0).max())
    if height <= LARGEST_IN_METRES:
        return meshes
    unit, factor = ("centimetres", 1e-2) if height <= LARGEST_IN_CENTIMETRES else ("millimetres", 1e-3)
    note = f"The first mesh is {height:.4g} units tall: taken to be in {unit}."
    vertices = meshes.vertices * np.float32(factor)
    return MeshSequence(vertices, meshes.faces, meshes.fps, meshes.source, (*meshes.notes, note))
