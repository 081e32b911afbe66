"""Landmarks in plain values: arrays, lists and dicts, whether they came from NumPy's files, a pickle or JSON.

face-alignment's (68, 2), (68, 3) and lists of faces; MediaPipe's {"faceLandmarks": [[{x, y, z}]]} and {"landmark": []};
OpenPose's {"people": [{"face_keypoints_2d": []}]}; dlib's parts; menpo's LJSON; what this add-on exports; any lists of
points, or of frames by number or name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...errors import LandmarkError, ModelError
from ...files.natural_order import natural_order
from ...files.raw_arrays import as_numbers, shortened
from .raw_points import MAX_POINTS, RawPoints, checked_array, number_in, numbered

MAX_DEPTH = 8
# Numbers in a row without brackets, by how many there are.
FLAT_SHAPES = {count * width: (count, width) for count in (51, 68, 468, 478) for width in (2, 3)}
OPENPOSE_POINTS = 70
OPENPOSE_KEYS = {2: ("face_keypoints_2d", "face_keypoints"), 3: ("face_keypoints_3d",)}
OF_TWO, OF_THREE = ("landmarks_2d", "lmk2d", "pixels"), ("landmarks_3d", "lmk3d")
OF_EITHER = (
    "landmarks", "landmark", "face_landmarks", "faceLandmarks", "multi_face_landmarks", "multiFaceLandmarks",
    "points", "parts", "shape", "lmks", "lmk", "keypoints", "lm",
)  # fmt: skip
HOLDERS = (list, tuple, np.ndarray, Mapping)
POINTS_HOLDERS = {"shape": Mapping}  # dlib's; FLAME's coefficients have the same name
MAX_SIDE = 1_000_000
SMALLEST_SET = 51
MAX_NAME = 80
SIZE_KEYS = (
    ("image_width", "image_height"), ("width", "height"), ("imageWidth", "imageHeight"),
    ("canvas_width", "canvas_height"),
)  # fmt: skip


def read_value(value: object, source: str, dimensions: int | None) -> RawPoints:
    """The landmarks of the first face in ``value``; ``dimensions`` chooses where both kinds are there."""
    return _Reading(source, dimensions).read(value, 0)


class _Reading:
    """One file being read: ``source`` for errors, ``dimensions`` 2, 3 or None."""

    def __init__(self, source: str, dimensions: int | None) -> None:
        self.source = source
        self.dimensions = dimensions

    def read(self, value: object, depth: int) -> RawPoints:
        if depth <= MAX_DEPTH:
            if isinstance(value, Mapping):
                return self._of_mapping(value, depth)
            if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
                return self._of_array(value)
            if isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.size:
                return self._of_list(list(value.reshape(-1)), depth)
            if isinstance(value, (list, tuple)) and value:
                return self._of_list(list(value), depth)
        raise LandmarkError(f"{self.source}: expected landmarks of a face, found {shortened(value)}.")

    def _of_array(self, array: np.ndarray) -> RawPoints:
        notes: tuple[str, ...] = ()
        while array.ndim > 2 and len(array):
            notes = (*notes, _first_of(len(array))) if len(array) > 1 else notes
            array = array[0]
        if array.ndim == 1 or (array.ndim == 2 and len(array) == 1):
            array = array.reshape(FLAT_SHAPES.get(array.size, array.shape))
        if array.ndim == 2 and array.shape[0] in (2, 3) and array.shape[1] > 3:
            array = array.T
        return RawPoints(checked_array(array, self.source), "an array of points", notes=notes)

    def _of_list(self, items: list, depth: int) -> RawPoints:
        first = items[0]
        if isinstance(first, Mapping) and _has_xy(first):
            return self._of_xy(items)
        if all(isinstance(item, (int, float)) or item is None for item in items):
            return self._of_array(self._numbers(items))
        if all(_is_point(item) for item in items):
            whole = [[np.nan] * len(item) if None in item else item for item in map(list, items)]
            return RawPoints(checked_array(whole, self.source), "a list of points")
        raw = self.read(first, depth + 1)
        return replace(raw, notes=(*raw.notes, _first_of(len(items)))) if len(items) > 1 else raw

    def _numbers(self, items: list) -> np.ndarray:
        try:
            return np.array([np.nan if item is None else item for item in items], np.float64)
        except OverflowError as error:
            raise LandmarkError(f"{self.source}: expected numbers of ordinary size, found larger ones.") from error

    def _of_xy(self, items: list) -> RawPoints:
        axes = ("x", "y", "z") if all(isinstance(item, Mapping) and "z" in item for item in items) else ("x", "y")
        if not all(isinstance(item, Mapping) and _has_xy(item) for item in items):
            raise LandmarkError(f"{self.source}: expected x and y for each point, found other things.")
        rows = [[np.nan if item[axis] is None else item[axis] for axis in axes] for item in items]
        return RawPoints(checked_array(rows, self.source), "a list of points with x and y")

    def _of_mapping(self, value: Mapping, depth: int) -> RawPoints:
        if {"names", "frames", "resolution"} <= value.keys():
            return self._of_export(value)
        if isinstance(value.get("people"), (list, tuple)):
            return self._of_openpose(value)
        if _is_ljson(value):
            return self._of_ljson(value, depth)
        if value and all(isinstance(key, (str, int)) and number_in(str(key)) is not None for key in value):
            points = all(_is_point(each) or (isinstance(each, Mapping) and _has_xy(each)) for each in value.values())
            return self._of_numbered(value, depth) if points else self._of_frames(value, depth)
        two_first = (*OF_TWO, *OF_THREE, *OF_EITHER) if self.dimensions == 2 else (*OF_THREE, *OF_TWO, *OF_EITHER)
        key = next((name for name in two_first if isinstance(value.get(name), POINTS_HOLDERS.get(name, HOLDERS))), None)
        if key is None and len(value) == 1:
            key = next(iter(value))
        if key is None and len(value) > 1 and all(_is_face(each) for each in value.values()):
            return self._of_frames(value, depth)
        if key is None:
            found = ", ".join(shortened(name) for name in list(value)[:12]) or "no keys"
            raise LandmarkError(f"{self.source}: expected landmarks of a face, found the keys {found}.")
        inner = self.read(value[key], depth + 1)
        return replace(inner, image_size=inner.image_size or _image_size(value))

    def _of_frames(self, value: Mapping, depth: int) -> RawPoints:
        """Faces by the numbers or names of their pictures: the first in natural order."""
        first = min(value, key=lambda key: natural_order(str(key)))
        raw = self.read(value[first], depth + 1)
        return replace(raw, notes=(*raw.notes, _first_of(len(value), "frames"))) if len(value) > 1 else raw

    def _of_ljson(self, value: Mapping, depth: int) -> RawPoints:
        """LJSON, menpo's, of version 1, 2 and 3: points of a picture as y, x; those in space as x, y, z."""
        groups = value.get("groups")
        notes: tuple[str, ...] = ()
        if isinstance(groups, list):  # version 1: labelled parts of one face, in their order
            marks = [mark for group in groups for mark in _listed(group, "landmarks")]
            points: object = [mark.get("point") if isinstance(mark, Mapping) else None for mark in marks]
        else:
            if isinstance(groups, Mapping) and groups:
                notes = (_first_of(len(groups), "groups"),) if len(groups) > 1 else ()
                value = next(iter(groups.values()))
            landmarks = value.get("landmarks") if isinstance(value, Mapping) else None
            points = landmarks.get("points") if isinstance(landmarks, Mapping) else None
        if not isinstance(points, list) or not points or not all(_is_point(point) for point in points):
            raise LandmarkError(f"{self.source}: expected points in menpo's LJSON, found {shortened(points)}.")
        raw = self.read(points, depth + 1)
        flat = raw.points.shape[1] == 2
        return replace(raw, points=raw.points[:, ::-1] if flat else raw.points, kind="menpo's LJSON", notes=notes)

    def _of_numbered(self, value: Mapping, depth: int) -> RawPoints:
        """Points as a dict by their numbers."""
        raw = self.read(list(value.values()), depth + 1)
        weights = np.isfinite(raw.points).all(1).astype(np.float64)
        ordered = numbered([str(key) for key in value], raw.points, weights)
        if ordered is None:
            raise LandmarkError(f"{self.source}: expected each landmark's number once, found other keys.")
        points, weights, layout, notes = ordered
        return replace(raw, points=points, weights=weights, layout=layout, notes=(*raw.notes, *notes))

    def _of_openpose(self, value: Mapping) -> RawPoints:
        keys = [key for width in ((2, 3) if self.dimensions != 3 else (3, 2)) for key in OPENPOSE_KEYS[width]]
        people = [person for person in value["people"] if isinstance(person, Mapping)]
        filled = [(person[key], key) for key in keys for person in people if _filled(person.get(key))]
        if not filled:
            raise LandmarkError(
                f"{self.source}: expected people with face_keypoints_2d, found {len(value['people'])} without; run "
                "OpenPose with --face."
            )
        numbers, key = filled[0]
        width = 3 if key in OPENPOSE_KEYS[2] else 4
        try:
            rows = as_numbers(numbers).astype(np.float64).reshape(-1, width)
        except ValueError as error:
            if isinstance(error, ModelError):
                raise
            raise LandmarkError(
                f"{self.source}: expected {width} numbers for each point of {key}, found others."
            ) from error
        weights = np.where(np.isfinite(rows).all(1), np.clip(rows[:, -1], 0, None), 0)
        count = sum(each == key for _, each in filled)
        return RawPoints(
            checked_array(rows[:, :-1], self.source),
            "OpenPose",
            weights=weights,
            layout="openpose70" if len(rows) == OPENPOSE_POINTS else None,
            image_size=_image_size(value),
            notes=(_first_of(count, "people"),) if count > 1 else (),
        )

    def _of_export(self, value: Mapping) -> RawPoints:
        """The landmarks this add-on exports, as JSON or .npz: several frames, in the world and in the picture."""
        frames = value["frames"]
        if "world" not in value:
            if not isinstance(frames, list) or not frames or not isinstance(frames[0], Mapping):
                raise LandmarkError(f"{self.source}: expected frames with landmarks, found {shortened(frames)}.")
            value = {**value, **{key: [frames[0].get(key)] for key in ("world", "pixels", "visible")}}
        flat = self.dimensions == 2
        try:
            points = checked_array(_first_frame(value["pixels" if flat else "world"]), self.source)
            visible = _flags(_first_frame(value["visible"]))
            size = [int(side) for side in as_numbers(value["resolution"]).tolist()]
            names = tuple(str(name)[:MAX_NAME] for name in list(value["names"])[: MAX_POINTS + 1])
        except ModelError:
            raise
        except (KeyError, ValueError, TypeError, IndexError, OverflowError) as error:
            raise LandmarkError(
                f"{self.source}: expected landmarks as this add-on exports them, found others."
            ) from error
        if not (visible.ndim == 1 and len(names) == len(points) == visible.size) or len(size) != 2:
            raise LandmarkError(f"{self.source}: expected a name for each of {len(points)} points, found {len(names)}.")
        count = len(frames) if isinstance(frames, (list, tuple)) else np.size(frames)
        notes = exported_notes(flat) + ((_first_of(count, "frames"),) if count > 1 else ())
        return RawPoints(
            points,
            "landmarks exported by this add-on",
            weights=visible if flat else None,
            image_size=(size[0], size[1]) if min(size) > 0 else None,
            names=names,
            notes=notes,
        )


