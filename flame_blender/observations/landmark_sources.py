"""Where landmarks come from: numbers of a script, empties, or a file; and which of the model's sets they belong to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import there
from ..errors import FlameError, LandmarkError
from ..flame.landmarks import LandmarkEmbedding
from ..flame.model import FlameModel
from ..head.create import landmark_set_of
from ..head.landmarks import embedding_of
from ..landmark_files.layouts import matched
from ..landmark_files.loading import load_landmark_points
from ..landmark_files.observed import ObservedLandmarks
from ..model_files.landmark_sets import why_no_set
from . import marks
from .placement import Placement

LANDMARK_SUFFIXES = (".pp", ".pts", ".json", ".txt", ".csv", ".npy", ".npz", ".xml", ".pkl", ".ljson", ".mat")
Matcher = Callable[[LandmarkEmbedding], ObservedLandmarks]


@dataclass(frozen=True, eq=False)
class FoundLandmarks:
    """Landmarks with the set of the model that they are of: in space in Blender's world, of photos in pixels."""

    embedding: LandmarkEmbedding
    observed: ObservedLandmarks
    landmark_set: str
    notes: tuple[str, ...] = ()

    def in_flame(self, placement: Placement) -> ObservedLandmarks:
        """Those in space in metres and FLAME's axes."""
        seen = self.observed
        return ObservedLandmarks(placement.to_flame(seen.points), seen.indices, seen.weights)


def file_beside(path: Path, folder: Path | None = None) -> Path | None:
    """The landmark file of a photo's or scan's name in ``folder``, by default beside it; None where there is none."""
    candidates = ((folder or path.parent) / f"{path.stem}{suffix}" for suffix in LANDMARK_SUFFIXES)
    return next((each for each in candidates if os.path.isfile(each) and each != path), None)


def in_space(
    source: Any, model: FlameModel, indices: Any = None, landmark_set: str | None = None, scan: Any = None
) -> FoundLandmarks:
    """Landmarks in Blender's world. Raises LandmarkError, FlameError.

    ``source``: a file, (L, 3) points in the world with their ``indices`` in the set, a collection of empties, or
    objects. A file beside a ``scan`` has the coordinates of the scan's own vertices.
    """
    there(bpy.context.view_layer, "a view layer").update()  # or objects that a script has moved are where they were
    if isinstance(source, (str, Path)):
        file = load_landmark_points(Path(source), dimensions=3)
        found = _in_a_set(model, landmark_set, lambda embedding: matched(file, embedding), file.notes)
        return found if scan is None else _moved(found, np.array(scan.matrix_world, np.float64))
    if isinstance(source, bpy.types.Collection):
        source = list(source.all_objects)
    if isinstance(source, (list, tuple)) and source and all(isinstance(each, bpy.types.Object) for each in source):
        return _in_a_set(model, landmark_set, lambda embedding: marks.observed(source, embedding))
    return _given(source, model, indices, landmark_set, 3)


def in_photo(
    source: Any, model: FlameModel, image_size: tuple[int, int], indices: Any = None, landmark_set: str | None = None
) -> FoundLandmarks:
    """Landmarks in pixels of a photo, y down: a file, or (L, 2) points. Raises LandmarkError, FlameError."""
    if not isinstance(source, (str, Path)):
        return _given(source, model, indices, landmark_set, 2)
    file = load_landmark_points(Path(source), dimensions=2).in_pixels(image_size)
    return _in_a_set(model, landmark_set, lambda embedding: matched(file, embedding), file.notes)


def require_one_set(found: Iterable[FoundLandmarks]) -> None:
    """Raises LandmarkError where photos of one head have landmarks of several sets."""
    sets = {each.landmark_set for each in found}
    if len(sets) > 1:
        raise LandmarkError(f"All photos must have landmarks of one set, found {' and '.join(sorted(sets))}.")


def _given(source: Any, model: FlameModel, indices: Any, landmark_set: str | None, dimensions: int) -> FoundLandmarks:
    points = np.asarray(source)
    if points.dtype.kind not in "fiu" or points.ndim != 2 or points.shape[1] != dimensions:
        found = f"{points.dtype} {points.shape}"
        raise LandmarkError(f"Landmarks must be a file, empties, or points of shape (L, {dimensions}), found {found}.")

    def match(embedding: LandmarkEmbedding) -> ObservedLandmarks:
        if indices is None and len(points) != embedding.count:
            raise LandmarkError(
                f"Expected the set's {embedding.count} landmarks, or indices of those that are given, "
                f"found {len(points)} points."
            )
        return ObservedLandmarks(points, np.arange(embedding.count) if indices is None else np.asarray(indices))

    return _in_a_set(model, landmark_set, match)


def _in_a_set(model: FlameModel, landmark_set: str | None, match: Matcher, notes: Iterable[str] = ()) -> FoundLandmarks:
    """In the named set, or in the first of the model's that takes them, the usual one before the others."""
    usual = landmark_set_of(model)
    names = [landmark_set] if landmark_set else [usual, *(name for name in model.landmarks if name != usual)]
    trouble: FlameError | None = None
    for name in names:
        embedding = embedding_of(model, name)
        try:
            return FoundLandmarks(embedding, match(embedding), name, (*notes, *_carried(model, name)))
        except LandmarkError as error:
            trouble = trouble or error
    raise trouble or LandmarkError(why_no_set(model))


def _carried(model: FlameModel, name: str) -> list[str]:
    """A sentence where the model has the set from no file."""
    said = f"The model's landmarks {name!r} are carried over from the built-in head: no file of them is installed."
    return [said] if name in model.carried_over else []


def _moved(found: FoundLandmarks, matrix: np.ndarray) -> FoundLandmarks:
    seen = found.observed
    points = seen.points @ matrix[:3, :3].T + matrix[:3, 3]
    observed = ObservedLandmarks(points, seen.indices, seen.weights)
    return FoundLandmarks(found.embedding, observed, found.landmark_set, found.notes)
