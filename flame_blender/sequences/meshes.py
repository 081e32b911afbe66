"""load_meshes: vertices over time in one topology, as mesh-based tools and animation models write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import ModelError, SequenceError
from ..files.archive import FilePath, read_npy
from ..files.file_budget import budget_of, spend_for_array
from ..files.mat_file import read_mat_arrays
from ..files.meshes.mesh_file import SUFFIXES, read_mesh
from ..files.natural_order import natural_order
from ..flame.topology import N_VERTICES, N_WITH_TEETH, TEETH_LEFT_OUT, without_teeth
from ..long_work import result_of
from .contents import MAX_TOLD, Contents, open_contents, shortened_key, told
from .fields import numbers
from .frame_names import check_numbers, left_out_of_folder, strangers

FRAME_FOLDERS = ("meshes", "mesh")  # where VOCA and RingNet put frames
DECA_VERTICES = ("verts", "vertices")
VOCASET_FPS, SPEECH_FPS = 60.0, 30.0
# A head with its neck is 0.2 to 0.45 m tall, and parts of one are smaller; other numbers are in another unit.
HEAD, SMALLEST_IN_METRES, LARGEST_IN_METRES = 0.32, 0.05, 0.7
UNITS = {
    "millimetres": 0.001,
    "centimetres": 0.01,
    "inches": 0.0254,
    "decimetres": 0.1,
    "fifths of a metre, as GAGAvatar's": 0.2,
    "quarters of a metre, as NPHM's and IMavatar's": 0.25,
}


@dataclass(frozen=True, eq=False)
class MeshSequence:
    """Meshes over time in one topology.

    Attributes
    ----------
    vertices : (N, V, 3) float32, metres
        FLAME's axes.
    faces : (F, 3) int32 or None
        None where the file has none.
    fps : float or None, frames per second
        None where neither the file nor the tool tells.
    source : str
        What was recognised.
    notes : tuple of str
        What was assumed, one sentence each.
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
    """Read a folder of .obj or .ply in natural order, one such file, arrays of vertices, or DECA's .mat.

    An array holds (T, 3 V) numbers, as FaceFormer and CodeTalker write them, (T, V, 3), as VOCASET, or one mesh: (V, 3)
    or (3 V,). A dict holds one under ``vertices`` or ``verts`` (DAD-3DHeads' annotation), or one mesh for each of its
    keys (VOCASET's templates.pkl). Lengths in other units are told by the size of the head and brought to metres.
    Raises SequenceError naming the file, what was expected and found.
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
        else:
            with budget_of(path):
                meshes = _read_mat(path) if path.suffix.lower() == ".mat" else _read_values(path)
        return _in_metres(meshes, _pixels_per_metre(path))
    except ModelError as error:
        raise SequenceError(str(error)) from error
    except OSError as error:
        raise SequenceError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except MemoryError as error:
        raise SequenceError(f"{path}: expected meshes that fit in memory, but there is not enough of it.") from error


def holds_meshes(path: FilePath) -> bool:
    """Whether the path is a mesh file, or a folder whose frames are meshes."""
    path = Path(path)
    return bool(_frames(path)[1]) if path.is_dir() else path.suffix.lower() in SUFFIXES


def first_file(path: FilePath) -> Path | None:
    """The .obj or .ply of the first frame; None for a file of another kind."""
    path = Path(path)
    if not path.is_dir():
        return path if path.suffix.lower() in SUFFIXES else None
    folder, found = _frames(path)
    return _one_kind(folder, found)[0][0] if found else None


def _frames(folder: Path) -> tuple[Path, list[Path]]:
    """The folder's mesh files in natural order, or those of its ``meshes``."""
    for each in (folder, *(folder / name for name in FRAME_FOLDERS)):
        if each.is_dir():
            found = [path for path in each.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] != "."]
            if found:
                return each, sorted(found, key=lambda path: natural_order(path.name))
    return folder, []


def _one_kind(folder: Path, found: list[Path]) -> tuple[list[Path], list[str]]:
    """The meshes that most are like, by their ending and name, and the names of the others."""
    kinds = Counter(path.suffix.lower() for path in found)
    (kind, count), *rest = kinds.most_common()
    if rest and rest[0][1] == count:
        raise SequenceError(f"{folder}: expected meshes of one kind, found {' and '.join(sorted(kinds))}; part them.")
    frames = [path for path in found if path.suffix.lower() == kind]
    odd = strangers([path.stem for path in frames])
    kept = [path for path in frames if path.stem not in odd]
    return kept, [path.name for path in found if path not in set(kept)]


def _reading_folder(folder: Path) -> Generator[float, None, MeshSequence]:
    folder, frames = _frames(folder)
    if not frames:
        names = sorted(shortened_key(each.name) for each in folder.iterdir())
        found = f"none among {', '.join(names[:MAX_TOLD])}" if names else "an empty folder"
        raise SequenceError(f"{folder}: expected .obj or .ply files, one for each frame, found {found}.")
    frames, others = _one_kind(folder, frames)
    if len(frames) > 1:
        check_numbers(folder, [frame.stem for frame in frames])
    meshes = yield from _reading_files(frames)
    return replace(meshes, notes=(*meshes.notes, left_out_of_folder(others))) if others else meshes


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


def _read_values(path: Path) -> MeshSequence:
    contents = open_contents(path)
    value = contents.value
    if isinstance(value, Mapping):
        key = next((name for name in DECA_VERTICES if name in value), None)
        return _of_subjects(contents, value) if key is None else _of_array(str(path), numbers(contents, key))
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise SequenceError(
            f"{path}: expected meshes (.obj, .ply, or an .npy of vertices), found {told(value)}; choose another file."
        )
    return _of_array(str(path), value)


