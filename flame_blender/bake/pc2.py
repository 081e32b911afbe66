"""PC2 point caches: what Blender's Mesh Cache modifier plays. No bpy.

A header of 32 bytes, little-endian (the name, version 1, vertices, first frame, frames for each sample, samples), then
samples x vertices x 3 float32.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import FlameError
from ..files.whole_files import whole_file

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


def read_header(path: Path) -> Pc2Header:
    """Raises FlameError naming the file when it is no PC2, or does not hold the samples it says."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            raw = file.read(HEADER.size)
    except OSError as error:
        raise FlameError(f"{path}: cannot be read ({error.strerror or error}); bake the head again.") from error
    if len(raw) < HEADER.size or raw[: len(NAME)] != NAME:
        raise FlameError(f"{path}: expected a PC2 cache, found something else; bake the head again.")
    header = Pc2Header(*HEADER.unpack(raw)[2:])
    expected = HEADER.size + 12 * header.n_vertices * header.n_samples
    if size != expected:
        raise FlameError(f"{path}: expected {expected} bytes, found {size}; bake the head again.")
    return header
