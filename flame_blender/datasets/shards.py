"""Shards: tar files of samples as the webdataset library reads them, written whole, and read by place alone.

POSIX ustar, files of a sample beside each other in one order, no times and no owners: the same samples are the same
bytes. Nothing else is in a shard.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from ..errors import DatasetError, ModelError
from ..files.archive import open_file
from ..files.file_budget import spend
from ..files.raw_arrays import shortened
from ..files.whole_files import whole_file
from .sample_files import key_of

BLOCK, RECORD = tarfile.BLOCKSIZE, tarfile.RECORDSIZE
MOST_BYTES = (1 << 31) - RECORD  # what readers of strangers' files take
SHARD_DIGITS = 6


def shard_path(folder: Path, name: str, shard: int) -> Path:
    """The file of a shard in a data set's folder."""
    return folder / f"{name}-{shard:0{SHARD_DIGITS}d}.tar"


class ShardWriter:
    """Puts samples into an open shard."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path, self.size = file, path, 0

    def add(self, index: int, files: Mapping[str, bytes]) -> None:
        """Add the files of a sample, by their endings, in their order. Raises DatasetError when it grows too large."""
        for kind, data in files.items():
            info = tarfile.TarInfo(f"{key_of(index)}.{kind}")
            info.size, info.mode, info.mtime, info.uid, info.gid = len(data), 0o644, 0, 0, 0
            self._put(info.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % BLOCK))
        if self.size > MOST_BYTES:
            raise DatasetError(
                f"{self._path}: expected a shard of at most {MOST_BYTES} bytes, found more; take a smaller shard_size."
            )

    def end(self) -> None:
        self._put(bytes(2 * BLOCK))
        self._put(bytes(-self.size % RECORD))

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self.size += len(data)


@contextmanager
def shard_file(path: Path) -> Iterator[ShardWriter]:
    """A shard to add samples to; it comes to ``path`` when the block ends without an error. Raises WriteError."""
    with whole_file(path) as file:
        writer = ShardWriter(file, path)
        yield writer
        writer.end()


def members_of(path: Path) -> dict[str, tuple[int, int]]:
    """Offset and size of every file in a shard, by its name. Raises DatasetError for what is no whole shard."""
    with _opened(path) as file:
        size = file.seek(0, 2)
        found: dict[str, tuple[int, int]] = {}
        place = 0
        while True:
            file.seek(place)
            header = file.read(BLOCK)
            spend(steps=1, n_bytes=BLOCK)
            if header == bytes(BLOCK):
                file.seek(place)
                rest = file.read(RECORD + 2 * BLOCK)
                if len(rest) < 2 * BLOCK or len(rest) > RECORD + BLOCK or any(rest):
                    raise DatasetError(f"{path}: expected a shard's end, found other data; render it again.")
                return found
            name, length = _read_header(header, path)
            if name in found or length > size - place - BLOCK:
                raise DatasetError(f"{path}: expected a whole shard, found damage at {name}; render it again.")
            found[name] = place + BLOCK, length
            place += BLOCK + length + -length % BLOCK


def _read_header(header: bytes, path: Path) -> tuple[str, int]:
    try:
        info = tarfile.TarInfo.frombuf(header, "ascii", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError, ValueError) as error:
        raise DatasetError(
            f"{path}: expected a whole shard, found damage ({shortened(str(error))}); render it again."
        ) from error
    if info.type != tarfile.REGTYPE or info.size < 0:
        raise DatasetError(f"{path}: expected a shard of files alone, found {shortened(info.name)}; render it again.")
    return info.name, info.size


def read_member(path: Path, place: tuple[int, int]) -> bytes:
    """The bytes of one file of a shard, by its offset and size. Raises DatasetError."""
    with _opened(path) as file:
        spend(n_bytes=place[1])
        file.seek(place[0])
        return file.read(place[1])


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with open_file(path) as file:
            yield file
    except ModelError as error:
        raise DatasetError(str(error)) from error
