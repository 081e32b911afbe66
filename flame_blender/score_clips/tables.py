"""Tables of scores: Live Link Face's CSV, and any other with ARKit's names in its first row.

Live Link Face's has ``Timecode``, ``BlendShapeCount``, the 52 scores and yaw, pitch and roll of head and eyes. A row of
it in which the face was lost has a count of 0 and no scores.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SequenceError
from ..files.file_budget import spend
from ..files.raw_arrays import shortened
from ..files.text_lines import lines_of
from ..flame.controls import IGNORED
from ..model_controls.spelled_names import matched
from . import row_times, turns
from .score_clip import ScoreClip

SEPARATORS = (",", ";", "\t")
HEADER_WITHIN = 20  # lines
MAX_LINES = 2_000_000  # nine hours at 60 rows a second
LOOK_EVERY = 1000  # rows between two looks at what the file may cost
TIME_CODE, COUNT = "timecode", "blendshapecount"
PARTS = {"head": "Head", "left_eye": "LeftEye", "right_eye": "RightEye"}
ANGLES = ("Yaw", "Pitch", "Roll")
BYTES_PER_CELL = 16  # of a number, twice


@dataclass(frozen=True)
class Columns:
    """Where in a row what stands: ``scores`` by ARKit's names, ``angles`` three for each thing that turns."""

    scores: dict[str, list[int]]
    angles: dict[str, list[int]]
    time_code: int | None
    time: tuple[int, str] | None
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """Numbers (N, K) of the columns used, time codes, which of the table's rows (N,) they are; how many are lost."""

    numbers: np.ndarray
    codes: list[str]
    places: np.ndarray
    lost: int


def is_table(lines: Sequence[str]) -> bool:
    """Whether one of a file's first lines names scores of ARKit's in columns."""
    return _header(lines) is not None


def read_table(text: str, source: str, fps: float | None, unit: str) -> ScoreClip:
    """The clip that a table tells. Raises SequenceError naming ``source``, the row and the column."""
    lines = lines_of(text, source, MAX_LINES)
    header = _header(lines[:HEADER_WITHIN])
    if header is None:
        raise SequenceError(f"{source}: expected ARKit's names, such as jawOpen, in its first row, found none.")
    number, separator = header
    columns = _columns(_cells(lines[number], separator))
    rows = _rows(lines[number + 1 :], separator, columns, source, number + 2)
    if not len(rows.numbers):
        raise SequenceError(f"{source}: expected a row for each frame, found none with a face in it.")
    notes = (f"{rows.lost} rows without a face are bridged.",) if rows.lost else ()
    times, told = _times(rows, columns, source, fps)
    kept = row_times.rising(times, source)
    return _clip(rows.numbers[kept], times[kept] - times[kept][0], columns, unit, (*notes, *told))


def _clip(numbers: np.ndarray, times: np.ndarray, columns: Columns, unit: str, notes: tuple[str, ...]) -> ScoreClip:
    scores = np.stack([numbers[:, _places(columns, name)].mean(1) for name in columns.scores], 1)
    order = [*columns.angles]
    angles = {name: numbers[:, _angle_places(columns, name)] for name in order}
    if unit == turns.AUTO and any(turns.are_degrees(each) for each in angles.values()):
        unit, notes = turns.DEGREES, (*notes, "Rotations are taken for degrees.")
    live_link = columns.time_code is not None
    clip = ScoreClip(
        source="Live Link Face's scores" if live_link else "a table of scores",
        names=tuple(columns.scores),
        scores=scores,
        times=times,
        left_out=columns.left_out,
        notes=notes,
    )
    return clip.with_turns(**{name: turns.from_yaw_pitch_roll(each, unit) for name, each in angles.items()})


def _header(lines: Iterable[str]) -> tuple[int, str] | None:
    """Number and separator of the line that names scores, if one does."""
    for number, line in enumerate(lines):
        for separator in SEPARATORS:
            cells = _cells(line, separator)
            if len(cells) > 1 and matched(cells):
                return number, separator
    return None


def _cells(line: str, separator: str) -> list[str]:
    """The cells of a line; none where it is too long for one."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []


def _columns(names: list[str]) -> Columns:
    place: dict[str, int] = {}
    for index, name in enumerate(names):
        place.setdefault(name, index)
    found = matched(place)
    scores: dict[str, list[int]] = {}
    for written, name in found.items():
        scores.setdefault(name, []).append(place[written])
    angles = {
        part: [place[f"{prefix}{angle}"] for angle in ANGLES]
        for part, prefix in PARTS.items()
        if all(f"{prefix}{angle}" in place for angle in ANGLES)
    }
    lower = {name.lower(): index for name, index in place.items()}
    code = lower.get(TIME_CODE)
    kinds = [(index, kind) for name, index in place.items() if index != code and (kind := row_times.kind_of(name))]
    time = min(kinds, key=lambda each: each[1] == "frame", default=None)  # seconds before numbers of frames
    taken: set[int | None] = {index for places in (*scores.values(), *angles.values()) for index in places}
    taken |= {code, time[0] if time else None, lower.get(COUNT), lower.get(IGNORED)}
    left_out = tuple(name for name, index in place.items() if index not in taken and name)
    return Columns(scores, angles, code, time, left_out)


def _used(columns: Columns) -> list[int]:
    """The columns that numbers are read of, in the order in which :func:`_rows` gives them."""
    every = [*columns.scores.values(), *columns.angles.values()]
    return [index for places in every for index in places] + ([columns.time[0]] if columns.time else [])


def _places(columns: Columns, name: str) -> list[int]:
    return [_used(columns).index(index) for index in columns.scores[name]]


def _angle_places(columns: Columns, part: str) -> list[int]:
    return [_used(columns).index(index) for index in columns.angles[part]]


def _rows(lines: list[str], separator: str, columns: Columns, source: str, first: int) -> Rows:
    """The rows that have a face. Raises SequenceError naming the row for what is no number."""
    used = _used(columns)
    numbers, places, codes = array("d"), array("q"), list[str]()
    place = -1
    for row, line in enumerate(lines, first):
        if not line.strip():
            continue
        place += 1
        if not place % LOOK_EVERY:
            spend(n_bytes=BYTES_PER_CELL * len(used) * LOOK_EVERY)
        cells = _cells(line, separator)
        cells += [""] * (max(used) + 1 - len(cells))
        if not any(cells[index] for index in used[: len(columns.scores)]):
            continue
        numbers.extend([_number(cells[index], source, row) for index in used])
        if columns.time_code is not None:
            codes.append(cells[columns.time_code])
        places.append(place)
    found = np.array(numbers).reshape(len(places), len(used))
    return Rows(found, codes, np.array(places), place + 1 - len(places))


def _number(cell: str, source: str, row: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise SequenceError(f"{source}: expected finite numbers in row {row}, found {shortened(cell, 40)}.")
    return value


def _times(rows: Rows, columns: Columns, source: str, fps: float | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Seconds (N,) from the first row, and what was assumed."""
    if fps is not None:
        return rows.places / fps, ()
    if columns.time_code is not None:
        return row_times.from_codes(rows.codes, source), ()
    if columns.time is None or columns.time[1] == "frame":
        frames = rows.places if columns.time is None else rows.numbers[:, -1]
        assumed = f"{row_times.USUAL_FPS:g} frames a second are assumed: the file tells no times."
        return (frames - frames[0]) / row_times.USUAL_FPS, (assumed,)
    times, unit = row_times.from_stamps(rows.numbers[:, -1], columns.time[1])
    return times, () if unit == "seconds" else (f"Times are taken for {unit}.",)
