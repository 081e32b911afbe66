"""Landmarks on the head as a fit sees them: those that were observed, the contour where the head's turn puts it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...errors import LandmarkError
from ...flame.evaluator import FlameEvaluator
from ...flame.landmarks import LandmarkEmbedding, contour_degrees, landmark_points, row_of_degrees
from ...landmark_files.observed import ObservedLandmarks
from ...landmark_files.plausible import what_looks_wrong
from ..solver.layer import HeadPart
from ..solver.surface_points import PointsAt, SurfacePoints
from ..solver.unknowns import Unknowns
from .held_yaw import HeldYaw

NO_TURN = np.eye(3)
ENOUGH_FIXED = 12  # points that do not slide


@dataclass(frozen=True, eq=False)
class Contour:
    """Where the points that slide are put: all that changes of landmarks while a head is fitted to them.

    ``degrees`` is the yaw that their row stands for, ``held`` what that says of the head's turn once it is held there,
    and ``counts`` whether they count yet: not until fixed points have told the turn that puts them in their place.
    """

    degrees: int
    counts: bool
    held: HeldYaw | None = None


@dataclass(frozen=True, eq=False)
class EmbeddedLandmarks:
    """The ``observed`` rows of an embedding on the head ``whole``, their contour as ``contour`` has it."""

    evaluator: FlameEvaluator
    whole: HeadPart
    embedding: LandmarkEmbedding
    observed: ObservedLandmarks
    yaw_sign: int
    contour: Contour

    @classmethod
    def of(
        cls,
        evaluator: FlameEvaluator,
        whole: HeadPart,
        embedding: LandmarkEmbedding,
        observed: ObservedLandmarks,
        yaw_sign: int,
    ) -> EmbeddedLandmarks:
        """As a fit begins, the contour at no turn. Raises LandmarkError for an index that the embedding has not."""
        embedding.validate(len(evaluator.model.faces))
        if observed.count and not 0 <= observed.indices.min() <= observed.indices.max() < embedding.count:
            span = f"{observed.indices.min()}..{observed.indices.max()}"
            raise LandmarkError(f"Landmarks must have indices 0..{embedding.count - 1} of the embedding, found {span}.")
        unplaced = cls(evaluator, whole, embedding, observed, yaw_sign, Contour(0, counts=True))
        waits = unplaced.slides and unplaced.is_fixed.sum() >= ENOUGH_FIXED
        return dataclasses.replace(unplaced, contour=Contour(0, counts=not waits))

    @property
    def n_contour(self) -> int:
        """How many points of the embedding slide, the first ones."""
        return self.embedding.count - len(self.embedding.static_faces)

    @property
    def is_fixed(self) -> np.ndarray:
        """(L,) bool: which of the observed points do not slide."""
        return self.observed.indices >= self.n_contour

    @property
    def slides(self) -> bool:
        """Whether any of them does."""
        return not self.is_fixed.all()

    @property
    def weights(self) -> np.ndarray:
        """(L,): those of the observed points, 0 for the contour until it counts."""
        return self.observed.weights * np.where(self.is_fixed | self.contour.counts, 1.0, 0.0)

    def slid(self, unknowns: Unknowns, seen_by: np.ndarray = NO_TURN) -> EmbeddedLandmarks:
        """With the contour where the head has it, turned by root and neck and then by ``seen_by``.

        The same object where it is there already. Once it is held it stays.
        """
        rotations = unknowns.pose.rotations[0]
        turned = seen_by @ rotations[0] @ rotations[1]
        degrees = int(contour_degrees(turned, self.yaw_sign)) if self.slides else 0
        if degrees == self.contour.degrees or self.contour.held is not None:
            return self
        return self.with_contour(dataclasses.replace(self.contour, degrees=degrees))

    def held_at(self, degrees: int, seen_by: np.ndarray = NO_TURN) -> EmbeddedLandmarks:
        """With the contour where a head has it that is turned by that much, and the head held so from now on."""
        held = HeldYaw(degrees, seen_by, self.yaw_sign)
        return self.with_contour(dataclasses.replace(self.contour, degrees=degrees, held=held))

    def completed(self) -> EmbeddedLandmarks:
        """With a contour that counts; the same object where it does already."""
        return self if self.contour.counts else self.with_contour(dataclasses.replace(self.contour, counts=True))

    def with_contour(self, contour: Contour) -> EmbeddedLandmarks:
        """The same landmarks, their contour elsewhere."""
        return dataclasses.replace(self, contour=contour)

    def check(self, *, in_metres: bool = False) -> None:
        """Raise LandmarkError with what looks wrong with the observed points, beside those of the mean head."""
        model = self.evaluator.model
        mean = landmark_points(model.v_template, model.faces, self.embedding)
        wrong = what_looks_wrong(self.observed, mean, in_metres=in_metres)
        if wrong:
            raise LandmarkError(" ".join(wrong))

    def at(self, unknowns: Unknowns) -> PointsAt:
        """Where they are."""
        return self._points.at(unknowns)

    @cached_property
    def _points(self) -> SurfacePoints:
        triangles, barycentric = self.embedding.static_faces, self.embedding.static_barycentric
        if self.embedding.contour_faces is not None and self.embedding.contour_barycentric is not None:
            row = row_of_degrees(np.array(self.contour.degrees))
            triangles = np.concatenate([self.embedding.contour_faces[row], triangles])
            barycentric = np.concatenate([self.embedding.contour_barycentric[row], barycentric])
        chosen = self.observed.indices
        return SurfacePoints(self.whole, self.evaluator.model.faces[triangles[chosen]], barycentric[chosen])
