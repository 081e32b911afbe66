"""What may go wrong while a file is written, for any writer: what was there stays, or the new file is whole.

A test asks for ``writer`` and ``fault`` and calls ``FAULTS[fault](writer, folder, monkeypatch)``.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flame_blender.errors import FlameError
from flame_blender.files import whole_files
from flame_blender.long_work import result_of

OLD = b"what the user had"
PAGE = 4096  # bytes that a tmpfs gives at a time


@dataclass(frozen=True)
class Writer:
    """``steps(path)`` writes ``file`` in a folder.

    ``chosen`` where a user names it; without ``over`` it is a folder, and there must be none before.
    """

    file: str
    steps: Callable[[Path], Generator[float, None, object]]
    chosen: bool = True
    over: bool = True

    def write(self, path: Path) -> None:
        result_of(self.steps(path))


def at_once(write: Callable[[Path], object]) -> Callable[[Path], Generator[float, None, object]]:
    """A writer that does not tell how far it is."""

    def steps(path: Path) -> Generator[float, None, object]:
        yield from ()
        return write(path)

    return steps


def contents(folder: Path) -> dict[str, bytes | str]:
    """All that lies in a folder: the bytes of files, where links lead."""
    return {
        str(each.relative_to(folder)): str(each.readlink()) if each.is_symlink() else each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_symlink() or each.is_file()
    }


def parts_in(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if whole_files.PART.fullmatch(each.name)]


def placed(writer: Writer, folder: Path) -> Path:
    """The writer's path in ``folder``, with something there before."""
    path = folder / writer.file
    path.parent.mkdir(parents=True, exist_ok=True)
    if writer.over:
        path.write_bytes(OLD)
    return path


def refused(writer: Writer, path: Path, folder: Path) -> str:
    """One sentence that names the place, and nothing changed; the sentence."""
    before = contents(folder)
    with pytest.raises(FlameError) as caught:
        writer.write(path)
    said = str(caught.value)
    assert said.isprintable() and str(folder) in said and said.endswith("."), said
    assert contents(folder) == before and not parts_in(folder)
    return said


def written(writer: Writer, path: Path, folder: Path) -> None:
    """Something new is there, all of it, and no part of it is left beside."""
    before = contents(folder)
    writer.write(path)
    assert contents(folder) != before and not parts_in(folder)


