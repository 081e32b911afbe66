"""The landmark layouts that tools use, points of one of them, and which of an embedding's points they are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..errors import LandmarkError
from ..flame.landmarks import LandmarkEmbedding
from .observed import ObservedLandmarks

UNKNOWN = "unknown"
# OpenPose's 70 and VHAP's are iBUG's 68 and the two irises, the subject's right one first.
LAYOUT_OF_COUNT = {
    51: "ibug51",
    53: "ibug53",
    68: "ibug68",
    70: "openpose70",
    105: "mediapipe105",
    468: "mediapipe468",
    478: "mediapipe478",
}
COUNT_OF_LAYOUT = {layout: count for count, layout in LAYOUT_OF_COUNT.items()}
N_CONTOUR = 17
IBUG_COUNTS = (51, 53, 68, 70)
WITHOUT_CONTOUR = (51, 53)
MEDIAPIPE_MESHES = (468, 478)

# Runs of iBUG's 68 points and the two irises that change places in a mirror: right brow and left brow, and so on.
_MIRRORED_RUNS = (
    tuple(range(16, -1, -1)),
    tuple(range(26, 16, -1)),
    (27, 28, 29, 30),
    (35, 34, 33, 32, 31),
    (45, 44, 43, 42, 47, 46),
    (39, 38, 37, 36, 41, 40),
    (54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    (64, 63, 62, 61, 60, 67, 66, 65),
    (69, 68),
)
IBUG_MIRROR = np.array([number for run in _MIRRORED_RUNS for number in run])
IBUG_MIRROR.setflags(write=False)


@dataclass(frozen=True, eq=False)
class LandmarkFile:
    """What a file says of the landmarks of one face.

    ==============  ================  =====================================================================
    ``points``      (L, 2) float64    from the picture's top left corner, x right, y down
    ..              (L, 3) float64    or in the file's own units and axes
    ``weights``     (L,) float64      0 for points that were not seen (their coordinates are NaN)
    ``layout``      text              ``ibug68``, ``ibug51``, ``mediapipe478`` ... or ``unknown``
    ``image_size``  (width, height)   pixels, where the file tells it
    ``names``       texts             one for each point, or none
    ``normalised``  bool              x and y are shares of the picture's width and height: see :meth:`in_pixels`
    ``source``      text              the file and what kind of file it is
    ``notes``       texts             what was assumed
    ==============  ================  =====================================================================
    """

    points: np.ndarray
    weights: np.ndarray
    layout: str
    image_size: tuple[int, int] | None = None
    names: tuple[str, ...] = ()
    normalised: bool = False
    source: str = ""
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        points, visible = len(self.points), int(np.count_nonzero(self.weights))
        return (
            f"LandmarkFile({self.layout}: {points} points of {self.dimensions} numbers, {visible} seen; {self.source})"
        )

    @property
    def dimensions(self) -> int:
        """2 or 3 numbers for each point."""
        return int(self.points.shape[1])

    def in_pixels(self, image_size: tuple[int, int] | None = None) -> LandmarkFile:
        """The points in pixels: a copy with (L, 2) points where they are shares of a picture, else the file as it is.

        ``image_size`` is the picture's width and height; the file's own by default. LandmarkError where neither is
        known.
        """
        if not self.normalised:
            return self
        size = image_size or self.image_size
        if size is None or min(size) <= 0:
            raise LandmarkError(
                f"{self.source}: the points are shares of the picture, whose size is not known; choose the picture."
            )
        points = _frozen(self.points[:, :2] * np.array(size, np.float64))
        return replace(self, points=points, image_size=(int(size[0]), int(size[1])), normalised=False)


def matched(file: LandmarkFile, embedding: LandmarkEmbedding) -> ObservedLandmarks:
    """The points of ``file`` that the embedding has too, with their rows; those that were not seen are left out.

    3D points keep the file's units and axes (see ``units_axes``). Names that are the embedding's own decide; then the
    layouts: iBUG's 51, 53, 68 and 70 share their numbers, MediaPipe's are those of its mesh; points of an unknown
    layout are taken in the embedding's order where they are as many. Raises LandmarkError where nothing matches.
    """
    if file.normalised:
        file = file.in_pixels()
    rows = _rows(file, embedding)
    known = np.flatnonzero(rows >= 0)
    if not known.size:
        raise LandmarkError(
            f"{file.source}: expected points of the head's {embedding.count} landmarks, found {len(file.points)} of "
            f"the layout {file.layout}; choose another landmark set."
        )
    return ObservedLandmarks(file.points[known], rows[known], file.weights[known])


def ibug_numbers(count: int) -> np.ndarray:
    """Numbers of 51, 53, 68 or 70 points among iBUG's 68 and the two irises, 0 to 69."""
    return np.arange(count) + (N_CONTOUR if count in WITHOUT_CONTOUR else 0)


def is_ibug(embedding: LandmarkEmbedding) -> bool:
    """Whether the embedding's points are iBUG's, by their count."""
    return embedding.count in IBUG_COUNTS and embedding.indices is None


def _rows(file: LandmarkFile, embedding: LandmarkEmbedding) -> np.ndarray:
    """(L,) rows of the embedding for each point of the file, -1 where it has none."""
    count = len(file.points)
    if file.names and set(file.names) <= set(embedding.names):
        row_of = {name: row for row, name in enumerate(embedding.names)}
        return np.array([row_of[name] for name in file.names])
    known = COUNT_OF_LAYOUT.get(file.layout)
    if known in IBUG_COUNTS and is_ibug(embedding):
        return _places(ibug_numbers(count), ibug_numbers(embedding.count))
    if known in MEDIAPIPE_MESHES and embedding.indices is not None:
        rows = _places(np.arange(count), embedding.indices)
        return np.where(rows < 0, -1, rows + embedding.count - len(embedding.indices))  # behind the contour
    if count == embedding.count and (known is None or known == embedding.count):
        return np.arange(count)
    return np.full(count, -1)


def _places(wanted: np.ndarray, offered: np.ndarray) -> np.ndarray:
    """Where each wanted number stands among those offered, -1 where it does not."""
    places = np.full(int(max(wanted.max(initial=0), offered.max(initial=0))) + 1, -1)
    places[offered] = np.arange(len(offered))
    return places[wanted]


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
