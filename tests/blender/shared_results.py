"""What takes many seconds to compute, computed by one suite of a run for all of them.

The newest Blender always computes; the others take what lies in ``out/computed`` for the same code and the same model,
and compute it where nothing does. Whoever computes holds a lock, so that none computes beside it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flame_blender.files.whole_files import write_whole

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "out" / "computed"
SOURCES = ("flame_blender/**/*.py", "flame_blender/assets/builtin_head*", "tests/flame/*.py")


def shared(name: str, compute: Callable[[], dict[str, bytes]], *, anew: bool) -> dict[str, bytes]:
    """Files by their names: what another suite has computed as ``name``; else, or ``anew``, what ``compute`` does."""
    path = FOLDER / f"{hashlib.sha256(f'{_sources()} {name}'.encode()).hexdigest()}.zip"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _locked(path.with_suffix(".lock")):
        if path.exists() and not anew:
            with zipfile.ZipFile(path) as kept:
                return {each: kept.read(each) for each in kept.namelist()}
        files = compute()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as kept:
            for each, content in files.items():
                kept.writestr(each, content)
        write_whole(path, packed.getvalue())
        return files


@cache
def _sources() -> str:
    """Tells the code and the data apart from any other."""
    told = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            told.update(path.relative_to(ROOT).as_posix().encode() + hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Alone; on Windows, where suites run one after the other, without a lock."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
