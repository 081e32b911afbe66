"""Landmarks as XML: MeshLab's picked points (.pp) and dlib's data sets.

Read as a stream of elements and attributes. A file that declares entities is refused: they can stand for any amount of
text, or for other files.
"""

from __future__ import annotations

import re
from xml.parsers import expat

import numpy as np

from ...errors import LandmarkError
from ...files.file_budget import MAX_DEPTH, spend
from ...files.raw_arrays import shortened
from .raw_points import MAX_POINTS, RawPoints, checked_array, numbered

# What expat knows itself; for others it would ask Python's codecs, which have some that are no encodings of text.
ENCODINGS = (b"utf-8", b"us-ascii", b"iso-8859-1")
_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,100})[\"']")
BYTES_PER_ATTRIBUTE = 300
PICKED_POINTS, DLIB = "PickedPoints", "dataset"


def read_xml(raw: bytes, source: str) -> RawPoints:
    """The picked points, or the parts of the first face of the first picture."""
    encoding = _ENCODING.match(raw)
    if encoding and encoding[1].lower() not in ENCODINGS:
        found = shortened(encoding[1].decode("latin-1"))
        raise LandmarkError(f"{source}: expected XML in UTF-8 or ISO-8859-1, found {found}; save it in UTF-8.")
    attributes = raw.count(b"=")
    spend(steps=raw.count(b"<") + attributes, n_bytes=BYTES_PER_ATTRIBUTE * attributes)
    tree = _Elements(source)
    parser = expat.ParserCreate()
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.EntityDeclHandler = tree.refuse
    try:
        parser.Parse(raw, True)
    except LandmarkError:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:
        reason = shortened(str(error))
        raise LandmarkError(f"{source}: expected whole XML, found damage ({reason}); copy the file again.") from error
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
        self.depth = 0

    def end(self, name: str) -> None:  # noqa: ARG002 (expat says which element ends)
        self.depth -= 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LandmarkError(f"{self.source}: expected plain XML, found elements nested deeper than {MAX_DEPTH}.")
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

    def refuse(self, *declaration: object) -> None:
        raise LandmarkError(
            f"{self.source}: expected plain XML, found the entity {shortened(declaration[0])}; save the points again."
        )


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