def _of_array(source: str, value: np.ndarray) -> MeshSequence:
    one = (value.ndim == 2 and value.shape[1] == 3) or (value.ndim == 1 and value.size % 3 == 0 and value.size > 3)
    flat = value.ndim == 2 and value.shape[1] % 3 == 0 and value.shape[1] > 3
    if not one and not flat and not (value.ndim == 3 and value.shape[2] == 3):
        raise SequenceError(
            f"{source}: expected an array (frames, 3 V), (frames, V, 3) or (V, 3), found {value.shape}."
        )
    if not value.size:
        raise SequenceError(f"{source}: expected at least one frame, found an array {value.shape}.")
    with np.errstate(over="ignore"):
        vertices = value.reshape(1 if one else len(value), -1, 3).astype(np.float32)
    if not np.isfinite(vertices).all():
        raise SequenceError(f"{source}: expected finite vertices, found NaN or infinity.")
    if one:
        return MeshSequence(vertices, None, None, "one mesh")
    if flat:
        note = "Taken to be FaceFormer's or CodeTalker's: 30 frames for each second, as they use VOCASET."
        return MeshSequence(vertices, None, SPEECH_FPS, "speech animation (.npy)", (note,))
    return MeshSequence(vertices, None, VOCASET_FPS, "VOCASET (.npy)", ("Taken to be VOCASET's: 60 frames a second.",))


def _of_subjects(contents: Contents, value: Mapping) -> MeshSequence:
    """A mesh for each key, in the file's order."""
    arrays = [each for each in value.values() if isinstance(each, np.ndarray) and each.dtype.kind in "fiu"]
    alike = len({each.shape for each in arrays}) == 1 and arrays[0].ndim == 2 and arrays[0].shape[1] == 3
    if len(arrays) < len(value) or not alike:
        raise SequenceError(
            f"{contents.source}: expected meshes (.obj, .ply, or arrays of vertices), found {told(value)}; "
            "choose another file."
        )
    spend_for_array(arrays[0].dtype, sum(each.size for each in arrays), held=True)
    meshes = [_of_array(contents.inner(key, None).source, each) for key, each in value.items()]
    more = f" and {len(value) - MAX_TOLD} more" if len(value) > MAX_TOLD else ""
    names = f"{', '.join(map(shortened_key, list(value)[:MAX_TOLD]))}{more}"
    note = f"A frame for each of {len(value)} meshes, in this order: {names}."
    return MeshSequence(np.concatenate([mesh.vertices for mesh in meshes]), None, None, "meshes by name", (note,))


def _read_mat(path: Path) -> MeshSequence:
    arrays, names = read_mat_arrays(path, DECA_VERTICES)
    for name in DECA_VERTICES:
        value = arrays.get(name)
        if value is not None and value.ndim == 2 and value.shape[1] == 3 and np.isfinite(value).all():
            note = "A .mat of DECA has vertices but no parameters: turned by root and jaw, not moved."
            return MeshSequence(value.astype(np.float32)[None], None, None, "DECA (.mat)", (note,))
    found = ", ".join(names[:MAX_TOLD]) or "none"
    raise SequenceError(f"{path}: expected DECA's array verts or vertices (V, 3), found the arrays {found}.")


def _pixels_per_metre(path: Path) -> float | None:
    """What TF_FLAME's fit to a photo writes beside its .obj: pixels of the photo in a metre; None without."""
    beside = path.with_name(f"{path.stem}_scale.npy")
    if path.suffix.lower() != ".obj" or not beside.exists():
        return None
    value = read_npy(beside)
    number = float(value.reshape(-1)[0]) if value.dtype.kind in "fiu" and value.size == 1 else 0.0
    if not 0 < number < np.inf:
        found = f"{number:g}" if value.size == 1 else f"an array {value.shape}"
        raise SequenceError(f"{beside}: expected one positive number, pixels in a metre, found {found}; take it away.")
    return number


def _in_metres(meshes: MeshSequence, pixels_per_metre: float | None) -> MeshSequence:
    """In metres, by the first mesh's longest side: the unit that makes it nearest to a head, or else a head's size.

    A mesh that was brought to a photo's pixels is a head again by the scale of its fit.
    """
    height = float(np.ptp(meshes.vertices[0].astype(np.float64), axis=0).max())
    if not height or SMALLEST_IN_METRES <= height <= LARGEST_IN_METRES:
        return meshes
    if pixels_per_metre and SMALLEST_IN_METRES <= height / pixels_per_metre <= LARGEST_IN_METRES:
        factor = 1 / pixels_per_metre
        taken = f"taken to be in pixels, {pixels_per_metre:.4g} in a metre by TF_FLAME's _scale.npy"
        return _scaled(meshes, factor, f"The first mesh is {height:.4g} units tall: {taken}.")
    far_off = {name: abs(np.log(height * metres / HEAD)) for name, metres in UNITS.items()}
    unit = min(far_off, key=lambda name: far_off[name])
    if far_off[unit] <= np.log(LARGEST_IN_METRES / HEAD):
        factor, taken = UNITS[unit], f"taken to be in {unit}"
    else:
        factor, taken = HEAD / height, f"no unit makes that a head, so it is scaled to {HEAD:g} m"
    return _scaled(meshes, factor, f"The first mesh is {height:.4g} units tall: {taken}.")


def _scaled(meshes: MeshSequence, factor: float, note: str) -> MeshSequence:
    vertices = meshes.vertices * np.float32(factor)
    return replace(meshes, vertices=vertices, notes=(*meshes.notes, note))
