"""JSON of scores: MediaPipe's face landmarker, LAM and its kin, Audio2Face, NeuroSync, and what is built like them.

A list of frames under one of FRAMES, or the whole file. A frame is a list of numbers, whose names stand once in the
file under one of NAMES, or are Live Link Face's in its order where there are none; or a dict of scores by name; or a
list of categories, each with a name and a score, as MediaPipe gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..errors import SequenceError
from ..files.raw_arrays import shortened
from ..flame.controls import ARKIT_NAMES, IGNORED
from ..model_controls.score_files import LIVE_LINK_ORDER, TURNS
from ..model_controls.spelled_names import arkit_name, matched
from . import row_times, turns
from .score_clip import TURNING, ScoreClip

FRAMES = ("frames", "weightMat", "blendshapes", "blendShapes", "faceBlendshapes", "face_blendshapes", "results", "data")
NAMES = ("names", "facsNames", "blendshape_names", "blendShapeNames", "blendshapeNames")
RATES = ("fps", "exportFps", "frame_rate", "frameRate")
METADATA = "metadata"
SCORES = (
    "weights", "blendshapes", "blendShapes", "faceBlendshapes", "face_blendshapes", "scores", "categories",
)  # fmt: skip
CATEGORY_NAMES, CATEGORY_SCORES = ("categoryName", "category_name", "name"), ("score", "value", "weight")
MATRICES = (
    "facialTransformationMatrixes", "facial_transformation_matrixes", "facialTransformationMatrix", "headMatrix",
    "head_matrix", "matrix",
)  # fmt: skip
Numbers = list[float]
Row = dict[str, float]


def read_frames(value: object, source: str, fps: float | None, unit: str) -> ScoreClip:
    """The clip that a JSON file's value tells. Raises SequenceError naming ``source`` and the frame."""
    whole = value if isinstance(value, Mapping) else {}
    about: Any = whole.get(METADATA)
    about = about if isinstance(about, Mapping) else {}
    frames, names = _frames(value), _names(whole) or _names(about)
    rows: list[Row] = []
    kept: list[object] = []
    for number, frame in enumerate(frames):
        row = _row(frame, names, f"{source}: frame {number + 1}")
        if row:
            rows.append(row)
            kept.append(frame)
    found = matched(dict.fromkeys(name for row in rows for name in row))
    if not found:
        raise SequenceError(
            f"{source}: expected frames of scores by ARKit's names, such as jawOpen, found none; choose another file."
        )
    told = (f"{len(frames) - len(rows)} frames without a face are bridged.",) if len(rows) < len(frames) else ()
    rate = next((each[key] for each in (whole, about) for key in RATES if _is_number(each.get(key))), None)
    times, assumed = _times(kept, _indices(frames, kept), source, fps, rate)
    keep = row_times.rising(times, source)
    clip = ScoreClip(
        source=_kind(whole, kept),
        names=tuple(dict.fromkeys(found.values())),
        scores=_scores(rows, found)[keep],
        times=times[keep] - times[keep][0],
        left_out=tuple(
            dict.fromkeys(name for row in rows for name in row if name not in found and name not in (IGNORED, *TURNS))
        ),
        notes=(*told, *assumed),
    )
    return _with_turns(clip, rows, kept, keep, source, unit)


def _frames(value: object) -> list[Any]:
    if isinstance(value, Mapping):
        lists = [value[key] for key in FRAMES if isinstance(value.get(key), list)]
        return lists[0] if lists else [value]
    return value if isinstance(value, list) else []


def _names(value: Mapping[str, Any]) -> list[str]:
    for key in NAMES:
        names = value.get(key)
        if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
            return names
    return []


def _row(frame: object, names: list[str], source: str) -> Row:
    """The scores of one frame by the file's names; none where there is no face. Raises SequenceError."""
    if isinstance(frame, Mapping):
        inner = next((frame[key] for key in SCORES if isinstance(frame.get(key), list | Mapping)), None)
        if inner is not None:
            return _row(inner, names, source)
        return {key: _number(score, key, source) for key, score in frame.items() if arkit_name(key) or key in TURNS}
    if not isinstance(frame, list) or not frame:
        return {}
    if all(isinstance(each, Mapping) for each in frame):
        categories = [pair for each in frame if (pair := _category(each, source))]
        return dict(categories) if categories else _row(frame[0], names, source)
    if isinstance(frame[0], list):  # of several faces the first
        return _row(frame[0], names, source)
    order = names or [*LIVE_LINK_ORDER, *TURNS]
    if len(frame) != len(order) and (names or len(frame) < len(LIVE_LINK_ORDER)):
        raise SequenceError(f"{source}: expected {len(order)} scores, a name for each, found {len(frame)}.")
    return {name: _number(score, name, source) for name, score in zip(order, frame, strict=False)}


