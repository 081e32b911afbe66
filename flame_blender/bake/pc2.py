"""PC2 point caches: what Blender's Mesh Cache modifier plays. No bpy.

A header of 32 bytes, little-endian (the name, version 1, vertices, first frame, frames for each sample, samples), then
samples x vertices x 3 float32.
"""

from __future__ import annotations

import os
import secrets
import struct
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np

from ..flame.errors import FlameError

HEADER = struct.Struct("<12siiffi")
NAME, VERSION = b"POINTCACHE2\0", 1


class Pc2Header(NamedTuple):
    """What a PC2 file says of itself."""

    n_vertices: int
    start_frame: float
    sample_step: float
    n_samples: int


class Pc2Writer:
    """Writes samples one after the other; the file appears under its name only when all are there.

    Used in ``with``: leaving it by an error removes what was written. Raises FlameError naming the file.
    """

    def __init__(self, path: Path, n_vertices: int, n_samples: int, start_frame: float, sample_step: float) -> None:
        self.path = path
        self._header = Pc2Header(n_vertices, start_frame, sample_step, n_samples)
        self._part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        self._left = n_samples

    def __enter__(self) -> Pc2Writer:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("xb")
        except OSError as error:
            raise _unwritable(self.path, error) from error
        try:
            reserve(self._file.fileno(), HEADER.size + 12 * self._header.n_vertices * self._header.n_samples)
            self._file.write(HEADER.pack(NAME, VERSION, *self._header))
        except OSError as error:
            self._file.close()
            self._part.unlink(missing_ok=True)
            raise _unwritable(self.path, error) from error
        return self

    def write(self, samples: np.ndarray) -> None:
        """(n, V, 3) positions in the mesh's own axes."""
        if samples.shape[1:] != (self._header.n_vertices, 3) or len(samples) > self._left:
            raise ValueError(f"at most {self._left} samples of {self._header.n_vertices} vertices, not {samples.shape}")
        try:
            self._file.write(np.ascontiguousarray(samples, "<f4").data)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._left -= len(samples)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if kind is None and self._left == 0:
                self._part.replace(self.path)
        except OSError as why:
            raise _unwritable(self.path, why) from why
        finally:
            self._part.unlink(missing_ok=True)


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


def reserve(file: int, size: int) -> None:
    """Take the room on the disk at once: a full disk is known before the work, and writing is a third quicker."""
    if hasattr(os, "posix_fallocate"):  # not on Windows and macOS
        os.posix_fallocate(file, 0, size)


def _unwritable(path: Path, error: OSError) -> FlameError:
    return FlameError(f"{path}: the cache cannot be written ({error.strerror or error}); choose another folder.")
