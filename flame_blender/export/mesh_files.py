"""Meshes as .obj, .ply and .stl: the first two in FLAME's vertex order, axes and metres, the last solid, to print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import FlameError
from ..files.whole_files import write_whole

if TYPE_CHECKING:
    from .uvs import FaceUvs  # made where there is Blender; these files are written without

MILLIMETRES = 1000.0


def write_obj(path: Path, vertices: np.ndarray, faces: np.ndarray, uvs: FaceUvs | None = None) -> None:
    """(V, 3) metres and (F, 3) indices as text; float32 comes back to the last bit. Raises FlameError."""
    lines = [f"v {x:.9g} {y:.9g} {z:.9g}" for x, y, z in vertices.astype(np.float32).tolist()]
    if uvs is None:
        lines += [f"f {a} {b} {c}" for a, b, c in (faces + 1).tolist()]
    else:
        lines += [f"vt {u:.9g} {v:.9g}" for u, v in uvs.coords.tolist()]
        corners = np.stack([faces, uvs.faces], -1).reshape(len(faces), 6) + 1
        lines += [f"f {a}/{i} {b}/{j} {c}/{k}" for a, i, b, j, c, k in corners.tolist()]
    write_whole(path, ("\n".join(lines) + "\n").encode("ascii"), sync=False)


def write_ply(path: Path, vertices: np.ndarray, faces: np.ndarray, uvs: FaceUvs | None = None) -> None:
    """The same as binary little-endian, the kind that FLAME's own tools write. Raises FlameError.

    UVs are a face's list ``texcoord`` of six numbers, as MeshLab reads and writes them.
    """
    texcoord = "" if uvs is None else "property list uchar float texcoord\n"
    header = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {len(faces)}\nproperty list uchar int vertex_indices\n{texcoord}end_header\n"
    )
    fields: list = [("count", "u1"), ("corners", "<i4", (3,))]
    fields += [] if uvs is None else [("uv count", "u1"), ("uvs", "<f4", (6,))]
    rows = np.zeros(len(faces), np.dtype(fields))
    rows["count"], rows["corners"] = 3, faces
    if uvs is not None:
        rows["uv count"], rows["uvs"] = 6, uvs.coords[uvs.faces].reshape(len(faces), 6)
    write_whole(path, header.encode("ascii") + vertices.astype("<f4").tobytes() + rows.tobytes(), sync=False)


def write_stl(path: Path, vertices: np.ndarray, faces: np.ndarray, _uvs: FaceUvs | None = None) -> None:
    """Binary STL in millimetres, Z up as printers want it, closed by :func:`closed`. Raises FlameError."""
    vertices, faces = closed(vertices, faces)
    upright = np.stack([vertices[:, 0], -vertices[:, 2], vertices[:, 1]], -1).astype(np.float64) * MILLIMETRES
    corners = upright[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    rows = np.zeros(len(faces), np.dtype([("normal", "<f4", (3,)), ("corners", "<f4", (3, 3)), ("attribute", "<u2")]))
    rows["normal"] = np.divide(normals, lengths, where=lengths > 0, out=np.zeros_like(normals))
    rows["corners"] = corners
    write_whole(
        path, b"FLAME head, millimetres".ljust(80) + np.uint32(len(faces)).tobytes() + rows.tobytes(), sync=False
    )


WRITERS: dict[str, Callable[[Path, np.ndarray, np.ndarray, FaceUvs | None], None]] = {
    ".obj": write_obj,
    ".ply": write_ply,
    ".stl": write_stl,
}


def closed(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mesh with each opening closed by a fan about its middle, so that every edge has two faces.

    Openings of a head are the neck, and eyes and mouth where the model leaves them open. Raises FlameError for edges of
    three faces or more, or of two that are turned differently: such a mesh has no inside.
    """
    directed = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    codes = directed[:, 0] * len(vertices) + directed[:, 1]
    if len(np.unique(codes)) < len(codes):
        raise FlameError(
            "The head cannot be made solid: expected edges of two faces that look the same way, found "
            f"{len(codes) - len(np.unique(codes))} others; use the model's own faces."
        )
    back = directed[:, 1] * len(vertices) + directed[:, 0]
    border = directed[~np.isin(back, codes)]
    middles: list[np.ndarray] = []
    fans: list[tuple[int, int, int]] = []
    next_of = dict(border.tolist())
    if len(next_of) < len(border):
        raise FlameError("The head cannot be made solid: two of its openings touch in one vertex; part them first.")
    while next_of:
        loop = [next(iter(next_of))]
        while (following := next_of.pop(loop[-1])) != loop[0]:
            loop.append(following)
        middle = len(vertices) + len(middles)
        middles.append(vertices[loop].mean(0))
        fans += [(after, before, middle) for before, after in zip(loop, loop[1:] + loop[:1], strict=True)]
    if not middles:
        return vertices, faces
    return np.concatenate([vertices, middles]), np.concatenate([faces, np.array(fans, faces.dtype)])