def _category(value: Mapping[str, Any], source: str) -> tuple[str, float] | None:
    name = next((value[key] for key in CATEGORY_NAMES if isinstance(value.get(key), str)), None)
    score = next((value[key] for key in CATEGORY_SCORES if key in value), None)
    return None if name is None or score is None else (name, _number(score, name, source))


def _number(value: object, name: str, source: str) -> float:
    if not _is_number(value) or not np.isfinite(float(value)):  # type: ignore[arg-type]  # a number
        raise SequenceError(
            f"{source}: expected a finite number for {shortened(name, 40)}, found {shortened(value, 40)}."
        )
    return float(value)  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scores(rows: list[Row], found: Mapping[str, str]) -> np.ndarray:
    """(N, C) float64, names in the order of ``found``; of a left and a right that ARKit has one of, their mean."""
    columns: dict[str, list[np.ndarray]] = {}
    for written, name in found.items():
        columns.setdefault(name, []).append(np.array([row.get(written, 0.0) for row in rows]))
    return np.stack([np.mean(each, 0) for each in columns.values()], 1)


def _indices(frames: list[object], kept: list[object]) -> np.ndarray:
    """(N,) which of the frames the kept ones are."""
    places = {id(frame): index for index, frame in enumerate(frames)}
    return np.array([places[id(frame)] for frame in kept])


def _times(
    frames: list[object], indices: np.ndarray, source: str, fps: float | None, rate: float | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Seconds (N,) of the frames, and what was assumed."""
    if fps is not None:
        return indices / fps, ()
    first = frames[0] if isinstance(frames[0], Mapping) else {}
    kinds = [(key, kind) for key in first if _is_number(first[key]) and (kind := row_times.kind_of(key))]
    kinds = [each for each in kinds if each[1] != "frame"]
    if kinds:
        key, kind = kinds[0]
        stamps = [_number(dict(_items(frame)).get(key), key, f"{source}: a frame") for frame in frames]
        times, unit = row_times.from_stamps(np.array(stamps), kind)
        return times, () if unit == "seconds" else (f"Times are taken for {unit}.",)
    if rate is not None and rate > 0:
        return indices / rate, ()
    return indices / row_times.USUAL_FPS, (
        f"{row_times.USUAL_FPS:g} frames a second are assumed: the file tells no times.",
    )


def _items(frame: object) -> Iterator[tuple[str, Any]]:
    yield from frame.items() if isinstance(frame, Mapping) else ()


def _with_turns(
    clip: ScoreClip, rows: list[Row], frames: list[object], keep: np.ndarray, source: str, unit: str
) -> ScoreClip:
    """The clip with rotations, by matrices of the head or by Live Link's columns, where every frame has them."""
    matrices = [_matrix(frame) for frame in frames]
    if all(each is not None for each in matrices):
        return clip.with_turns(head=turns.from_matrices(np.array(matrices)[keep], source))
    given = {}
    for part, at in zip(TURNING, range(0, len(TURNS), 3), strict=True):
        names = TURNS[at : at + 3]
        if all(name in row for row in rows for name in names):
            angles = np.array([[row[name] for name in names] for row in rows])[keep]
            given[part] = turns.from_yaw_pitch_roll(angles, unit)
    return clip.with_turns(**given)


def _matrix(frame: object) -> np.ndarray | None:
    """(4, 4) float64 of a frame's first face, if it has one."""
    value: Any = next((item for key, item in _items(frame) if key in MATRICES), None)
    for _ in range(3):  # in a list of faces, in a dict with the data
        if isinstance(value, Mapping):
            value = value.get("data")
        elif isinstance(value, list) and len(value) and (isinstance(value[0], Mapping) or len(value) == 1):
            value = value[0]
    flat = np.ravel(value) if isinstance(value, list) and _all_numbers(value) else np.zeros(0)
    return flat.reshape(4, 4).astype(np.float64) if flat.size == 16 else None


def _all_numbers(value: list) -> bool:
    if len(value) == 4 and all(isinstance(row, list) and len(row) == 4 for row in value):
        value = [each for row in value for each in row]
    return len(value) == 16 and all(_is_number(each) for each in value)


def _kind(whole: Mapping[str, Any], frames: list[object]) -> str:
    if "weightMat" in whole:
        return "Audio2Face's scores"
    if any(key in dict(_items(frames[0])) for key in ("faceBlendshapes", "face_blendshapes")):
        return "MediaPipe's scores"
    return f"scores of {len(ARKIT_NAMES)} names"
