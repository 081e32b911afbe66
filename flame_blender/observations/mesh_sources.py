"""Where scans and meshes come from: an object, a file, or numbers of a script."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from numpy.typing import ArrayLike

from ..errors import ParameterError
from ..files.meshes.mesh_file import read_mesh
from ..long_work import result_of
from ..sequences.meshes import loading_meshes
from .scans import WorldScan, read_scan

Source = bpy.types.Object | str | Path | ArrayLike


def object_of(source: Source | bpy.types.Collection | None) -> bpy.types.Object | None:
    """The source, where it is an object of the scene."""
    return source if isinstance(source, bpy.types.Object) else None


def scan_of(source: Source) -> WorldScan:
    """What an object shows, an .obj or .ply, or (P, 3) points, those of a file the world's. Raises FlameError."""
    if isinstance(source, bpy.types.Object):
        return read_scan(source)
    if isinstance(source, (str, Path)):
        file = read_mesh(Path(source), with_faces=True)
        return WorldScan.of_mesh(file.vertices, file.faces)
    return WorldScan(_points(source))


def vertices_of(source: Source) -> np.ndarray:
    """(V, 3) float64 of a mesh object, modifiers included, in the world; of a file or an array as they are there."""
    if isinstance(source, bpy.types.Object):
        if source.type != "MESH":
            raise ParameterError(f"Expected a mesh, found {source.name!r} ({source.type.title()}).")
        return read_scan(source).points
    if isinstance(source, (str, Path)):
        return result_of(loading_meshes(Path(source))).vertices[0].astype(np.float64)
    return _points(source)


def _points(source: ArrayLike) -> np.ndarray:
    points = np.asarray(source)
    if points.dtype.kind not in "fiu" or points.ndim != 2 or points.shape[1] != 3 or not len(points):
        found = f"{points.dtype} {points.shape}"
        raise ParameterError(f"Points must be numbers of shape (points, 3), at least one, found {found}.")
    if not np.isfinite(points).all():
        raise ParameterError("Points must be finite numbers, found NaN or infinity: leave such points out.")
    return points.astype(np.float64)