def _first_frame(values: object) -> object:
    """The first item along the frames, of a list or an array. IndexError or TypeError where there are none."""
    return values[0]  # type: ignore[index]  # what has no items is told by the caller


def _flags(values: object) -> np.ndarray:
    """(L,) 0 or 1 of a list or an array of truth values."""
    flags = values if isinstance(values, np.ndarray) else [bool(flag) for flag in values]  # type: ignore[attr-defined]
    return np.asarray(flags).astype(bool).astype(np.float64)


def exported_notes(flat: bool) -> tuple[str, ...]:
    """What is said of the landmarks that this add-on exports."""
    return () if flat else ("World positions in Blender's axes, Z up; choose 2D points for those in the picture.",)


def _first_of(count: int, what: str = "faces") -> str:
    return f"The first of {count} {what} is used."


def _has_xy(value: Mapping) -> bool:
    return "x" in value and "y" in value


def _is_ljson(value: Mapping) -> bool:
    landmarks = value.get("landmarks")
    version_2 = isinstance(landmarks, Mapping) and "points" in landmarks
    return isinstance(value.get("version"), int) and ("groups" in value or version_2)


def _listed(value: object, key: str) -> list:
    items = value.get(key) if isinstance(value, Mapping) else None
    return items if isinstance(items, list) else []


def _is_face(value: object) -> bool:
    """Whether it is as many things as the smallest set of landmarks has points."""
    count = len(value) if isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim) else 0
    return count >= SMALLEST_SET


def _is_point(item: object) -> bool:
    return (
        isinstance(item, (list, tuple))
        and len(item) in (2, 3)
        and all(isinstance(number, (int, float)) or number is None for number in item)
    )


def _filled(numbers: object) -> bool:
    """Whether there are numbers, and not all of them 0, OpenPose's word for nothing found."""
    return isinstance(numbers, (list, tuple)) and any(
        number != 0 for number in numbers if isinstance(number, (int, float))
    )


def _image_size(value: Mapping) -> tuple[int, int] | None:
    sizes: list[list | tuple] = [(value.get(width), value.get(height)) for width, height in SIZE_KEYS]
    sizes += [size for size in (value.get("image_size"), value.get("resolution")) if isinstance(size, (list, tuple))]
    for size in sizes:
        if len(size) == 2 and all(isinstance(side, (int, float)) and 1 <= side <= MAX_SIDE for side in size):
            return int(size[0]), int(size[1])
    return None
