"""PC2 point caches: what Blender's Mesh Cache modifier plays, and a head's templates over time.

A header of 32 bytes, little-endian (the name, version 1, vertices, first frame, frames for each sample, samples), then
samples x vertices x 3 float32.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import FlameError
from .whole_files import whole_file

HEADER = struct.Struct("<12siiffi")
NAME, VERSION = b"POINTCACHE2\0", 1


class Pc2Header(NamedTuple):
    """What a PC2 file says of itself."""

    n_vertices: int
    start_frame: float
    sample_step: float
    n_samples: int


@contextmanager
def pc2_file(
    path: Path, n_vertices: int, n_samples: int, start_frame: float, sample_step: float
) -> Iterator[Callable[[np.ndarray], None]]:
    """Gives a function that writes (n, V, 3) samples in the mesh's own axes, called until all are written.

    The file appears under its name only when all are there. Raises WriteError naming the file, at once where there is
    no room for it.
    """
    header = Pc2Header(n_vertices, start_frame, sample_step, n_samples)
    left = n_samples

    def write(samples: np.ndarray) -> None:
        nonlocal left
        if samples.shape[1:] != (n_vertices, 3) or len(samples) > left:
            raise ValueError(f"at most {left} samples of {n_vertices} vertices, not {samples.shape}")
        file.write(np.ascontiguousarray(samples, "<f4").data)
        left -= len(samples)

    # a cache is made anew in seconds: not worth waiting for the disk
    with whole_file(path, HEADER.size + 12 * n_vertices * n_samples, sync=False) as file:
        file.write(HEADER.pack(NAME, VERSION, *header))
        yield write
        if left:
            raise ValueError(f"{left} samples of {n_samples} were not written")


def read_header(path: Path, to_do: str = "bake the head again") -> Pc2Header:
    """Raises FlameError naming the file when it is no PC2, or does not hold the samples it says, with what to do."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            raw = file.read(HEADER.size)
    except OSError as error:
        raise FlameError(f"{path}: cannot be read ({error.strerror or error}); {to_do}.") from error
    if len(raw) < HEADER.size or raw[: len(NAME)] != NAME:
        raise FlameError(f"{path}: expected a PC2 cache, found something else; {to_do}.")
    header = Pc2Header(*HEADER.unpack(raw)[2:])
    expected = HEADER.size + 12 * header.n_vertices * header.n_samples
    if size != expected:
        raise FlameError(f"{path}: expected {expected} bytes, found {size}; {to_do}.")
    return header


def mapped_samples(path: Path, to_do: str) -> np.ndarray:
    """(N, V, 3) float32, read-only and mapped: what is not looked at is not read. Raises FlameError as read_header.

    The file must not be shortened while samples are read, which would end the program: ask :func:`stamp_of` before.
    """
    header = read_header(path, to_do)
    if header.n_samples < 1 or header.n_vertices < 1:
        raise FlameError(
            f"{path}: expected at least one mesh, found {header.n_samples} of {header.n_vertices} vertices; {to_do}."
        )
    shape = header.n_samples, header.n_vertices, 3
    try:
        return np.asarray(np.memmap(path, "<f4", "r", HEADER.size, shape))
    except (OSError, ValueError) as error:
        raise FlameError(f"{path}: cannot be read ({error}); {to_do}.") from error


def stamp_of(path: str | Path) -> tuple[int, int, int] | None:
    """What differs once the file is another or was written to; None where there is none. Takes 2 microseconds."""
    try:
        found = os.stat(path)  # noqa: PTH116  (half the time, and asked on every frame)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
