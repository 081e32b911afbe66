"""A head's shape over frames as mesh files, each read back and compared."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..errors import FlameError
from ..files.meshes.mesh_file import read_mesh
from ..files.whole_files import check_writable, whole_files
from ..head import parameters
from ..keyframes import sampling
from ..long_work import Options
from .mesh_files import MILLIMETRES, WRITERS, closed
from .uvs import uvs_of

TOLERANCE = 1e-6  # metres


@dataclass(frozen=True)
class Written:
    """Files that were written.

    Attributes
    ----------
    paths : tuple of Path
        The files.
    deviation_mm : float, millimetres
        By how much what was read back is off at most.
    notes : tuple of str
        What the files cannot hold, one sentence each.
    """

    paths: tuple[Path, ...]
    deviation_mm: float
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """One line for a person."""
        what = str(self.paths[0]) if len(self.paths) == 1 else f"{len(self.paths)} files, {self.paths[0].name} and on"
        return " ".join((f"Wrote {what}; read back it is off by {self.deviation_mm:.2g} mm at most.", *self.notes))


@dataclass(frozen=True, kw_only=True)
class MeshFileOptions(Options):
    """The keywords of :func:`export_meshes`, for :func:`exporting_meshes`.

    Attributes
    ----------
    frames : iterable of int or None, default None
        Several files, ``name_0001.obj`` and so on; None writes the present shape to ``path``.
    """

    frames: Iterable[int] | None = None


def exporting(
    scene: bpy.types.Scene, obj: bpy.types.Object, path: Path, options: MeshFileOptions
) -> Generator[float, None, Written]:
    """Write the shape, or one for each frame, as ``path`` says: .obj, .ply or .stl; yields the share that is done.

    .obj and .ply have FLAME's order, axes and metres, and UVs where the head has them; .stl is closed, in millimetres.
    What the head's own parameters and offsets give is written, not what modifiers make of it. All files come at once,
    when each was read back; closed early, none does. Raises FlameError, also where a file read back is not what was
    written.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise FlameError(f"{path}: expected a name ending in {', '.join(WRITERS)}, found {suffix or 'no ending'}.")
    model = parameters.require_evaluator(parameters.require_head(obj)).model
    shapes: Iterable[np.ndarray]
    frames = None if options.frames is None else [int(frame) for frame in options.frames]
    if frames is None:
        paths, shapes = [path], [parameters.evaluate(obj)]
    elif not frames:
        raise FlameError("frames: expected at least one frame, found none.")
    else:
        paths = [path.with_name(f"{path.stem}_{frame:04d}{suffix}") for frame in frames]
        check_writable(paths[0])
        values = yield from sampling.sampling(scene, obj, [float(frame) for frame in frames])
        evaluator = parameters.require_evaluator(parameters.require_head(obj))
        shapes = (evaluator.vertices(sampling.params_of(obj, row[None]))[0] for row in values)
    worst, uvs = 0.0, uvs_of(obj, model)
    with whole_files(paths[0]) as folder:
        for done, (each, vertices) in enumerate(zip(paths, shapes, strict=True)):
            file = folder / each.name
            WRITERS[suffix](file, vertices, model.faces, uvs)
            worst = max(worst, _deviation(file, vertices, model.faces))
            yield (done + 1) / len(paths)
    return Written(tuple(paths), 1000 * worst)


def _deviation(path: Path, vertices: np.ndarray, faces: np.ndarray) -> float:
    """Metres that the file is off; FlameError where that is too much."""
    if path.suffix.lower() == ".stl":
        found, expected = _read_stl(path), closed(vertices, faces)
        corners = expected[0][expected[1]]
        expected_corners = np.stack([corners[..., 0], -corners[..., 2], corners[..., 1]], -1)
        worst = float(np.abs(found / MILLIMETRES - expected_corners).max()) if len(found) == len(corners) else np.inf
    else:
        mesh = read_mesh(path, with_faces=True)
        same = mesh.vertices.shape == vertices.shape and mesh.faces is not None and np.array_equal(mesh.faces, faces)
        worst = float(np.abs(mesh.vertices - vertices).max()) if same else np.inf
    if worst > TOLERANCE:
        raise FlameError(f"{path}: read back the file is off by {1000 * worst:.3g} mm; write it again elsewhere.")
    return worst


def _read_stl(path: Path) -> np.ndarray:
    """(F, 3, 3) corners of a binary STL, in its own units."""
    raw = path.read_bytes()
    rows = np.frombuffer(raw, np.dtype([("normal", "<f4", (3,)), ("corners", "<f4", (3, 3)), ("x", "<u2")]), offset=84)
    return rows["corners"].astype(np.float64)
