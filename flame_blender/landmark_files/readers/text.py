"""Landmarks as text: iBUG's .pts, tables of numbers with commas, tabs or spaces, the .csv that this add-on exports."""

from __future__ import annotations

import csv
import re

import numpy as np

from ...errors import LandmarkError
from ...files.file_budget import BYTES_PER_TEXT, spend
from ...files.raw_arrays import shortened
from .raw_points import MAX_POINTS, RawPoints, checked_array
from .values import FLAT_SHAPES, exported_notes

_PTS = re.compile(r"\s*version\s*:\s*\d+\s+n_points\s*:\s*(\d{1,5})\s*\{([^{}]*)\}", re.IGNORECASE)
PTS_START = re.compile(r"\s*version\s*:", re.IGNORECASE)
EXPORT_COLUMNS = ("frame", "name", "world_x", "world_y", "world_z", "pixel_x", "pixel_y", "visible")
MAX_LINES = 1_000_000
MAX_LINE = 1 << 17  # letters; MediaPipe's 478 points in a row have some twenty thousand
UNSEEN = ("nan", "none", "null", "")


def read_text(text: str, source: str, dimensions: int | None) -> RawPoints:
    """The landmarks of one face in a text; ``dimensions`` chooses where both kinds are there."""
    if PTS_START.match(text):
        return _read_pts(text, source)
    lines = [line for line in (line.partition("#")[0].strip() for line in _lines(text, source)) if line]
    if not lines:
        raise LandmarkError(f"{source}: expected a row of numbers for each point, found an empty text.")
    if tuple(cell.strip().lower() for cell in lines[0].split(",")) == EXPORT_COLUMNS:
        return _read_export(lines, source, dimensions)
    return _read_table(lines, source)


def _lines(text: str, source: str) -> list[str]:
    """The lines of a text, few and short enough to be points."""
    count = text.count("\n") + text.count("\r")
    if count > MAX_LINES:
        raise LandmarkError(f"{source}: expected at most {MAX_LINES} lines, found {count}.")
    lines = text.splitlines()
    longest = max(map(len, lines), default=0)
    if longest > MAX_LINE:
        raise LandmarkError(f"{source}: expected lines of at most {MAX_LINE} letters, found one of {longest}.")
    return lines


def _read_pts(text: str, source: str) -> RawPoints:
    """300-W's files, made with MATLAB, whose first pixel has its centre at (1, 1); here that is (0.5, 0.5)."""
    header = _PTS.match(text)
    if header is None:
        raise LandmarkError(f"{source}: expected version, n_points and a list in braces, found damage; copy it again.")
    lines = [line for line in _lines(header[2], source) if line.strip()]
    _check_rows(lines, source)
    rows = [line.replace(",", " ").split() for line in lines]
    points = checked_array([[_number(word, source) for word in row] for row in rows], source)
    if len(points) != int(header[1]):
        raise LandmarkError(f"{source}: expected {header[1]} points as n_points says, found {len(points)}.")
    if points.shape[1] == 3:
        return RawPoints(points, "iBUG's .pts")
    notes = ("Pixels are taken to count from 1, as 300-W's do: the first one's centre is (1, 1).",)
    return RawPoints(points - 0.5, "iBUG's .pts", weights=_seen(points), notes=notes)


def _read_table(lines: list[str], source: str) -> RawPoints:
    """Two or three numbers a row; a heading, a column of names and one that counts the rows are taken off."""
    _check_rows(lines, source)
    rows = [_cells(line) for line in lines]
    if len(rows) > 1 and not any(_is_number(cell) for cell in rows[0]):
        rows = rows[1:]
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise LandmarkError(f"{source}: expected as many numbers in every row, found {width} and others.")
    names: tuple[str, ...] = ()
    if width in (3, 4) and not any(_is_number(row[0]) for row in rows):
        names, rows = tuple(row[0][:80] for row in rows), [row[1:] for row in rows]
    numbers = np.array([[_number(cell, source) for cell in row] for row in rows])
    if len(numbers) == 1 and numbers.size in FLAT_SHAPES:
        numbers = numbers.reshape(FLAT_SHAPES[numbers.size])
    elif width in (3, 4) and not names and len(numbers) > 3 and _counts(numbers[:, 0]):
        numbers = numbers[:, 1:]
    points = checked_array(numbers, source)
    return RawPoints(points, "a table of points", names=names)


def _read_export(lines: list[str], source: str, dimensions: int | None) -> RawPoints:
    frames: dict[str, None] = {}
    first: list[list[str]] = []
    try:
        for row in csv.reader(lines[1:]):
            if len(row) != len(EXPORT_COLUMNS):
                raise LandmarkError(f"{source}: expected {len(EXPORT_COLUMNS)} columns in every row, found {len(row)}.")
            frames[row[0]] = None
            if len(frames) == 1 and len(first) <= MAX_POINTS:
                first.append(row)
    except csv.Error as error:
        reason = shortened(str(error)).strip("'")
        raise LandmarkError(
            f"{source}: expected a table as this add-on exports it, found damage ({reason})."
        ) from error
    if not first:
        raise LandmarkError(f"{source}: expected a row for each landmark, found none.")
    flat = dimensions == 2
    values = [[_number(cell, source) for cell in row[2:]] for row in first]
    points = checked_array([row[3:5] if flat else row[:3] for row in values], source)
    notes = exported_notes(flat) + ((f"The first of {len(frames)} frames is used.",) if len(frames) > 1 else ())
    weights = np.array([row[5] > 0 for row in values], np.float64) if flat else None
    names = tuple(row[1] for row in first)
    return RawPoints(points, "landmarks exported by this add-on", weights=weights, names=names, notes=notes)


def _check_rows(lines: list[str], source: str) -> None:
    if len(lines) > MAX_POINTS + 1:  # a heading
        raise LandmarkError(f"{source}: expected at most {MAX_POINTS} rows, found {len(lines)}.")
    spend(n_bytes=BYTES_PER_TEXT * sum(map(len, lines)) // 2)  # a cell has a letter and a mark beside it


def _cells(line: str) -> list[str]:
    separator = next((mark for mark in ("\t", ",", ";") if mark in line), None)
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell.lower() in UNSEEN
    return True


def _number(cell: str, source: str) -> float:
    try:
        return np.nan if cell.lower() in UNSEEN else float(cell)
    except ValueError as error:
        raise LandmarkError(f"{source}: expected numbers, found {shortened(cell)}.") from error


def _counts(column: np.ndarray) -> bool:
    """Whether it numbers the rows from 0 or 1."""
    return bool(np.isin(column[0], (0, 1)) and (np.diff(column) == 1).all())


def _seen(points: np.ndarray) -> np.ndarray:
    """0 for (0, 0) and (-1, -1), which annotators write for what cannot be seen."""
    return (~((points == 0).all(1) | (points == -1).all(1))).astype(np.float64)
