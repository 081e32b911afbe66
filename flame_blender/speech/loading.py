"""load_speech: a timeline of mouth shapes out of a file, told by what is in it."""

from __future__ import annotations

from pathlib import Path

from ..errors import ModelError, SequenceError
from ..files.archive import FilePath, open_file
from ..files.file_budget import budget_of, spend
from ..files.json_text import BYTE_ORDER_MARK, parse_json_or_lines
from ..files.text_lines import lines_of
from .cue_files import is_switch_file, is_tab_file, read_json, read_switches, read_tab, read_xml
from .text_grid import is_text_grid, read_text_grid
from .timeline import Timeline

MAX_BYTES = 1 << 25
MAX_LINES = 500_000  # of a text with a mouth shape in each: four hours of speech have a fifth of it
START = 4096  # bytes that tell what a file is
EXPECTED = "mouth shapes over time, such as Rhubarb's, a switch file or a TextGrid"


def load_speech(path: FilePath, fps: float | None = None) -> Timeline:
    """Read the mouth shapes of speech: Rhubarb's .tsv, .xml and .json, switch files, visemes as JSON, TextGrids.

    Parameters
    ----------
    path : str or Path
        The file.
    fps : float or None, frames per second, default None
        Of a switch file, which counts frames; None is 24.

    Returns
    -------
    Timeline
        The visemes and when they are shown.

    Raises
    ------
    SequenceError
        The file cannot be read, or holds no mouth shapes.
    """
    path = Path(path)
    if fps is not None and not 0 < fps <= 1000:
        raise SequenceError(f"fps: expected a number above 0 and up to 1000, found {fps:g}.")
    try:
        with budget_of(path):
            return _read(path, fps)
    except ModelError as error:
        raise SequenceError(str(error)) from error


def holds_speech(path: FilePath) -> bool:
    """Whether a file is one that :func:`load_speech` reads, by its beginning."""
    try:
        with open_file(path) as file:
            raw = file.read(START)
    except ModelError:
        return False
    lines = raw.decode("utf-8", "replace").splitlines()
    in_json = any(key in raw for key in (b'"mouthCues"', b'"viseme_id"', b'"visemeId"', b'"viseme"'))
    return (
        in_json or b"<rhubarbResult" in raw or is_switch_file(lines) or is_tab_file(lines) or is_text_grid(_text(raw))
    )


def _read(path: Path, fps: float | None) -> Timeline:
    with open_file(path) as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise SequenceError(f"{path}: expected at most {MAX_BYTES} bytes of mouth shapes, found more.")
    source, start = str(path), raw.removeprefix(BYTE_ORDER_MARK).lstrip()[:1]
    if start == b"<":
        return read_xml(raw, source)
    if start in (b"{", b"["):
        return read_json(parse_json_or_lines(raw, source), source)
    spend(n_bytes=6 * len(raw))
    text = _text(raw)
    if is_text_grid(text):
        return read_text_grid(text, source)
    lines = lines_of(text, source, MAX_LINES)
    if is_switch_file(lines):
        return read_switches(lines, source, fps)
    if is_tab_file(lines):
        return read_tab(lines, source)
    raise SequenceError(f"{path}: expected {EXPECTED}, found another text; choose another file.")


def _text(raw: bytes) -> str:
    """Praat writes UTF-16 where it must."""
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    return raw.decode("utf-16" if wide else "utf-8-sig", "replace")
