"""What .npz, .npy and .pkl files hold, read as data: nothing in them runs, and sizes come before memory."""

from __future__ import annotations

import ast
import math
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np

from ..errors import FlameError, ModelError
from .file_budget import budget_of, spend, spend_for_array
from .pickled_types import PICKLED_TYPES
from .raw_arrays import RefusedError, array_from_bytes, byte_count, plain_dtype, plain_shape, shortened
from .safe_unpickle import unpickle
from .torch_storage import LEGACY_START, TORCH_TYPES, unpickle_legacy_stream, unpickle_torch_zip

KNOWN = {**PICKLED_TYPES, **TORCH_TYPES}
MAX_FILE_BYTES = 1 << 31
UNPACKED_PER_BYTE = 100  # real arrays shrink less than tenfold, a mask of zeros by some hundreds
SPARE_UNPACKED = 1 << 28
NPY_MAGIC = b"\x93NUMPY"
ZIP_MAGIC = b"PK\x03\x04"
ENCRYPTED = 1  # the first flag of a zip's member
MAX_DIRECTORY_BYTES = 1 << 22  # of a zip: some ten thousands of members
MAX_HEADER_BYTES = 10_000  # NumPy's own limit
_HEADER_LENGTH = {1: "<H", 2: "<I", 3: "<I"}
_LONG_OF_PYTHON_2 = re.compile(r"(?<=\d)L\b")
# What zipfile raises for archives that are damaged, encrypted or made up.
_ZIP_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OverflowError,
    struct.error, KeyError, IndexError,
)  # fmt: skip

Loaded = TypeVar("Loaded")
FilePath = str | os.PathLike[str]


