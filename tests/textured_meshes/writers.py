"""Meshes with their looks, written as their tools write them: names, order of lines, numbers, pictures.

DECA's and EMOCA's util.write_obj and upsample_mesh, psbody.mesh's write_obj (RingNet, VOCA, TF_FLAME), SciPy's .mat.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Unwrapped(NamedTuple):
    """Triangles with UVs: ``vt`` (T, 2), ``ft`` (F, 3)."""

    vt: np.ndarray
    ft: np.ndarray


def cylinder_uvs(vertices: np.ndarray, faces: np.ndarray) -> Unwrapped:
    """Around the height axis, cut behind: vertices on the seam have two UVs, as FLAME's 5,118 of 5,023."""
    x, y, z = vertices.T.astype(np.float64)
    uv = np.stack([0.5 + np.arctan2(x, z) / (2 * np.pi), (y - y.min()) / np.ptp(y)], 1)
    corners = uv[faces]
    across = np.ptp(corners[..., 0], axis=1) > 0.5
    corners[across, :, 0] = np.where(corners[across, :, 0] < 0.5, corners[across, :, 0] + 1, corners[across, :, 0])
    corners[..., 0] = 0.1 + 0.55 * corners[..., 0]  # what goes around the seam stays in the picture
    vt, ft = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
    return Unwrapped(vt, ft.reshape(faces.shape))


def write_png(path: Path, pixels: np.ndarray) -> Path:
    """(H, W, 3) uint8 RGB, top row first."""
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(pixels, np.uint8))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 1)),
        (b"IEND", b""),
    )
    raw = b"\x89PNG\r\n\x1a\n"
    for kind, data in parts:
        raw += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    path.write_bytes(raw)
    return path


def write_deca(
    path: Path,
    vertices: np.ndarray,
    faces: np.ndarray,
    uvs: Unwrapped,
    texture: np.ndarray,
    normals: np.ndarray | None = None,
) -> Path:
    """``face.obj`` with ``face.mtl``, ``face.png`` and, named by its whole path, ``face_normals.png``."""
    lines = [f"mtllib {path.stem}.mtl\n\n"]
    lines += [f"v {x} {y} {z}\n" for x, y, z in np.asarray(vertices, np.float32)]
    lines += [f"vt {u} {v}\n" for u, v in np.asarray(uvs.vt, np.float32)]
    lines.append("usemtl FaceTexture\n")
    for a, t in zip((faces + 1).tolist(), (uvs.ft + 1).tolist(), strict=True):
        lines.append(f"f {a[0]}/{t[0]} {a[1]}/{t[1]} {a[2]}/{t[2]}\n")
    path.write_text("".join(lines))
    material = f"newmtl FaceTexture\nmap_Kd {path.stem}.png\n"
    if normals is not None:
        named = path.with_name(f"{path.stem}_normals.png")
        material += f"disp {named}"
        write_png(named, normals)
    path.with_suffix(".mtl").write_text(material)
    write_png(path.with_suffix(".png"), texture)
    return path


def write_deca_detail(path: Path, vertices: np.ndarray, faces: np.ndarray, colours: np.ndarray) -> Path:
    """Colours (V, 3) of whole numbers from 0 to 255; faces turned round twice, so that they are as they were."""
    turned = (faces + 1)[:, [2, 1, 0]]
    lines = [
        f"v {x} {y} {z} {r} {g} {b}\n"
        for (x, y, z), (r, g, b) in zip(np.asarray(vertices, np.float32), colours.tolist(), strict=True)
    ]
    lines += [f"f {a[2]} {a[1]} {a[0]}\n" for a in turned.tolist()]
    path.write_text("".join(lines))
    return path


