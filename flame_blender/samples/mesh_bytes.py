"""Many meshes of one topology as .ply or .obj: what is the same in all files is put together once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

ToBytes = Callable[[np.ndarray], bytes]
DECIMALS, LARGEST_IN_DECIMALS = 1e8, 9.9
_DIGITS = np.array([list(f"{number:04d}".encode("ascii")) for number in range(10_000)], np.uint8)


def ply_of(n_vertices: int, faces: np.ndarray) -> ToBytes:
    """For (V, 3) metres: binary little-endian, float coordinates and lists of uchar and int, as psbody-mesh writes."""
    header = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {n_vertices}\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    ).encode("ascii")
    rows = np.zeros(len(faces), [("count", "u1"), ("corners", "<i4", (3,))])
    rows["count"], rows["corners"] = 3, faces
    end = rows.tobytes()
    return lambda vertices: header + vertices.astype("<f4").tobytes() + end


def obj_of(n_vertices: int, faces: np.ndarray) -> ToBytes:
    """For (V, 3) metres: text with eight decimals, 5e-9 m; of what is larger than 10 m nine digits."""
    lines = "v %.9g %.9g %.9g\n" * n_vertices
    end = "".join(f"f {a} {b} {c}\n" for a, b, c in (faces + 1).tolist()).encode("ascii")

    def to_bytes(vertices: np.ndarray) -> bytes:
        if np.abs(vertices).max() < LARGEST_IN_DECIMALS:
            return _decimal_lines(vertices) + end
        return (lines % tuple(vertices.astype(np.float32).ravel().tolist())).encode("ascii") + end

    return to_bytes


def _decimal_lines(vertices: np.ndarray) -> bytes:
    """Lines ``v x y z`` of (V, 3) numbers, a quarter of the time of Python's formatting: four digits from a table."""
    whole = np.rint(vertices.astype(np.float64) * DECIMALS).astype(np.int64)
    size = np.abs(whole).astype(np.uint32)
    above, last = np.divmod(size, np.uint32(len(_DIGITS)))
    ones, first = np.divmod(above, np.uint32(len(_DIGITS)))
    text = np.empty((len(vertices), 3, 12), np.uint8)  # a space, a sign, a digit, a point, eight decimals
    text[..., 0] = ord(" ")
    text[..., 1] = np.where(whole < 0, ord("-"), 0)
    text[..., 2], text[..., 3] = ones + ord("0"), ord(".")
    text[..., 4:8], text[..., 8:12] = _DIGITS[first], _DIGITS[last]
    rows = np.empty((len(vertices), 38), np.uint8)
    rows[:, 0], rows[:, 1:37], rows[:, 37] = ord("v"), text.reshape(len(vertices), 36), ord("\n")
    return rows[rows != 0].tobytes()


FORMATS: dict[str, Callable[[int, np.ndarray], ToBytes]] = {".ply": ply_of, ".obj": obj_of}
