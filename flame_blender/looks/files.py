"""How a model looks, in a file: by the fingerprint of the model that it is for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import ModelError
from ..files.archive import read_npz
from ..files.npz_file import save_arrays
from ..flame.model import DisplayMesh, FlameModel
from ..textures.face_uvs import FaceUvs
from .gaze import EYE
from .source import LIPS, MOUTH, SKIN

FORMAT = "flame_blender looks 1"
LAYOUT_LETTERS = 12  # of a hash of UVs: pictures are for one layout


@dataclass(frozen=True, eq=False)
class Looks:
    """What each of a model's triangles is (F,), by names, and UVs for a model that brings none: None where it does."""

    materials: np.ndarray
    uvs: FaceUvs | None


def save_looks(path: Path, model: FlameModel, looks: Looks) -> None:
    """Write how ``model`` looks. Raises WriteError."""
    names, numbers = _numbered(looks.materials)
    arrays = {
        "format": np.array(FORMAT),
        "fingerprint": np.array(model.fingerprint),
        "material_names": np.array(names, np.str_),
        "materials": numbers,
    }
    if looks.uvs is not None:
        arrays |= {"uv_coords": looks.uvs.coords, "uv_faces": looks.uvs.faces}
    save_arrays(path, arrays)


def load_looks(path: Path, model: FlameModel) -> Looks:
    """How ``model`` looks, as kept in ``path``. Raises ModelError where there is nothing, or what is another's."""
    arrays = read_npz(path)
    header = str(arrays.get("format")), str(arrays.get("fingerprint"))
    if header != (FORMAT, model.fingerprint):
        expected = f"{FORMAT!r} of {model.fingerprint[:8]}"
        raise ModelError(f"{path}: expected {expected}, found {header[0]!r} of {header[1][:8]}; compute it again.")
    count, nothing = len(model.faces), np.zeros(0)
    names, materials = arrays.get("material_names", nothing), arrays.get("materials", nothing)
    if names.dtype.kind != "U" or names.ndim != 1 or not _are_rows(materials, (count,), len(names)):
        raise ModelError(f"{path}: expected a material for each of {count} triangles; compute it again.")
    coords, faces = arrays.get("uv_coords"), arrays.get("uv_faces")
    if coords is None or faces is None:
        return Looks(names[materials], None)
    if coords.dtype != np.float32 or coords.ndim != 2 or coords.shape[1] != 2 or not np.isfinite(coords).all():
        raise ModelError(f"{path}: expected UVs in float32, found {coords.dtype} {coords.shape}; compute it again.")
    if not _are_rows(faces, (count, 3), len(coords)):
        raise ModelError(f"{path}: expected UVs for {count} triangles; compute it again.")
    return Looks(names[materials], FaceUvs(coords, faces.astype(np.int32)))


def with_looks(model: FlameModel, looks: Looks) -> DisplayMesh:
    """What Blender shows of ``model``: its own UVs where it has some, else those of ``looks``."""
    names, numbers = _numbered(looks.materials)
    display = model.display
    if display is None or display.uv_coords is None:
        uvs = looks.uvs
        coords = None if uvs is None else uvs.coords
        uv_polygons = None if uvs is None else _padded(uvs.faces)
    else:
        coords, uv_polygons = display.uv_coords, display.uv_polygons
    return DisplayMesh(_padded(model.faces), coords, uv_polygons, numbers, names)


def layout_of(display: DisplayMesh | None) -> str | None:
    """A few letters that change with the UVs; None where there are none."""
    if display is None or display.uv_coords is None or display.uv_polygons is None:
        return None
    corners = display.uv_coords[display.uv_polygons[display.uv_polygons >= 0]]
    return hashlib.sha256(np.ascontiguousarray(corners, "<f4").data).hexdigest()[:LAYOUT_LETTERS]


def _numbered(materials: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """The materials that there are, in the order of slots, and (F,) int32 rows of them."""
    names = tuple(name for name in (SKIN, LIPS, MOUTH, EYE) if (materials == name).any())
    return names, np.array([names.index(name) for name in materials.tolist()], np.int32)


def _padded(faces: np.ndarray) -> np.ndarray:
    """Triangles as polygons of four corners, the last of them none."""
    return np.pad(faces, ((0, 0), (0, 1)), constant_values=-1)


def _are_rows(values: np.ndarray, shape: tuple[int, ...], count: int) -> bool:
    return values.dtype.kind in "iu" and values.shape == shape and 0 <= values.min() <= values.max() < count
