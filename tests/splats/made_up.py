"""Splats by chance, and files of them written value by value as 3D Gaussian Splatting writes them."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from flame_blender.splats.splats import Splats


def random_splats(count: int, degree: int = 3, n_triangles: int | None = None, seed: int = 0) -> Splats:
    """Centres lie within about one size of their triangle, as training keeps them (Qian et al. 2024, position loss)."""
    rng = np.random.default_rng(seed)
    rotations = rng.normal(size=(count, 4))
    return Splats(
        rng.normal(0, 0.4, (count, 3)).astype(np.float32),
        np.exp(rng.normal(-2, 1, (count, 3))).astype(np.float32),
        (rotations / np.linalg.norm(rotations, axis=1, keepdims=True)).astype(np.float32),
        rng.uniform(0.01, 0.99, count).astype(np.float32),
        rng.normal(0, 0.4, (count, (degree + 1) ** 2, 3)).astype(np.float32),
        None if n_triangles is None else rng.integers(0, n_triangles, count).astype(np.int32),
    )


def directions(count: int, seed: int = 0) -> np.ndarray:
    """(count, 3) unit vectors all round."""
    found = np.random.default_rng(seed).normal(size=(count, 3))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def columns_of(splats: Splats) -> list[tuple[str, np.ndarray]]:
    """The columns of a .ply, in the order in which the original code's ``construct_list_of_attributes`` names them."""
    columns = [(name, splats.centres[:, axis]) for axis, name in enumerate("xyz")]
    columns += [(name, np.zeros(len(splats))) for name in ("nx", "ny", "nz")]
    columns += [(f"f_dc_{channel}", splats.harmonics[:, 0, channel]) for channel in range(3)]
    further = splats.harmonics.shape[1] - 1
    for channel in range(3):
        for number in range(further):
            columns.append((f"f_rest_{channel * further + number}", splats.harmonics[:, 1 + number, channel]))
    odds = splats.opacities.astype(float) / (1 - splats.opacities.astype(float))
    columns.append(("opacity", np.log(odds)))
    columns += [(f"scale_{axis}", np.log(splats.scales[:, axis])) for axis in range(3)]
    columns += [(f"rot_{part}", 1.7 * splats.rotations[:, part]) for part in range(4)]  # of any length
    if splats.triangles is not None:
        columns.append(("binding_0", splats.triangles.astype(float)))
    return columns


def write_ply(path: Path, columns: list[tuple[str, np.ndarray]], kind: str = "binary_little_endian") -> Path:
    """Float after float, splat after splat."""
    count = len(columns[0][1])
    lines = ["ply", f"format {kind} 1.0", f"element vertex {count}"]
    lines += [f"property float {name}" for name, _ in columns] + ["end_header", ""]
    rows = np.stack([np.asarray(values, np.float32) for _, values in columns], 1).tolist()
    if kind == "ascii":
        body = "\n".join(" ".join(repr(value) for value in row) for row in rows).encode()
    else:
        order = "<" if kind == "binary_little_endian" else ">"
        body = b"".join(struct.pack(f"{order}{len(row)}f", *row) for row in rows)
    path.write_bytes("\n".join(lines).encode() + body)
    return path


def camera_to_json(number: int, rotation: np.ndarray, translation: np.ndarray) -> dict:
    """As ``camera_to_JSON`` of the code: of the world-to-camera rotation (transposed there) and translation."""
    whole = np.eye(4)
    whole[:3, :3], whole[:3, 3] = rotation, translation
    back = np.linalg.inv(whole)
    return {
        "id": number, "img_name": f"{number:05d}", "width": 802, "height": 550, "position": back[:3, 3].tolist(),
        "rotation": [row.tolist() for row in back[:3, :3]], "fy": 1200.0, "fx": 1210.0,
    }  # fmt: skip