def write_psbody(
    path: Path, vertices: np.ndarray, faces: np.ndarray, uvs: Unwrapped | None = None, texture: np.ndarray | None = None
) -> Path:
    """RingNet's, VOCA's and TF_FLAME's: six decimals, normals of faces among the corners, the picture as three maps."""
    lines = []
    if texture is not None:
        lines.append(f"mtllib {path.stem}.mtl\n")
        write_png(path.with_suffix(".png"), texture)
        maps = "".join(f"{kind} {path.stem}.png\n" for kind in ("map_Ka", "map_Kd", "map_Ks"))
        colours = "ka 0.3 0.2 0.02\nkd 0.7 0.5 0.1\nks 0.9 0.9 0.8\nillum 0\n"
        path.with_suffix(".mtl").write_text(f"newmtl {path.stem}\n{colours}{maps}")
    lines += [f"v {x:f} {y:f} {z:f}\n" for x, y, z in vertices]
    if uvs is None:
        lines += [f"f {a} {b} {c}\n" for a, b, c in (faces + 1).tolist()]
    else:
        lines += [f"vt {u:f} {v:f}\n" for u, v in uvs.vt]
        for n, (a, t) in enumerate(zip((faces + 1).tolist(), (uvs.ft + 1).tolist(), strict=True), 1):
            lines.append(f"f {a[0]}/{t[0]}/{n} {a[1]}/{t[1]}/{n}  {a[2]}/{t[2]}/{n}\n")
    path.write_text("".join(lines))
    return path


def write_mat(path: Path, **arrays: np.ndarray) -> Path:
    """What scipy.io.savemat writes of single-precision and double arrays: level 5, not compressed."""
    header = b"MATLAB 5.0 MAT-file Platform: posix, Created on: Sun Nov 29 16:00:00 2026".ljust(124) + b"\x00\x01IM"
    parts = [header]
    for name, value in arrays.items():
        kind, number = (7, 7) if value.dtype == np.float32 else (6, 9)
        named = name.encode()
        shape = np.array(value.shape if value.ndim > 1 else (1, value.size), "<i4").tobytes()
        inner = struct.pack("<II", 6, 8) + struct.pack("<II", kind, 0)
        for tag, data in ((5, shape), (1, named), (number, value.astype(f"<f{value.itemsize}").tobytes(order="F"))):
            inner += struct.pack("<II", tag, len(data)) + data + bytes(-len(data) % 8)
        parts.append(struct.pack("<II", 14, len(inner)) + inner)
    path.write_bytes(b"".join(parts))
    return path


def upsampled(
    vertices: np.ndarray, normals: np.ndarray, corners: np.ndarray, weights: np.ndarray, heights: np.ndarray
) -> np.ndarray:
    """DECA's upsample_mesh, written out: places on triangles (P, 3), lifted along the interpolated normals."""
    points = (vertices[corners] * weights[..., None]).sum(1)
    along = (normals[corners] * weights[..., None]).sum(1)
    along = along / np.linalg.norm(along, axis=1)[:, None]
    return points + heights[:, None] * along


def halved(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each triangle as four: corners (P, 3) and weights (P, 3) of all points in the old mesh, the new faces."""
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), 1)
    distinct, edge = np.unique(edges, axis=0, return_inverse=True)
    n_vertices = int(faces.max()) + 1
    middles = n_vertices + edge.reshape(-1, 3)
    first = np.empty((n_vertices, 3), np.int64)
    first[faces.ravel()] = np.repeat(faces, 3, 0)
    weights = np.zeros((n_vertices, 3))
    weights[np.arange(n_vertices), (first == np.arange(n_vertices)[:, None]).argmax(1)] = 1
    whole = np.empty((len(distinct), 3), np.int64)
    whole[edge.reshape(-1)] = np.repeat(faces, 3, 0)
    of_middle = ((whole[:, :, None] == distinct[:, None, :]).any(2) / 2).astype(float)
    a, b, c = faces.T
    ab, bc, ca = middles.T
    parts = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    made = np.concatenate([np.stack(each, 1) for each in parts])
    return np.concatenate([first, whole]), np.concatenate([weights, of_middle]), made
