"""read_looks: UVs, pictures and colours of a mesh file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import ModelError, SequenceError
from ..files.meshes.mesh_file import SUFFIXES, read_mesh
from ..files.meshes.template import load_template
from ..files.raw_arrays import shortened
from .material_files import named_pictures
from .picture_files import PictureFile, beside, picture_file

BYTES = 255.0  # colours above 1 are counted to this


@dataclass(frozen=True, eq=False)
class MeshLooks:
    """How a mesh file's mesh looks.

    ``vertices`` (V, 3) float32 in the file's units; ``faces`` (F, 3) int32; ``uv_coords`` (T, 2) float32, V up, and
    ``uv_faces`` (F, 3) int32 into it, or None; ``colours`` (V, 3) float32 of sRGB, 0 to 1, or None; ``colour`` and
    ``normals``, pictures for the UVs, or None; ``notes``: what is left out, one sentence each.
    """

    vertices: np.ndarray
    faces: np.ndarray
    uv_coords: np.ndarray | None = None
    uv_faces: np.ndarray | None = None
    colours: np.ndarray | None = None
    colour: PictureFile | None = None
    normals: PictureFile | None = None
    notes: tuple[str, ...] = ()

    @property
    def shows(self) -> bool:
        """Whether there is anything but UVs."""
        return self.colour is not None or self.normals is not None or self.colours is not None


def read_looks(path: Path) -> MeshLooks | None:
    """Of an .obj with its .mtl and pictures, or of a .ply with colours; None for a file of another kind, or no faces.

    A picture that is missing or no picture is left out with a sentence. Raises ModelError or SequenceError for a mesh
    that cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        return None
    if suffix == ".ply":
        mesh = read_mesh(path, with_faces=True)
        return None if mesh.faces is None else MeshLooks(mesh.vertices, mesh.faces, colours=_in_unit(mesh.colours))
    try:
        template = load_template(path)
    except ModelError as error:
        raise SequenceError(str(error)) from error
    looks = (template.vertices, template.faces, template.uv_coords, template.uv_faces, _in_unit(template.colours))
    if not template.library:
        return MeshLooks(*looks)
    pictures, notes = _pictures(path, template.library, template.material)
    if template.uv_coords is None:
        notes += (f"{path.name} names pictures and has no UVs to lay them on: they are left out.",) if pictures else ()
        pictures = {}
    return MeshLooks(*looks, pictures.get("colour"), pictures.get("normals"), notes)


def _in_unit(colours: np.ndarray | None) -> np.ndarray | None:
    """From 0 to 1: DECA writes colours of vertices from 0 to 255, others from 0 to 1."""
    if colours is None or not np.isfinite(colours).all():
        return None
    return np.clip(colours / (BYTES if colours.max(initial=0) > 1 else 1), 0, 1).astype(np.float32)


def _pictures(path: Path, library: str, material: str) -> tuple[dict[str, PictureFile], tuple[str, ...]]:
    """The pictures that are there, by what they show, and a sentence for each that is not."""
    called = shortened(library).strip("'")
    file = beside(path, library)
    if file is None:
        return {}, (f"{path.name} names {called}, which is not in its folder: copy it there for its pictures.",)
    try:
        names = named_pictures(file, material)
    except ModelError as error:
        return {}, (str(error),)
    found, notes = {}, []
    for kind, name in zip(("colour", "normals"), names, strict=True):
        picture = beside(path, name) if name else None
        if picture is not None:
            try:
                found[kind] = picture_file(picture)
            except ModelError as error:
                notes.append(str(error))
        elif name:
            shown = shortened(name).strip("'")
            notes.append(f"{file.name} names the picture {shown}, which is not in its folder: copy it there.")
    return found, tuple(notes)
