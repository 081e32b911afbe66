"""load_landmark_points: the landmarks of one face out of any file that people keep them in."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import LandmarkError, ModelError
from ..files.archive import FilePath, container, open_file, read_any
from ..files.file_budget import within_budget
from ..files.json_text import parse_json
from ..files.mat_file import MAT_START
from ..model_files.recognise import recognise
from .layouts import LAYOUT_OF_COUNT, MEDIAPIPE_MESHES, UNKNOWN, LandmarkFile
from .readers.mat_points import read_mat
from .readers.raw_points import RawPoints
from .readers.text import read_text
from .readers.values import read_value
from .readers.xml_file import read_xml

MAX_TEXT_BYTES = 1 << 24
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
JSON_START, XML_START = re.compile(r"\s*[\[{]"), re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
# Shares of a picture lie in 0 to 1, a little outside it for a face at its edge; no face is two pixels wide.
LOWEST_SHARE, HIGHEST_SHARE = -0.5, 1.5
LARGEST = 1e9  # of a coordinate, in any unit
PICTURE_AXES = "The third numbers are taken for depth along the view, x to the right and y down."


@within_budget
def load_landmark_points(path: FilePath, dimensions: int | None = None) -> LandmarkFile:
    """Read the landmarks of one face; nothing in the file is run.

    The kind of file is told by its content: iBUG's .pts, tables as text, .npy, .npz and pickles of arrays
    (face-alignment, TF_FLAME), JSON (MediaPipe, OpenPose, dlib, menpo's LJSON, lists of points), 300W-LP's .mat, dlib's
    XML, MeshLab's picked points, and what this add-on exports; of several faces or frames the first. ``dimensions`` is
    2 for points in a picture or 3 for points in space, where only these are of use: it chooses where a file has both,
    takes the depth off the points of a picture, and refuses points without depth; None takes what is there. Raises
    LandmarkError in one sentence naming the file, what was expected and found.
    """
    path = Path(path)
    try:
        raw = _read(path, dimensions)
    except ModelError as error:
        raise LandmarkError(str(error)) from error
    except (MemoryError, RecursionError) as error:
        raise LandmarkError(f"{path}: expected the landmarks of one face, found far more than that.") from error
    return _with_dimensions(_checked(raw, path), dimensions)


def _read(path: Path, dimensions: int | None) -> RawPoints:
    source = str(path)
    if container(path) is not None:
        return read_value(_unwrapped(read_any(path)), source, dimensions)
    with open_file(path) as file:
        raw = file.read(MAX_TEXT_BYTES + 1)
    if raw.startswith(MAT_START):
        return read_mat(path, dimensions)
    recognised = recognise(path)
    if recognised is not None:
        raise LandmarkError(f"{path}: expected landmarks, found {recognised.description}; choose another file.")
    if len(raw) > MAX_TEXT_BYTES:
        raise LandmarkError(f"{path}: expected at most {MAX_TEXT_BYTES} bytes of landmarks, found more.")
    if XML_START.match(raw):
        return read_xml(raw, source)
    try:
        text = raw.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise LandmarkError(
            f"{path}: expected landmarks, found a file of another kind; choose another file."
        ) from error
    if not JSON_START.match(text):
        return read_text(text, source, dimensions)
    return read_value(parse_json(raw, source), source, dimensions)


def _unwrapped(value: object) -> object:
    """An object array of one item is the item."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.size == 1:
        return value.reshape(1)[0]
    return value


def _checked(raw: RawPoints, path: Path) -> LandmarkFile:
    """With weights, layout and what was assumed; points that were not seen are NaN of weight 0."""
    source = f"{path} ({raw.kind})"
    weights = np.ones(len(raw.points)) if raw.weights is None else np.array(raw.weights, np.float64)
    absent = ~np.isfinite(raw.points).all(1) | (raw.points[:, :2] == -1).all(1) | ~np.isfinite(weights)
    weights = np.where(absent, 0, weights)
    points = np.where((weights > 0)[:, None], raw.points, np.nan)
    if not weights.any():
        raise LandmarkError(f"{source}: expected points that were seen, found none.")
    if np.nanmax(np.abs(points)) > LARGEST:
        raise LandmarkError(f"{source}: expected coordinates up to {LARGEST:g}, found {np.nanmax(np.abs(points)):g}.")
    layout = raw.layout or LAYOUT_OF_COUNT.get(len(points), UNKNOWN)
    normalised = _normalised(points[weights > 0], layout)
    notes = (*raw.notes, "x and y are taken for shares of the picture's width and height.") if normalised else raw.notes
    for array in (points, weights):
        array.setflags(write=False)
    return LandmarkFile(points, weights, layout, raw.image_size, raw.names, normalised, source, notes)


def _normalised(points: np.ndarray, layout: str) -> bool:
    """Whether x and y are shares of the picture. Of points in space only MediaPipe's are."""
    flat = points[:, :2]
    inside = bool((flat >= LOWEST_SHARE).all() and (flat <= HIGHEST_SHARE).all())
    if points.shape[1] == 2:
        return inside
    of_mesh = layout in [LAYOUT_OF_COUNT[count] for count in MEDIAPIPE_MESHES]
    return inside and of_mesh and bool((np.median(flat, axis=0) > 0).all())


def _with_dimensions(file: LandmarkFile, dimensions: int | None) -> LandmarkFile:
    if dimensions == 3 and (file.dimensions == 2 or file.normalised):
        raise LandmarkError(f"{file.source}: expected points in space, x, y and z, found points of a picture.")
    if dimensions == 2 and file.dimensions == 3:
        points = np.ascontiguousarray(file.points[:, :2])
        points.setflags(write=False)
        notes = file.notes if file.normalised else (*file.notes, PICTURE_AXES)
        return replace(file, points=points, notes=notes)
    return file
