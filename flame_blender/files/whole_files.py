"""Files that appear whole or not at all: everything that the add-on writes goes through here.

What is written lies beside its place until it is whole, as ``.flame-<process>-<chance>.part`` (several files: in a
folder ``.parts``), and is moved there in one step. Its process holds a lock on the part, which the system takes back
however the process ends: parts that nobody holds are left behind by a kill, and the next write to the folder clears
them away. Links are written through. All that the system refuses is a WriteError.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..errors import FlameError, WriteError

if sys.platform != "win32":
    import fcntl

PART = re.compile(r"\.flame-\d+-[0-9a-f]{8}\.parts?")
_MAKE_ROOM, _ALLOW = "make room, or choose another folder", "allow it, or choose another folder"
_IN_THE_WAY = "a file stands where a folder should be: choose another folder"
_TO_DO = {
    errno.ENOSPC: _MAKE_ROOM,
    errno.EDQUOT: _MAKE_ROOM,
    errno.EFBIG: _MAKE_ROOM,
    errno.EACCES: _ALLOW,
    errno.EPERM: _ALLOW,
    errno.EROFS: _ALLOW,
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EEXIST: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
}


@contextmanager
def whole_file(path: Path, size: int = 0, sync: bool = True) -> Iterator[BinaryIO]:
    """A file to write to; it comes to ``path``, whose folder is made, when the block ends without an error.

    ``size`` bytes, if that many are known to be written, are reserved at once. ``sync`` waits until they are on the
    disk. Raises WriteError, also for what is no ordinary file.
    """
    target, mode = _target(path)
    with told(path):
        part = _Part(target.parent)
        try:
            reserve(part.file, size)
            yield part.file
            part.file.flush()
            if sync:
                os.fsync(part.file.fileno())
            part.file.close()
            _move(part.path, target, mode)
        finally:
            part.end()


def write_whole(path: Path, data: bytes, sync: bool = True) -> None:
    """Write ``data`` to ``path`` as :func:`whole_file` does. Raises WriteError."""
    with whole_file(path, sync=sync) as file:
        file.write(data)


@contextmanager
def whole_files(path: Path, room: int = 0) -> Iterator[Path]:
    """A folder in which to write ``path`` by its name and what belongs beside it; all come to their places at the end.

    ``path`` comes last, when all that it refers to is there; where one cannot be moved, none is. Raises WriteError
    before the block where ``room`` bytes are not there; errors that name a file in the folder name its place.
    """
    _target(path)
    with told(path):
        part = _Part(path.parent)
        try:
            reserve(part.file, room)
            part.file.truncate(0)
            part.folder.mkdir()
            try:
                yield part.folder
            except FlameError as error:
                raise type(error)(str(error).replace(str(part.folder), str(path.parent))) from error
            _move_all(part.folder, path)
        finally:
            part.end()


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder to fill; it comes to ``path``, where there must be none or an empty one. Raises WriteError."""
    with told(path):
        part = _Part(path.parent)
        try:
            part.folder.mkdir()
            yield part.folder
            part.folder.rename(path)
        finally:
            part.end()


def remove_folder(path: Path) -> None:
    """Delete a folder, which is there whole or not at all: what a kill leaves of it is cleared away as parts are.

    Raises WriteError.
    """
    with told(path):
        part = _Part(path.parent)
        try:
            path.rename(part.folder)
            shutil.rmtree(part.folder)
        finally:
            part.end()