@cache
def may_mount() -> bool:
    """Whether this process may mount a disk of its own."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with own_disk(Path(folder), PAGE):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@contextmanager
def own_disk(folder: Path, size: int) -> Iterator[None]:
    """A disk of its own at ``folder``, of ``size`` bytes."""
    mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes: to a program what a full disk is."""
    resource = pytest.importorskip("resource", reason="not on Windows")
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, kept[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        signal.signal(signal.SIGXFSZ, handler)


def full_disk(writer: Writer, folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    """No byte is left; then one page, in which little files have room."""
    if not may_mount():
        path = placed(writer, folder)
        with little_room(PAGE):
            whole_or_refused(writer, path, folder)
        return
    with own_disk(folder, 3 * PAGE):
        path = placed(writer, folder)
        (folder / "filler").write_bytes(bytes((2 if writer.over else 3) * PAGE))
        assert "make room" in refused(writer, path, folder)
        (folder / "filler").write_bytes(bytes(PAGE))
        whole_or_refused(writer, path, folder)


def whole_or_refused(writer: Writer, path: Path, folder: Path) -> None:
    before, said = contents(folder), ""
    try:
        writer.write(path)
    except FlameError as error:
        said = str(error)
    assert said.isprintable() and (contents(folder) == before) == bool(said) and not parts_in(folder)


def read_only(writer: Writer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is mounted so; else, since root may write everywhere, the system's answer is made up."""
    if may_mount():
        with own_disk(folder, 100 * PAGE):
            path = placed(writer, folder)
            mount("-o", "remount,ro", str(folder))
            assert "Read-only file system" in refused(writer, path, folder)
        return
    path, usual = placed(writer, folder), Path.open

    def unless_written(self: Path, mode: str = "r", *more: Any) -> object:
        if "x" in mode or "w" in mode:
            raise OSError(30, "Read-only file system")
        return usual(self, mode, *more)

    monkeypatch.setattr(Path, "open", unless_written)
    refused(writer, path, folder)


def long_name(writer: Writer, folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than a file's may be; and as long as it may be."""
    path = placed(writer, folder)
    assert "shorter name" in refused(writer, path.with_name("x" * 260 + path.suffix), folder)
    written(writer, path.with_name("x" * (240 - len(path.suffix)) + path.suffix), folder)


def odd_name(writer: Writer, folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    """A line break and a byte that is not UTF-8 in a name can be had; a zero byte and half a character cannot."""
    path = placed(writer, folder)
    for name in ("two\nlines", "not utf-8 \udcea"):
        whole_or_refused(writer, path.with_name(name + path.suffix), folder)
    for name in ("zero\0byte", "half \ud800"):
        refused(writer, path.with_name(name + path.suffix), folder)


def no_ordinary_file(writer: Writer, folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices, pipes and folders, or links to them, stay what they are."""
    path = placed(writer, folder)
    path.unlink(missing_ok=True)
    (folder / "other").mkdir()
    ways: list[Callable[[], object]] = [
        path.mkdir,
        lambda: path.symlink_to(folder / "other"),
        lambda: path.symlink_to("/dev/full"),
        lambda: path.symlink_to(path),
        lambda: os.mkfifo(path),
    ]
    if os.geteuid() == 0:
        ways.append(lambda: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 7)))  # /dev/full's numbers
    for make in ways:
        make()
        kind = path.lstat().st_mode
        refused(writer, path, folder)
        assert path.lstat().st_mode == kind
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def through_links(writer: Writer, folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    """A link stays one; the file that it leads to is the new one, also where there was none yet."""
    path = placed(writer, folder)
    for old in (OLD, None):
        path.unlink(missing_ok=True)
        target = folder / "elsewhere" / f"target of {old!r}"
        target.parent.mkdir(exist_ok=True)
        if old is not None:
            target.write_bytes(old)
            target.chmod(0o640)
        path.symlink_to(target)
        writer.write(path)
        assert path.is_symlink() and target.read_bytes() != old and not parts_in(folder)
        assert old is None or stat.S_IMODE(target.stat().st_mode) == 0o640


def escape(writer: Writer, folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped wherever it can be stopped."""
    path = placed(writer, folder)
    before = contents(folder)
    for taken in range(1, 100):
        steps = writer.steps(path)
        if len([share for share, _ in zip(steps, range(taken), strict=False)]) < taken:
            return
        steps.close()
        if contents(folder) != before:  # stopped after the last share, when all is there
            assert next(steps, None) is None
            return
        assert not parts_in(folder)


class KilledError(BaseException):
    """In place of kill -9, where the process is that of the tests."""


def killed(writer: Writer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the new file comes to its place: the old one stays, and the next run clears the part away."""
    path = placed(writer, folder)
    before = contents(folder)

    def kill(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patches:
        patches.setattr(Path, "replace", kill)
        patches.setattr(Path, "rename", kill)
        patches.setattr(whole_files._Part, "end", whole_files._Part._let_go)
        with pytest.raises(KilledError):
            writer.write(path)
    left = parts_in(folder)
    assert left and before.items() <= contents(folder).items()
    written(writer, path, folder)


def two_at_once(writer: Writer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one begins and ends before the first moves its file: the last is whole, neither harms the other."""
    path, usual = placed(writer, folder), {name: getattr(whole_files, name) for name in ("_move", "_move_all")}
    seen: list[int] = []

    def after_another(name: str) -> Callable[..., None]:
        def move(*arguments: object) -> None:
            patches.undo()
            mine = parts_in(folder)
            writer.write(path)
            seen.append(len(mine))
            assert parts_in(folder) == mine, "the part of a living process is not cleared away"
            usual[name](*arguments)

        return move

    if not writer.over:
        two_folders_at_once(writer, folder, monkeypatch)
        return

    with monkeypatch.context() as patches:
        for name in usual:
            patches.setattr(whole_files, name, after_another(name))
        writer.write(path)
    assert seen and seen[0] and not parts_in(folder)
    assert not writer.chosen or path.read_bytes() != OLD


def two_folders_at_once(writer: Writer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second to come to its place is refused, and the first stays whole."""
    path, usual = placed(writer, folder), Path.rename
    first: dict[str, object] = {}

    def after_another(self: Path, target: Path) -> Path:
        patches.undo()
        writer.write(path)
        first.update((name, data) for name, data in contents(folder).items() if ".flame-" not in name)
        return usual(self, target)

    with monkeypatch.context() as patches:
        patches.setattr(Path, "rename", after_another)
        with pytest.raises(FlameError, match="Directory not empty"):
            writer.write(path)
    assert first and contents(folder) == first and not parts_in(folder)


ANY_FILE = {
    "full disk": full_disk,
    "read-only": read_only,
    "Esc": escape,
    "killed": killed,
    "two at once": two_at_once,
}
NAMED = {
    "long name": long_name,
    "odd name": odd_name,
    "no ordinary file": no_ordinary_file,
    "through links": through_links,
}
FAULTS = {**ANY_FILE, **NAMED}


def cases(writers: dict[str, Writer]) -> list[tuple[str, str]]:
    """Each writer with each fault that it can meet."""
    return [
        (name, fault)
        for name, writer in writers.items()
        for fault in (*ANY_FILE, *(NAMED if writer.chosen else ()))
        if writer.over or fault not in ("through links", "no ordinary file")
    ]
