"""Landmarks as XML: MeshLab's picked points (.pp) and dlib's data sets."""

from __future__ import annotations

import numpy as np

from ...errors import LandmarkError
from ...files.raw_arrays import shortened
from ...files.xml_text import parse_xml
from .raw_points import MAX_POINTS, RawPoints, checked_array, numbered

PICKED_POINTS, DLIB = "PickedPoints", "dataset"


def read_xml(raw: bytes, source: str) -> RawPoints:
    """The picked points, or the parts of the first face of the first picture."""
    tree = _Elements(source)
    parse_xml(raw, source, tree.start)
    if tree.root == PICKED_POINTS:
        return _picked_points(tree, source)
    if tree.root == DLIB:
        return _dlib(tree, source)
    raise LandmarkError(f"{source}: expected MeshLab's picked points or dlib's XML, found {shortened(tree.root)}.")


class _Elements:
    """The elements that hold landmarks, in their order."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.root = ""
        self.points: list[dict[str, str]] = []
        self.image: dict[str, str] = {}
        self.boxes = 0
        self.box_of_points = 0  # the first one that has any

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.root = self.root or name
        if name == "image" and not self.points:
            self.image = attributes
        elif name == "box":
            self.boxes += 1
            if not self.points:
                self.box_of_points = self.boxes
        elif name == "point" or (name == "part" and self.boxes == self.box_of_points):
            self.points.append(attributes)
            if len(self.points) > MAX_POINTS:
                raise LandmarkError(f"{self.source}: expected at most {MAX_POINTS} points, found more.")


def _picked_points(tree: _Elements, source: str) -> RawPoints:
    points = _coordinates(tree, ("x", "y", "z"), source)
    active = np.array([point.get("active", "1") != "0" for point in tree.points], np.float64)
    return _ordered(tree, points, active, "MeshLab's picked points")


def _dlib(tree: _Elements, source: str) -> RawPoints:
    points = _coordinates(tree, ("x", "y"), source)
    raw = _ordered(tree, points, np.ones(len(points)), "dlib's XML")
    size = [tree.image.get(key, "") for key in ("width", "height")]
    image_size = (int(size[0]), int(size[1])) if all(side.isdecimal() and 0 < len(side) < 7 for side in size) else None
    notes = (f"The first of {tree.boxes} faces is used.",) if tree.boxes > 1 else ()
    return RawPoints(raw.points, raw.kind, raw.weights, raw.layout, image_size, raw.names, (*raw.notes, *notes))


def _coordinates(tree: _Elements, axes: tuple[str, ...], source: str) -> np.ndarray:
    try:
        rows = [[float(point[axis]) for axis in axes] for point in tree.points]
    except (KeyError, ValueError) as error:
        raise LandmarkError(f"{source}: expected {', '.join(axes)} for each point, found others.") from error
    return checked_array(rows, source)


def _ordered(tree: _Elements, points: np.ndarray, weights: np.ndarray, kind: str) -> RawPoints:
    """Put into the order that the names tell, or left in the file's."""
    names = tuple(point.get("name", "")[:80] for point in tree.points)
    ordered = numbered(names, points, weights)
    if ordered is None:
        return RawPoints(points, kind, weights, names=names if all(names) else ())
    return RawPoints(ordered[0], kind, ordered[1], ordered[2], notes=ordered[3])
