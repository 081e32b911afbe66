"""What hair grows on: a head's skin at rest, with the places of a face that styles are described by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..correspondence.skin import face_normals, skin_of, vertex_normals
from ..errors import ModelError
from ..flame.landmarks import MIDDLE_THIRD, landmark_points, middle_third
from ..flame.model import FlameModel

IBUG, EARS = "ibug", ("left_ear", "right_ear")
# rows of iBUG's 51 points; the right side of the face first, as the convention numbers them
BROWS = (slice(0, 5), slice(5, 10))
SELLION, SUBNASALE, LEFT_OF_NOSE, RIGHT_OF_NOSE = 10, 16, 18, 14
EYES = (slice(19, 25), slice(25, 31))
MOUTH_CORNERS, UPPER_LIP, LOWER_LIP = (31, 37), 34, 40


@dataclass(frozen=True, eq=False)
class Ground:
    """A head's skin at rest in FLAME's axes, metres.

    ``vertices`` (V, 3) float64; ``faces`` (F, 3) the skin's triangles; ``points`` (51, 3) iBUG's fixed landmarks;
    ``ears`` (V,) bool.
    """

    vertices: np.ndarray
    faces: np.ndarray
    points: np.ndarray
    ears: np.ndarray

    @cached_property
    def normals(self) -> np.ndarray:
        """(V, 3) outward, of unit length."""
        return vertex_normals(self.vertices, self.faces)

    @cached_property
    def areas(self) -> np.ndarray:
        """(F,) square metres."""
        areas: np.ndarray = np.linalg.norm(face_normals(self.vertices, self.faces), axis=1) / 2
        return areas

    @cached_property
    def face(self) -> Face:
        """The heights and depths by which regions of hair are told."""
        return Face.of(self)


@dataclass(frozen=True)
class Face:
    """Heights (y), depths (z) and sizes of a face at rest, metres in FLAME's axes."""

    middle: float  # x
    eyes: float
    brows: float
    subnasale: float
    mouth: float
    chin: float
    top: float
    ear_top: float
    ear_bottom: float
    ear_front: float  # z
    ear_back: float  # z
    back: float  # z
    scale: float  # 1 on the built-in head's mean face

    @classmethod
    def of(cls, ground: Ground) -> Face:
        """Measured on a head."""
        points, ears = ground.points, ground.vertices[ground.ears]
        skin = ground.vertices[np.unique(ground.faces)]
        eyes = float(np.mean([points[each].mean(0)[1] for each in EYES]))
        brows = float(np.mean([points[each, 1].mean() for each in BROWS]))
        subnasale, mouth = float(points[SUBNASALE, 1]), float(points[[*MOUTH_CORNERS], 1].mean())
        third = middle_third(points)
        return cls(
            middle=float(points[[*MOUTH_CORNERS, SELLION, SUBNASALE], 0].mean()),
            eyes=eyes,
            brows=brows,
            subnasale=subnasale,
            mouth=mouth,
            chin=_chin(ground, mouth, third),
            top=float(skin[:, 1].max()),
            ear_top=float(np.percentile(ears[:, 1], 98)),
            ear_bottom=float(np.percentile(ears[:, 1], 2)),
            ear_front=float(np.percentile(ears[:, 2], 95)),
            ear_back=float(np.percentile(ears[:, 2], 5)),
            back=float(skin[skin[:, 1] > subnasale, 2].min()),
            scale=third / MIDDLE_THIRD,
        )

    @property
    def third(self) -> float:
        """From the brows to the base of the nose, a third of a face from hairline to chin."""
        return self.brows - self.subnasale

    @property
    def centre(self) -> np.ndarray:
        """(3,) the middle of the cranium, about which directions on the scalp are told."""
        return np.array([self.middle, self.ear_top, (self.ear_front + self.ear_back) / 2])


def _chin(ground: Ground, mouth: float, third: float) -> float:
    """The height of the foremost point of the chin, on the middle line below the lips."""
    points = ground.vertices[np.unique(ground.faces)]
    middle = ground.points[SUBNASALE, 0]
    below = (mouth - points[:, 1] > 0.45 * third) & (mouth - points[:, 1] < 1.1 * third)
    near = points[below & (np.abs(points[:, 0] - middle) < 0.2 * third)]
    return float(near[near[:, 2].argmax(), 1]) if len(near) else mouth - 0.7 * third


def can_grow(model: FlameModel) -> bool:
    """Whether a model tells the places that hair needs: fixed landmarks of iBUG's, and both ears."""
    known = model.landmarks.get(IBUG)
    return known is not None and known.within_face() is not None and all(name in model.regions for name in EARS)


def ground_of(model: FlameModel, vertices: np.ndarray) -> Ground:
    """The ground of a model whose head at rest has ``vertices`` (V, 3), FLAME's axes, metres.

    Raises ModelError for a model that has no iBUG landmarks or does not say where its ears are.
    """
    known = model.landmarks.get(IBUG)
    fixed = None if known is None else known.within_face()
    if fixed is None or not can_grow(model):
        raise ModelError(
            "model: expected iBUG landmarks and the regions of both ears, found none; compute its named controls first."
        )
    vertices = np.asarray(vertices, np.float64)
    points = landmark_points(vertices, model.faces, fixed).astype(np.float64)
    ears = np.zeros(model.n_vertices, bool)
    for name in EARS:
        ears[model.regions[name]] = True
    return Ground(vertices, model.faces[skin_of(model.faces, model.n_vertices)], points, ears)
