"""Landmarks on the head as a fit sees them: those that were observed, the contour where the head's turn puts it."""

from __future__ import annotations

import numpy as np

from ..flame.errors import LandmarkError
from ..flame.evaluator import FlameEvaluator
from ..flame.landmarks import LandmarkEmbedding, contour_row_of, landmark_points
from .observed import ObservedLandmarks
from .part import HeadPart
from .plausible import what_looks_wrong
from .surface_points import PointsAt, SurfacePoints
from .unknowns import Unknowns

NO_TURN = np.eye(3)
ENOUGH_FIXED = 12  # points that do not slide


class EmbeddedLandmarks:
    """The ``observed`` rows of an embedding. Their contour stays where :meth:`slide` last put it.

    Raises LandmarkError for an index that the embedding does not have.
    """

    def __init__(
        self,
        evaluator: FlameEvaluator,
        whole: HeadPart,
        embedding: LandmarkEmbedding,
        observed: ObservedLandmarks,
        yaw_sign: int,
    ) -> None:
        embedding.validate(len(evaluator.model.faces))
        if observed.count and not 0 <= observed.indices.min() <= observed.indices.max() < embedding.count:
            found = f"{observed.indices.min()}..{observed.indices.max()}"
            raise LandmarkError(
                f"Landmarks must have indices 0..{embedding.count - 1} of the embedding, found {found}."
            )
        self.evaluator, self.faces, self.whole = evaluator, evaluator.model.faces, whole
        self.embedding, self.observed = embedding, observed
        self.yaw_sign, self.row = yaw_sign, 0
        self.n_contour = embedding.count - len(embedding.static_faces)
        fixed = observed.indices >= self.n_contour
        self.slides = not fixed.all()
        # (L,): 1, or 0 for the contour until fixed points have told the turn that puts it in its place
        self.shares = np.where(fixed, 1.0, 0.0) if self.slides and fixed.sum() >= ENOUGH_FIXED else np.ones(len(fixed))
        self.points = self._points()

    def slide(self, unknowns: Unknowns, seen_by: np.ndarray = NO_TURN) -> bool:
        """Put the contour where the head has it, turned by root and neck and then by ``seen_by``; whether it moved."""
        rotations = unknowns.pose.rotations[0]
        turned = seen_by @ rotations[0] @ rotations[1]
        row = int(contour_row_of(turned, self.yaw_sign)) if self.slides else 0
        if row == self.row:
            return False
        self.row = row
        self.points = self._points()
        return True

    def check(self, *, in_metres: bool = False) -> None:
        """Raise LandmarkError with what looks wrong with the observed points, beside those of the mean head."""
        mean = landmark_points(self.evaluator.model.v_template, self.faces, self.embedding)
        wrong = what_looks_wrong(self.observed, mean, in_metres=in_metres)
        if wrong:
            raise LandmarkError(" ".join(wrong))

    def with_contour(self) -> bool:
        """Let the contour count from now on; whether it did not before."""
        before, self.shares = self.shares, np.ones(len(self.shares))
        return not before.all()

    def at(self, unknowns: Unknowns) -> PointsAt:
        """Where they are."""
        return self.points.at(unknowns)

    def _points(self) -> SurfacePoints:
        triangles, barycentric = self.embedding.static_faces, self.embedding.static_barycentric
        if self.embedding.contour_faces is not None and self.embedding.contour_barycentric is not None:
            triangles = np.concatenate([self.embedding.contour_faces[self.row], triangles])
            barycentric = np.concatenate([self.embedding.contour_barycentric[self.row], barycentric])
        chosen = self.observed.indices
        return SurfacePoints(self.whole, self.faces[triangles[chosen]], barycentric[chosen])
