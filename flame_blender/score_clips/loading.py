"""load_scores: a clip of ARKit scores out of a file, told by what is in it."""

from __future__ import annotations

from pathlib import Path

from ..errors import ModelError, SequenceError
from ..files.archive import FilePath, open_file
from ..files.file_budget import budget_of, spend
from ..files.json_text import BYTE_ORDER_MARK, parse_json_or_lines
from .frames_json import read_frames
from .score_clip import ScoreClip
from .tables import HEADER_WITHIN, MAX_LINES, is_table, read_table
from .turns import AUTO

START = 1 << 16  # bytes that tell what a file is
MAX_BYTES = 1 << 28  # two hours of Live Link Face's rows


def load_scores(path: FilePath, fps: float | None = None, angles: str = AUTO) -> ScoreClip:
    """Read a clip of ARKit scores: Live Link Face's CSV, any table with such names, or JSON.

    Parameters
    ----------
    path : str or Path
        The file.
    fps : float or None, frames per second, default None
        Rows a second, in place of what the file tells.
    angles : str, default "AUTO"
        Of yaw, pitch and roll: "RADIANS", "DEGREES", or by whether radians could be so large.

    Returns
    -------
    ScoreClip
        Its scores, times and rotations.

    Raises
    ------
    SequenceError
        The file cannot be read, or holds no scores.
    """
    path = Path(path)
    if fps is not None and not 0 < fps <= 1000:
        raise SequenceError(f"fps: expected a number above 0 and up to 1000, found {fps:g}.")
    try:
        with budget_of(path):
            raw = _read(path)
            if _is_json(raw):
                return read_frames(parse_json_or_lines(raw, str(path)), str(path), fps, angles)
            return read_table(_text(raw, path), str(path), fps, angles)
    except ModelError as error:
        raise SequenceError(str(error)) from error
    except MemoryError as error:
        raise SequenceError(f"{path}: expected a clip that fits in memory, but there is not enough of it.") from error


def holds_scores(path: FilePath) -> bool:
    """Whether a file is one that :func:`load_scores` reads, by its beginning: a table's names, or those in JSON."""
    try:
        with open_file(path) as file:
            raw = file.read(START)
    except ModelError:
        return False
    text = raw.decode("utf-8", "replace")
    if not _is_json(raw):
        return is_table(text.splitlines()[:HEADER_WITHIN])
    return '"jawOpen"' in text or '"JawOpen"' in text


def _read(path: Path) -> bytes:
    with open_file(path) as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise SequenceError(f"{path}: expected at most {MAX_BYTES} bytes, found more; cut the clip.")
    return raw


def _is_json(raw: bytes) -> bool:
    return raw[:START].removeprefix(BYTE_ORDER_MARK).lstrip()[:1] in (b"{", b"[")


def _text(raw: bytes, path: Path) -> str:
    count = raw.count(b"\n")
    if count > MAX_LINES:  # before there is a text of them
        raise SequenceError(f"{path}: expected at most {MAX_LINES} lines, found {count}; cut the clip.")
    spend(n_bytes=6 * len(raw))  # the text, its lines, and the cells of one
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise SequenceError(
            f"{path}: expected a table as text, or JSON, found other bytes; choose another file."
        ) from error