def check_writable(path: Path) -> None:
    """Raise WriteError where ``path`` cannot be written: known before the work on what comes there."""
    target, _ = _target(path)
    with told(path):
        _Part(target.parent).end()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What the system refuses inside is a WriteError of ``path``."""
    try:
        yield
    except OSError as error:
        to_do = _TO_DO.get(error.errno or 0, "choose another folder")
        raise WriteError(f"{path}: cannot be written ({error.strerror or error}); {to_do}.") from error


def reserve(file: BinaryIO, size: int) -> None:
    """Take the room on the disk at once: a full disk is known before the work, and writing is a third quicker."""
    if not size or not hasattr(os, "posix_fallocate"):  # not on Windows and macOS
        return
    try:
        os.posix_fallocate(file.fileno(), 0, size)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # a file system that reserves nothing
            raise


def _target(path: Path) -> tuple[Path, int | None]:
    """Where the links of ``path`` lead, and the mode of the file there or None. WriteError for no ordinary file."""
    with told(path):
        try:
            target = Path(os.path.realpath(path)) if path.is_symlink() else path
            mode = target.stat().st_mode
        except FileNotFoundError:
            return target, None
        except ValueError as error:  # of a zero byte, or half a character
            raise WriteError(f"{path}: expected a name that a file can have; choose another.") from error
    if not stat.S_ISREG(mode):
        found = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
        raise WriteError(f"{path}: expected an ordinary file to write, found {found}; choose another name.")
    with told(path):
        os.close(os.open(target, os.O_WRONLY))  # one that is protected is not replaced either
    return target, mode


class _Part:
    """A file of this process's own in ``folder``, open for writing, and the name of a folder beside it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _clear_left_behind(folder)
        while True:
            self.path = folder / f".flame-{os.getpid()}-{secrets.token_hex(4)}.part"
            self.file: BinaryIO = self.path.open("xb")
            self._held = _hold(self.file)
            if self.path.exists():
                break
            self._let_go()  # another process took it for left behind before it was held
        self.folder = self.path.with_suffix(".parts")

    def end(self) -> None:
        """Remove what is left of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # of the disk that was full, which is told already
            self.file.close()
        with contextlib.suppress(OSError):
            self.path.unlink()
        self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(OSError):
            self.file.close()
        if self._held is not None:
            os.close(self._held)


def _hold(file: BinaryIO) -> int | None:
    """Lock the file until what is returned is closed or the process ends; None where there are no such locks."""
    if sys.platform == "win32":
        return None  # what is open cannot be removed there
    held = os.dup(file.fileno())
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
    except OSError:  # a file system without locks: nobody can tell who is alive, and nothing is cleared
        os.close(held)
        return None
    return held


def _clear_left_behind(folder: Path) -> None:
    """Remove the parts of processes that were killed."""
    try:
        parts = [folder / name for name in os.listdir(folder) if PART.fullmatch(name)]  # noqa: PTH208 (may be many)
    except OSError:  # a folder that may be written to but not read
        return
    for part in parts:
        if part.suffix == ".part":
            with contextlib.suppress(OSError):  # held by a living process, another user's, or cleared by another
                _remove_unless_held(part)
    for part in parts:
        if part.suffix == ".parts" and not part.with_suffix(".part").exists():
            shutil.rmtree(part, ignore_errors=True)


def _remove_unless_held(part: Path) -> None:
    if sys.platform == "win32":
        part.unlink()
        return
    file = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink()
    finally:
        os.close(file)


def _move(source: Path, target: Path, mode: int | None) -> None:
    """In one step, with the permissions of the file that was there."""
    if mode is not None and source.stat().st_mode != mode:
        source.chmod(stat.S_IMODE(mode))
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with whole_file(target) as file:  # a link led to another disk
            file.write(source.read_bytes())


def _move_all(folder: Path, path: Path) -> None:
    """The files of ``folder`` to their places beside ``path``, that one last; all or none."""
    files = sorted((each for each in folder.rglob("*") if each.is_file()), key=lambda each: each == folder / path.name)
    places = [path.parent / each.relative_to(folder) for each in files]
    targets = [_target(place) for place in places]
    moved: list[tuple[Path, Path | None]] = []
    with _alone_in(path.parent):
        try:
            for source, place, (target, mode) in zip(files, places, targets, strict=True):
                with told(place):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    before = _kept(target, folder / f"{len(moved)}.before")
                    _move(source, target, mode)
                moved.append((target, before))
        except WriteError:
            for target, before in reversed(moved):
                if before is None:
                    target.unlink()
                else:
                    _move(before, target, None)
            raise


def _kept(target: Path, beside: Path) -> Path | None:
    """What is there now, under another name too; None where nothing is."""
    if not target.exists():
        return None
    try:
        os.link(target, beside)
    except OSError:  # a file system without links, or another disk
        shutil.copy2(target, beside)
    return beside


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Of processes that move several files into one folder only one at a time does: sets are never mixed.

    Where folders cannot be locked, as on Windows, two that move in the same instant may still mix theirs.
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
