"""Splats as 3D Gaussian Splatting writes them, .ply, with the bindings of GaussianAvatars where there are any.

Columns of a vertex (Kerbl et al. 2023): x y z; f_dc_0..2, the first coefficient of red, green and blue; f_rest_*, all
further ones of red, then of green, then of blue; opacity before the sigmoid; scale_0..2 before the exponential;
rot_0..3 w x y z of any length. GaussianAvatars adds binding_0, a float that holds a triangle's number.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import AvatarError, ModelError, SequenceError
from ..files.file_budget import budget_of, spend
from ..files.meshes.ply_file import read_ply
from ..files.whole_files import whole_file
from .harmonics import MOST_DEGREE
from .splats import Splats

MAX_BYTES, MAX_SPLATS = 1 << 31, 2_000_000
SCALES, ROTATIONS = ("scale_0", "scale_1", "scale_2"), ("rot_0", "rot_1", "rot_2", "rot_3")
COLOURS = ("f_dc_0", "f_dc_1", "f_dc_2")
NEEDED = ("x", "y", "z", *COLOURS, "opacity", *SCALES, *ROTATIONS)
BINDING = "binding_0"
REST = "f_rest_"
LARGEST_LOG = 30.0  # of a scale: metres to the 13th power of ten
NORMALS = ("nx", "ny", "nz")  # written as zeros: viewers expect them
BYTES_OF_A_SPLAT = 4 * 62


def read_splats(path: Path, n_triangles: int | None = None) -> Splats:
    """The splats of a file, bound where it tells triangles: of ``n_triangles`` where that number is known.

    Raises AvatarError, naming what was found, for what is no such file, for numbers that are not finite, and for
    triangles that are not there.
    """
    try:
        with budget_of(path):
            record = read_ply(path, {"vertex"}, MAX_BYTES).get("vertex", np.zeros(0))
            names = record.dtype.names or ()
            missing = [name for name in NEEDED if name not in names or record[name].ndim != 1]
            if missing or not len(record):
                found = ", ".join(name[:40] for name in names[:12]) or "none"
                raise AvatarError(
                    f"{path}: expected splats with {', '.join(missing[:4]) or 'values'}, found {len(record)} vertices "
                    f"with {found}; choose the .ply that a splatting tool wrote."
                )
            if len(record) > MAX_SPLATS:
                raise AvatarError(f"{path}: expected at most {MAX_SPLATS} splats, found {len(record)}.")
            spend(n_bytes=len(record) * 2 * BYTES_OF_A_SPLAT)
            return _splats_of(path, record, n_triangles)
    except (ModelError, SequenceError) as error:
        raise AvatarError(str(error)) from error


def _splats_of(path: Path, record: np.ndarray, n_triangles: int | None) -> Splats:
    scales, rotations = _columns(path, record, SCALES), _columns(path, record, ROTATIONS).astype(np.float64)
    lengths = np.linalg.norm(rotations, axis=1, keepdims=True)
    if np.abs(scales).max() > LARGEST_LOG:
        raise AvatarError(f"{path}: expected logarithms of scales within {LARGEST_LOG:g}, found larger ones.")
    rotations = np.where(lengths > 0, rotations / np.where(lengths > 0, lengths, 1), (1, 0, 0, 0))
    opacity = np.clip(_columns(path, record, ("opacity",))[:, 0], -LARGEST_LOG, LARGEST_LOG)
    return Splats(
        _columns(path, record, ("x", "y", "z")),
        np.exp(scales),
        rotations.astype(np.float32),
        1 / (1 + np.exp(-opacity)),
        _harmonics(path, record),
        _triangles(path, record, n_triangles) if BINDING in (record.dtype.names or ()) else None,
    )


def _columns(path: Path, record: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    with np.errstate(over="ignore"):
        found = np.stack([record[name] for name in names], 1).astype(np.float32)
    if not np.isfinite(found).all():
        raise AvatarError(f"{path}: expected finite {names[0]} and others, found NaN or infinity.")
    return found


def _harmonics(path: Path, record: np.ndarray) -> np.ndarray:
    rest = sum(name.startswith(REST) for name in record.dtype.names or ())
    counts = {3 * ((degree + 1) ** 2 - 1): (degree + 1) ** 2 for degree in range(MOST_DEGREE + 1)}
    names = [f"{REST}{number}" for number in range(rest)]
    if rest not in counts or any(name not in (record.dtype.names or ()) for name in names):
        raise AvatarError(f"{path}: expected {', '.join(map(str, counts))} columns {REST}*, found {rest}.")
    found = np.empty((len(record), counts[rest], 3), np.float32)
    found[:, 0] = _columns(path, record, COLOURS)
    if rest:
        found[:, 1:] = _columns(path, record, tuple(names)).reshape(len(record), 3, -1).swapaxes(1, 2)
    return found


def _triangles(path: Path, record: np.ndarray, n_triangles: int | None) -> np.ndarray:
    values = _columns(path, record, (BINDING,))[:, 0]
    most = values.max() if n_triangles is None else n_triangles - 1
    if (values != np.round(values)).any() or values.min() < 0 or values.max() > most:
        there = "whole numbers" if n_triangles is None else f"triangles 0 to {n_triangles - 1}"
        raise AvatarError(f"{path}: expected {BINDING} to tell {there}, found {values.min():g} to {values.max():g}.")
    return values.astype(np.int32)


def write_splats(path: Path, splats: Splats) -> None:
    """Write them, binary and little-endian, with their triangles where they are bound. Raises WriteError."""
    columns = splat_columns(splats)
    header = ["ply", "format binary_little_endian 1.0", f"element vertex {len(splats)}"]
    header += [*(f"property float {name}" for name in columns), "end_header", ""]
    table = np.empty(len(splats), [(name, "<f4") for name in columns])
    for name, values in columns.items():
        table[name] = values
    text = "\n".join(header).encode("ascii")
    with whole_file(path, len(text) + table.nbytes) as file:
        file.write(text)
        file.write(table.tobytes())


def splat_columns(splats: Splats) -> dict[str, np.ndarray]:
    """(N,) of each column by its name, in the order in which they are written."""
    opacity = np.clip(splats.opacities.astype(np.float64), 1e-7, 1 - 1e-7)
    columns = dict(zip("xyz", splats.centres.T, strict=True))
    columns |= dict.fromkeys(NORMALS, np.zeros(len(splats), np.float32))
    columns |= dict(zip(COLOURS, splats.harmonics[:, 0].T, strict=True))
    rest = splats.harmonics[:, 1:].swapaxes(1, 2).reshape(len(splats), -1)
    columns |= {f"{REST}{number}": values for number, values in enumerate(rest.T)}
    columns["opacity"] = np.log(opacity / (1 - opacity))
    columns |= dict(zip(SCALES, np.log(np.maximum(splats.scales, 1e-12)).T, strict=True))
    columns |= dict(zip(ROTATIONS, splats.rotations.T, strict=True))
    if splats.triangles is not None:
        columns[BINDING] = splats.triangles
    return columns