@contextmanager
def open_file(path: FilePath) -> Iterator[IO[bytes]]:
    """An ordinary file of sane size for reading; everything that prevents reading it becomes a ModelError.

    What is read of it is drawn from its budget (:mod:`.file_budget`).
    """
    path = Path(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ModelError(f"{path}: expected a file, found a folder.")
        if not stat.S_ISREG(status.st_mode):
            raise ModelError(f"{path}: expected an ordinary file, found a device or a pipe.")
        if not 0 < status.st_size <= MAX_FILE_BYTES:
            raise ModelError(f"{path}: expected 1 to {MAX_FILE_BYTES} bytes, found {status.st_size}.")
        with path.open("rb") as file, budget_of(path):
            yield file
    except FileNotFoundError as error:
        raise ModelError(f"{path}: expected a file, found none; check the path.") from error
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except ValueError as error:
        if isinstance(error, FlameError) or "null" not in str(error):
            raise
        raise ModelError(f"{path}: expected a file's name, found one with a zero byte in it.") from error
    except MemoryError as error:
        raise ModelError(f"{path}: expected a file that fits in memory, but there is not enough of it.") from error


def read_npz(path: FilePath, only: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays of an .npz, read-only, or those named in ``only`` (absent ones are left out).

    An array of objects is unpickled by ``safe_unpickle``; one without dimensions comes as the object itself.
    Raises ModelError naming the file and the key.
    """
    return _read_arrays(path, only, _read_npy)


def npz_shapes(path: FilePath) -> dict[str, tuple[np.dtype, tuple[int, ...]]]:
    """Dtype and shape of every array of an .npz, read from the headers alone."""
    return _read_arrays(path, None, lambda file, _, source: _read_header(file, source)[:2])


def read_npy(path: FilePath) -> np.ndarray:
    """The array of an .npy, read-only; an object array without dimensions comes as the object itself."""
    with open_file(path) as file:
        return _read_npy(file, os.fstat(file.fileno()).st_size, str(path))


def read_pickle(path: FilePath) -> object:
    """The data of a pickle: dicts, lists, texts, numbers, arrays and ``SparseMatrix``."""
    with open_file(path) as file:
        return unpickle(file.read(), str(path), KNOWN)[0]


def read_torch(path: FilePath) -> object:
    """What ``torch.save`` wrote, in either of its layouts, tensors as NumPy arrays."""
    if container(path) == "torch zip":
        members = read_members(path, lambda _: True, _read_whole)
        return unpickle_torch_zip(members, str(path), PICKLED_TYPES)
    with open_file(path) as file:
        return unpickle_legacy_stream(file.read(), str(path), PICKLED_TYPES)


def _read_whole(file: IO[bytes], size: int, _: str) -> bytes:
    spend(n_bytes=size)
    return file.read(size)


def read_any(path: FilePath) -> object:
    """What an .npz (a dict), .npy, pickle or torch file holds; None when it is none of them."""
    readers: dict[str, Callable[[FilePath], object]] = {
        "npz": read_npz,
        "npy": read_npy,
        "pickle": read_pickle,
        "torch": read_torch,
        "torch zip": read_torch,
    }
    kind = container(path)
    return None if kind is None else readers[kind](path)


def container(path: FilePath) -> str | None:
    """``"npz"``, ``"npy"``, ``"pickle"``, ``"torch"``, ``"torch zip"`` by the file's first bytes, or None."""
    with open_file(path) as file:
        start = file.read(64)
    if start.startswith(NPY_MAGIC):
        return "npy"
    if start.startswith(ZIP_MAGIC):
        names = zip_names(path)
        if any(name.endswith("/data.pkl") for name in names):
            return "torch zip"
        return "npz" if any(name.endswith(".npy") for name in names) else None
    if start.startswith(LEGACY_START):
        return "torch"
    # Protocol 2 and later begin with their number; older ones with a container or a global.
    return "pickle" if re.match(rb"\x80[\x02-\x05]|\(dp?|\(lp?|\}q|\]q|c[\w.]+\n", start) else None


def zip_names(path: FilePath) -> list[str]:
    """The names of a zip's members."""
    with open_file(path) as file, _open_zip(file, path) as archive:
        return archive.namelist()


def read_members(
    path: FilePath, wanted: Callable[[str], bool], read: Callable[[IO[bytes], int, str], Loaded]
) -> dict[str, Loaded]:
    """``read(file, size, name)`` of each wanted member of a zip, by name.

    ``size`` is what the member says it unpacks to: read that many bytes and no more, which also checks the CRC.
    """
    with open_file(path) as file, _open_zip(file, path) as archive:
        members = [info for info in archive.infolist() if wanted(info.filename)]
        _check_members(members, os.fstat(file.fileno()).st_size, str(path))
        return {info.filename: _read_member(archive, info, read) for info in members}


@dataclass(frozen=True)
class ArrayStream:
    """An array of numbers in an .npz that is read in parts. ``shape`` as in the file; nothing is held."""

    file: IO[bytes]
    source: str
    dtype: np.dtype
    shape: tuple[int, ...]
    fortran: bool

    def parts(self, count: int) -> Iterator[np.ndarray]:
        """Up to ``count`` rows at a time: (n, ...) of (N, ...), or (..., n) of (..., N) where it is in Fortran order.

        Raises ModelError where the file ends before the array.
        """
        length, rest = (self.shape[-1], self.shape[:-1]) if self.fortran else (self.shape[0], self.shape[1:])
        for start in range(0, length, count):
            now = min(count, length - start)
            shape = (*rest, now) if self.fortran else (now, *rest)
            try:
                raw = self.file.read(byte_count(self.dtype, shape))
                yield array_from_bytes(self.dtype, shape, self.fortran, raw)
            except RefusedError as error:
                raise ModelError(f"{self.source} {error}; copy the file again.") from error
            except _ZIP_DAMAGE as error:
                damage = shortened(str(error))
                raise ModelError(
                    f"{self.source}: expected a whole zip, found damage ({damage}); copy it again."
                ) from error


@contextmanager
def open_array(path: FilePath, key: str) -> Iterator[ArrayStream]:
    """An array of numbers of an .npz, for one that is larger than what memory should hold.

    Its bytes are those that the zip says it has; time is the caller's, who shows progress. Raises ModelError.
    """
    with open_file(path) as file, _open_zip(file, path) as archive:
        members = [info for info in archive.infolist() if _key(info.filename) == key]
        if len(members) != 1:
            raise ModelError(f"{path}: expected one array {key!r}, found {len(members)}.")
        _check_members(members, os.fstat(file.fileno()).st_size, str(path))
        with archive.open(members[0]) as member:
            source = f"{path}: {key}"
            dtype, shape, fortran = _read_header(member, source)
            if dtype.kind not in "fiu" or not shape or 0 in shape:
                raise ModelError(f"{source} must be an array of numbers, found {dtype} {shape}.")
            expected = members[0].file_size - member.tell()
            if byte_count(dtype, shape) != expected:
                raise ModelError(
                    f"{source} says {byte_count(dtype, shape)} bytes, found {expected}; copy the file again."
                )
            yield ArrayStream(member, source, dtype, shape, fortran)


class _WithSmallDirectory:
    """A file whose zip directory, which zipfile reads in one piece, must be of sane size."""

    def __init__(self, file: IO[bytes], path: FilePath) -> None:
        self._file = file
        self._path = path
        self.opened = False

    def read(self, count: int = -1) -> bytes:
        if self.opened:
            return self._file.read(count)
        if count <= MAX_DIRECTORY_BYTES:
            found = self._file.read(count if count >= 0 else MAX_DIRECTORY_BYTES + 1)
            if len(found) <= MAX_DIRECTORY_BYTES:
                return found
        raise ModelError(
            f"{self._path}: expected a zip with a directory of at most {MAX_DIRECTORY_BYTES} bytes, found a larger one."
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def _open_zip(file: IO[bytes], path: FilePath) -> Iterator[zipfile.ZipFile]:
    guarded = _WithSmallDirectory(file, path)
    try:
        with zipfile.ZipFile(guarded) as archive:
            guarded.opened = True
            yield archive
    except ModelError:
        raise
    except _ZIP_DAMAGE as error:
        raise ModelError(
            f"{path}: expected a whole zip, found damage ({shortened(str(error))}); copy the file again."
        ) from error


def _check_members(members: list[zipfile.ZipInfo], n_bytes: int, source: str) -> None:
    """What the members say of themselves must be possible in a zip of ``n_bytes``."""
    for info in members:
        if info.flag_bits & ENCRYPTED:
            raise ModelError(f"{source}: expected a plain zip, found one with a password; unpack it first.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            expected = "members stored or deflated as NumPy writes them"
            raise ModelError(f"{source}: expected {expected}, found compression method {info.compress_type}.")
        stored = info.compress_type == zipfile.ZIP_STORED
        if info.header_offset + info.compress_size > n_bytes or (stored and info.file_size > info.compress_size):
            raise ModelError(
                f"{source}: expected members within {n_bytes} bytes, found one beyond; copy the file again."
            )
    total = sum(info.file_size for info in members)
    limit = min(MAX_FILE_BYTES, UNPACKED_PER_BYTE * n_bytes + SPARE_UNPACKED)
    if total > limit:
        raise ModelError(f"{source}: expected at most {limit} bytes of arrays in {n_bytes}, found {total}.")


def _read_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, read: Callable[[IO[bytes], int, str], Loaded]
) -> Loaded:
    with archive.open(info) as file:
        return read(file, info.file_size, info.filename)


def _read_arrays(
    path: FilePath, only: Collection[str] | None, read: Callable[[IO[bytes], int, str], Loaded]
) -> dict[str, Loaded]:
    def wanted(name: str) -> bool:
        return name.endswith(".npy") and (only is None or _key(name) in only)

    def read_named(file: IO[bytes], size: int, name: str) -> Loaded:
        return read(file, size, f"{path}: {_key(name)[:80]}")

    return {_key(name): value for name, value in read_members(path, wanted, read_named).items()}


def _key(member: str) -> str:
    return member.removesuffix(".npy")


def _read_npy(file: IO[bytes], size: int, source: str) -> np.ndarray:
    """One array in NumPy's format (numpy.lib.format), ``size`` bytes with its header."""
    dtype, shape, fortran = _read_header(file, source)
    rest = size - file.tell()
    if dtype.kind == "O":
        spend(n_bytes=rest)
        return _unpickled_array(file.read(rest), shape, source)
    try:
        expected = byte_count(dtype, shape)
        if expected != rest:
            raise RefusedError(f"says {expected} bytes for {dtype} {shape}, found {rest}; copy the file again")
        spend_for_array(dtype, math.prod(shape))
        return array_from_bytes(dtype, shape, fortran, file.read(rest))
    except RefusedError as error:
        raise ModelError(f"{source} {error}.") from error


def _read_header(file: IO[bytes], source: str) -> tuple[np.dtype, tuple[int, ...], bool]:
    magic = file.read(8)
    layout = _HEADER_LENGTH.get(magic[6]) if len(magic) == 8 and magic.startswith(NPY_MAGIC) else None
    if layout is None:
        raise ModelError(f"{source} must be an array in NumPy's format, found {shortened(magic)}.")
    length_bytes = file.read(struct.calcsize(layout))
    length = struct.unpack(layout, length_bytes)[0] if len(length_bytes) == struct.calcsize(layout) else 0
    if not 0 < length <= MAX_HEADER_BYTES:
        raise ModelError(f"{source} must have a header of 1 to {MAX_HEADER_BYTES} bytes, found {length}.")
    text = file.read(length).decode("latin-1")
    try:
        header = ast.literal_eval(_LONG_OF_PYTHON_2.sub("", text).strip())
        if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
            raise RefusedError(f"has the header {shortened(text)}, expected descr, fortran_order and shape")
        return plain_dtype(header["descr"]), plain_shape(header["shape"]), bool(header["fortran_order"])
    except RefusedError as error:
        raise ModelError(f"{source} {error}.") from error
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ModelError(f"{source} has the header {shortened(text)}, expected a Python dict.") from error


def _unpickled_array(raw: bytes, shape: tuple[int, ...], source: str) -> np.ndarray:
    """An object array, which NumPy stores as a pickle of the whole array behind the header."""
    array = unpickle(raw, source, KNOWN)[0]
    if not isinstance(array, np.ndarray) or array.dtype.kind != "O" or array.size != math.prod(shape):
        raise ModelError(f"{source} must unpickle to an array of {math.prod(shape)} objects, found {shortened(array)}.")
    return array.reshape(shape) if shape else array.reshape(1)[0]
