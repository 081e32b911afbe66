"""Files written by several processes, some of them killed, and sets of files that are moved all or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flame_blender.errors import FlameError, WriteError
from flame_blender.files import whole_files
from flame_blender.files.whole_files import check_writable, whole_file, whole_folder, write_whole
from tests.files.write_faults import OLD, contents, parts_in

ROOT = Path(__file__).resolve().parents[2]
SET = ("head.gltf", "head.bin", "textures/skin.png")
START = (
    "import sys, time\nfrom pathlib import Path\nfrom flame_blender.files.whole_files import *\nfolder = Path('.')\n"
)
HALFWAY = """
with whole_file(folder / "head.npz") as file, whole_files(folder / "head.glb") as parts:
    file.write(bytes(100_000))
    file.flush()
    (parts / "head.glb").write_bytes(b"half of it")
    print("halfway", flush=True)
    time.sleep(60)
"""
OFTEN = """
mine, size = sys.argv[1].encode(), int(sys.argv[2])
for _ in range(40):
    write_whole(folder / "head.npz", mine * size)
    with whole_files(folder / "head.gltf") as parts:
        (parts / "textures").mkdir()
        for name in ("head.gltf", "head.bin", "textures/skin.png"):
            (parts / name).write_bytes(mine * size)
"""


def another(folder: Path, script: str, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-c", START + script, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE)


def put_set(folder: Path, content: bytes) -> None:
    with whole_files.whole_files(folder / SET[0]) as parts:
        (parts / "textures").mkdir()
        for name in SET:
            (parts / name).write_bytes(content)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no kill -9")
def test_what_a_killed_process_left_is_cleared_and_what_a_living_one_writes_is_not(tmp_path):
    (tmp_path / "head.npz").write_bytes(OLD)
    process = another(tmp_path, HALFWAY)
    try:
        assert process.stdout is not None and process.stdout.readline() == b"halfway\n"
        parts = sorted(parts_in(tmp_path))
        assert sorted(part.suffix for part in parts) == [".part", ".part", ".parts"]
        assert all(f"-{process.pid}-" in part.name for part in parts), "who writes it can be seen"
        write_whole(tmp_path / "other.npz", b"whole")
        assert sorted(parts_in(tmp_path)) == parts
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert sorted(parts_in(tmp_path)) == parts
    write_whole(tmp_path / "other.npz", b"whole")
    assert contents(tmp_path) == {"head.npz": OLD, "other.npz": b"whole"} and not parts_in(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="sets may be mixed on Windows, where folders cannot be locked")
def test_two_processes_never_mix_what_they_write(tmp_path):
    """Looked at all the time; a set is looked at while none is being moved."""
    put_set(tmp_path, b"old")
    write_whole(tmp_path / "head.npz", b"old")
    processes = [another(tmp_path, OFTEN, "a", "200000"), another(tmp_path, OFTEN, "b", "100")]
    expected = {b"old", b"a" * 200_000, b"b" * 100}
    while any(process.poll() is None for process in processes):
        assert (tmp_path / "head.npz").read_bytes() in expected
        with whole_files._alone_in(tmp_path):
            found = {(tmp_path / name).read_bytes() for name in SET}
        assert len(found) == 1 and found <= expected
    assert [process.returncode for process in processes] == [0, 0] and not parts_in(tmp_path)
    for process in processes:
        process.communicate()


@pytest.mark.parametrize("linked", [True, False])
def test_a_set_is_moved_all_or_none(tmp_path, monkeypatch, linked):
    """When the last file cannot be moved, those that were there come back, and new ones go."""
    put_set(tmp_path, OLD)
    (tmp_path / SET[1]).unlink()
    before, usual = contents(tmp_path), Path.replace

    def refuse_the_last(self: Path, target: Path) -> Path:
        if self.name == SET[0]:
            raise PermissionError(13, "Permission denied")
        return usual(self, target)

    def without_links(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "replace", refuse_the_last)
    if not linked:
        monkeypatch.setattr(os, "link", without_links)
    with pytest.raises(WriteError, match=r"head\.gltf: cannot be written \(Permission denied\); allow it"):
        put_set(tmp_path, b"new")
    assert contents(tmp_path) == before and not parts_in(tmp_path)


def test_no_file_of_a_set_is_moved_where_another_is_no_ordinary_file(tmp_path):
    put_set(tmp_path, OLD)
    (tmp_path / SET[1]).unlink()
    (tmp_path / SET[1]).mkdir()
    before = contents(tmp_path)
    with pytest.raises(WriteError, match=r"head\.bin: expected an ordinary file to write, found a folder"):
        put_set(tmp_path, b"new")
    assert contents(tmp_path) == before and not parts_in(tmp_path)


def test_errors_name_the_place_and_not_the_part(tmp_path):
    with pytest.raises(FlameError) as caught, whole_files.whole_files(tmp_path / "head.glb") as parts:
        raise FlameError(f"{parts / 'head.glb'}: read back it is off.")
    assert str(caught.value) == f"{tmp_path / 'head.glb'}: read back it is off."


def test_a_folder_comes_with_all_that_is_in_it_or_not(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_bytes(OLD)
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty"):
        with whole_folder(tmp_path / name) as folder:
            (folder / "0.npz").write_bytes(b"frame")
    with pytest.raises(WriteError, match="full: cannot be written"), whole_folder(tmp_path / "full") as folder:
        (folder / "0.npz").write_bytes(b"frame")
    assert contents(tmp_path) == {"empty/0.npz": b"frame", "full/mine": OLD, "new/0.npz": b"frame"}
    assert not parts_in(tmp_path)


def test_what_is_not_known_to_be_left_behind_stays(tmp_path, monkeypatch):
    """Names that are not quite those of parts; and any part where files cannot be locked."""
    names = [".flame-1-0123456.part", "flame-1-01234567.part", ".flame-x-01234567.parts", ".head.npz.01234567.part"]
    for name in names:
        (tmp_path / name).write_bytes(OLD)
    (tmp_path / ".flame-1-01234567.parts").mkdir()
    (tmp_path / ".flame-1-89abcdef.part").symlink_to(tmp_path / names[0])
    write_whole(tmp_path / "head.npz", b"whole")
    assert contents(tmp_path).keys() == {*names, "head.npz", ".flame-1-89abcdef.part"}
    assert not (tmp_path / ".flame-1-01234567.parts").exists(), "a folder without its part"
    if os.name == "posix":

        def no_locks(*_: object) -> None:
            raise OSError(95, "Operation not supported")

        (tmp_path / ".flame-1-01234567.part").touch()
        monkeypatch.setattr(whole_files.fcntl, "flock", no_locks)
        put_set(tmp_path, b"whole")
        assert (tmp_path / ".flame-1-01234567.part").exists() and (tmp_path / SET[1]).read_bytes() == b"whole"


def test_a_part_taken_for_left_behind_before_it_was_held_is_made_again(tmp_path, monkeypatch):
    usual = whole_files._hold
    taken: list[Path] = []

    def taken_first(file):
        if not taken:
            taken.append(Path(file.name))
            taken[0].unlink()
        return usual(file)

    monkeypatch.setattr(whole_files, "_hold", taken_first)
    with whole_file(tmp_path / "head.npz") as file:
        assert Path(file.name).exists() and Path(file.name) != taken[0]
    assert contents(tmp_path) == {"head.npz": b""}


@pytest.mark.skipif(os.name != "posix", reason="a user is told by a number")
def test_a_protected_file_or_folder_is_not_written_to(tmp_path):
    """By a user who may not; to root nothing is protected, so root becomes nobody for it."""
    folder, file = tmp_path / "folder", tmp_path / "open" / "head.npz"
    for each in (folder, file.parent):
        each.mkdir()
    file.write_bytes(OLD)
    folder.chmod(0o555)
    file.parent.chmod(0o777)
    file.chmod(0o444)
    root = os.geteuid() == 0
    ways = [tmp_path, *tmp_path.parents]
    modes = {each: each.stat().st_mode for each in ways if root and not each.stat().st_mode & 1}
    for each in modes:
        each.chmod(0o755)
    try:
        if root:
            os.seteuid(65534)
        for path in (folder / "head.npz", file):
            with pytest.raises(WriteError, match=r"cannot be written \(Permission denied\); allow it"):
                check_writable(path)
            with pytest.raises(WriteError, match=r"cannot be written \(Permission denied\); allow it"):
                write_whole(path, b"new")
    finally:
        if root:
            os.seteuid(0)
        for each, mode in modes.items():
            each.chmod(mode)
        folder.chmod(0o755)
    assert contents(tmp_path) == {"open/head.npz": OLD}


def test_permissions_are_those_of_the_file_that_was_there(tmp_path):
    for mode in (0o600, 0o664):
        (tmp_path / "head.npz").touch()
        (tmp_path / "head.npz").chmod(mode)
        write_whole(tmp_path / "head.npz", b"new")
        assert (tmp_path / "head.npz").stat().st_mode & 0o777 == mode


def test_a_link_to_another_disk_is_written_through(tmp_path, monkeypatch):
    """For sets too, whose files lie on the disk that was asked for until they are moved."""
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "scene.gltf").write_bytes(OLD)
    (tmp_path / SET[0]).symlink_to(tmp_path / "far" / "scene.gltf")
    usual = Path.replace

    def within_a_folder(self: Path, target: Path) -> Path:
        if "far" in target.parts and "far" not in self.parts:
            raise OSError(18, "Invalid cross-device link")
        return usual(self, target)

    monkeypatch.setattr(Path, "replace", within_a_folder)
    put_set(tmp_path, b"new")
    assert (tmp_path / SET[0]).is_symlink() and (tmp_path / "far" / "scene.gltf").read_bytes() == b"new"
    assert (tmp_path / SET[1]).read_bytes() == b"new" and not parts_in(tmp_path)
