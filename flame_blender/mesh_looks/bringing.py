"""All that a mesh file brings of its looks beside its shape: pictures, colours, a detail mesh, a displacement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy

from ..errors import FlameError
from ..head.properties import head_of
from ..long_work import result_of
from ..textured_meshes.displacements import has_heights
from ..textured_meshes.file_looks import MeshLooks, read_looks
from . import detail_mesh, displacement
from .detail_mesh import DetailMesh, DetailMeshOptions
from .displacement import Displaced
from .showing import ShownLooks, show_looks


@dataclass(frozen=True, eq=False)
class LooksOfFile:
    """What :func:`read_ahead` found: ``mesh`` is the file in the head's topology, ``looks`` its looks.

    ``detail`` and ``heights`` are the files of a detail mesh and of a displacement map, where there are any.
    """

    mesh: Path
    looks: MeshLooks | None = None
    detail: Path | None = None
    heights: Path | None = None


@dataclass(frozen=True, eq=False)
class BroughtLooks:
    """What of a mesh file's looks a head or a plain mesh has got.

    Attributes
    ----------
    shown : ShownLooks or None
        Texture, normal map and colours.
    detail : DetailMesh or None
        The finer mesh that follows the head.
    displaced : Displaced or None
        The displacement of the subdivided head.
    notes : tuple of str
        What was left out, one sentence each.
    """

    shown: ShownLooks | None = None
    detail: DetailMesh | None = None
    displaced: Displaced | None = None
    notes: tuple[str, ...] = ()


def coarse_of(source: Path) -> Path:
    """The mesh in a head's topology that goes with a chosen file: the one beside a detail mesh, or the file itself."""
    return detail_mesh.coarse_beside(source) or source


def read_ahead(source: Path, mesh: Path | None) -> LooksOfFile:
    """What the file that was chosen brings; ``mesh`` is its first mesh. Raises FlameError."""
    if source.suffix.lower() == ".mat":
        return LooksOfFile(source, heights=source if has_heights(source) else None)
    if mesh is None:
        return LooksOfFile(source)
    return LooksOfFile(mesh, read_looks(mesh), source if source.is_file() and source != mesh else None)


def bring(obj: bpy.types.Object, found: LooksOfFile) -> BroughtLooks:
    """Put it on the object; what cannot be is left out with a sentence."""
    shown = None if found.looks is None else show_looks(obj, found.looks, found.mesh)
    notes = [] if shown is None else list(shown.notes)
    detail = displaced = None
    if head_of(obj) is not None:
        try:
            if found.detail is not None:
                detail = result_of(detail_mesh.adding(obj, found.detail, DetailMeshOptions(coarse=found.mesh)))
                notes += detail.notes
            if found.heights is not None:
                displaced = displacement.add(obj, found.heights)
                notes += displaced.notes
        except FlameError as error:
            notes.append(str(error))
    return BroughtLooks(shown, detail, displaced, tuple(dict.fromkeys(notes)))
