"""Picking landmarks one after the other: which is next, what its other side suggests. No window, no drawing."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..flame.landmarks import LandmarkEmbedding, landmark_points
from ..flame.model import FlameModel
from ..geometry.rigid import similarity_alignment
from ..landmark_files.layouts import N_CONTOUR

# The points of iBUG's 68 that tell most of a head, to begin with: corners of the eyes and of the mouth, nose, brows.
FIRST_OF_68 = (36, 39, 42, 45, 30, 33, 48, 54, 51, 57, 27, 8, 17, 21, 22, 26, 31, 35)
# In a photo depth is told by the outline, which a fit believes once twelve points that stand still say how it glides.
FIRST_IN_A_PHOTO = (
    36, 39, 42, 45, 30, 33, 48, 54, 51, 57, 27, 17, 26, 8, 4, 12, 2, 14, 6, 10, 0, 16, 21, 22, 31, 35,
)  # fmt: skip
MIRROR_TOLERANCE = 0.004  # metres: embeddings are not quite symmetric
LEAST_TO_MIRROR = 3


@dataclass(eq=False)
class Guide:
    """The landmarks of a model: names, places (L, 3) on its neutral head, the order of picking, each one's mirror."""

    names: tuple[str, ...]
    places: np.ndarray
    order: tuple[int, ...]
    mirror: tuple[int, ...]


def guide_of(model: FlameModel, embedding: LandmarkEmbedding, first_of_68: tuple[int, ...] = FIRST_OF_68) -> Guide:
    """What picking needs of an embedding, ``first_of_68`` first. A point without another side is its own mirror."""
    places = landmark_points(model.v_template, model.faces, embedding).astype(np.float64)
    away = np.linalg.norm(places[:, None] * (-1, 1, 1) - places[None], axis=-1)
    nearest = away.argmin(1)
    close = away[np.arange(len(places)), nearest] < MIRROR_TOLERANCE
    mirror = np.where(close & (nearest[nearest] == np.arange(len(places))), nearest, np.arange(len(places)))
    without_contour = tuple(number - N_CONTOUR for number in first_of_68 if number >= N_CONTOUR)
    first = {68: first_of_68, 70: first_of_68, 51: without_contour, 53: without_contour}
    chosen = first.get(embedding.count, ())
    contour = N_CONTOUR if embedding.contour_faces is not None else 0
    rest = (*range(contour, embedding.count), *range(contour))  # the contour slides: a hand finds it last
    order = (*chosen, *(row for row in rest if row not in chosen))
    return Guide(embedding.names, places, order, tuple(mirror.tolist()))


@dataclass(eq=False)
class Picking:
    """What has been picked: places in the world by row. ``now`` is the row that is next."""

    guide: Guide
    placed: dict[int, np.ndarray] = field(default_factory=dict)
    history: list[tuple[int, np.ndarray | None]] = field(default_factory=list)
    now: int = 0

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Go to the first landmark that is not placed."""
        self.now = self._open_after(-1)

    @property
    def name(self) -> str:
        """The name of the landmark that is next."""
        return self.guide.names[self.now]

    def place(self, point: np.ndarray) -> int:
        """Put the next landmark at ``point`` and go on to the one after it; the row that was placed."""
        row = self.now
        self.move(row, point)
        self.now = self._open_after(self.guide.order.index(row))
        return row

    def move(self, row: int, point: np.ndarray) -> None:
        """Put a landmark somewhere else."""
        self.history.append((row, self.placed.get(row)))
        self.placed[row] = np.asarray(point, np.float64)

    def take_back(self) -> int | None:
        """Undo the last change; its row, which is then next, or None where there is nothing to undo."""
        if not self.history:
            return None
        row, before = self.history.pop()
        if before is None:
            del self.placed[row]
            self.now = row
        else:
            self.placed[row] = before
        return row

    def skip(self, by: int = 1) -> None:
        """Go on to the next landmark that is not placed, or back."""
        order = self.guide.order
        at = order.index(self.now)
        for step in range(1, len(order) + 1):
            row = order[(at + by * step) % len(order)]
            if row not in self.placed:
                self.now = row
                return

    def choose(self, number: int) -> bool:
        """Go to the landmark with this number in its name; whether there is one."""
        for row, name in enumerate(self.guide.names):
            if int(name.split()[0]) == number:
                self.now = row
                return True
        return False

    def suggestion(self) -> np.ndarray | None:
        """(3,) where the next landmark should be, by the mirror of its other side; None where that cannot be told.

        The plane between the sides comes from the model's head, scaled and turned onto what has been placed.
        """
        other = self.guide.mirror[self.now]
        rows = [row for row in self.placed if row != self.now]
        if other == self.now or other not in self.placed or len(rows) < LEAST_TO_MIRROR:
            return None
        source, target = self.guide.places[rows], np.array([self.placed[row] for row in rows])
        if np.linalg.matrix_rank(source - source.mean(0), tol=MIRROR_TOLERANCE) < 2:
            return None
        _, rotation, middle = similarity_alignment(source, target)
        across = rotation[:, 0]
        point = self.placed[other]
        return point - 2 * across * ((point - middle) @ across)

    def _open_after(self, at: int) -> int:
        """The first row in the order after ``at`` that is not placed; the last placed one where all are."""
        order = self.guide.order
        for step in range(1, len(order) + 1):
            row = order[(at + step) % len(order)]
            if row not in self.placed:
                return row
        return order[at]
