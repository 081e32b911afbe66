"""Landmarks on the head as a fit sees them: those that were observed, the contour where the head's turn puts it."""

from __future__ import annotations

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


class EmbeddedLandmarks:
    """The ``observed`` rows of an embedding. Their contour stays where :meth:`slide` or :meth:`hold` last put it.

    ``degrees`` is the yaw that its row stands for, ``held`` what that says of the head's turn once it is held there.

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
        self.yaw_sign, self.degrees = yaw_sign, 0
        self.held: HeldYaw | None = None
        self.n_contour = embedding.count - len(embedding.static_faces)
        fixed = observed.indices >= self.n_contour
        self.slides = not fixed.all()
        # (L,): 1, or 0 for the contour until fixed points have told the turn that puts it in its place
        self.shares = np.where(fixed, 1.0, 0.0) if self.slides and fixed.sum() >= ENOUGH_FIXED else np.ones(len(fixed))
        self.points = self._points()

    def slide(self, unknowns: Unknowns, seen_by: np.ndarray = NO_TURN) -> bool:
        """Put the contour where the head has it, turned by root and neck and then by ``seen_by``; whether it moved.

        Once it is held it stays.
        """
        rotations = unknowns.pose.rotations[0]
        turned = seen_by @ rotations[0] @ rotations[1]
        degrees = int(contour_degrees(turned, self.yaw_sign)) if self.slides else 0
        if degrees == self.degrees or self.held is not None:
            return False
        self._put_at(degrees)
        return True

    def hold(self, degrees: int, seen_by: np.ndarray = NO_TURN) -> None:
        """Put the contour where a head has it that is turned by that much, and hold the head so from now on."""
        self.held = HeldYaw(degrees, seen_by, self.yaw_sign)
        self._put_at(degrees)

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

    def _put_at(self, degrees: int) -> None:
        self.degrees = degrees
        self.points = self._points()

    def _points(self) -> SurfacePoints:
        triangles, barycentric = self.embedding.static_faces, self.embedding.static_barycentric
        if self.embedding.contour_faces is not None and self.embedding.contour_barycentric is not None:
            row = row_of_degrees(np.array(self.degrees))
            triangles = np.concatenate([self.embedding.contour_faces[row], triangles])
            barycentric = np.concatenate([self.embedding.contour_barycentric[row], barycentric])
        chosen = self.observed.indices
        return SurfacePoints(self.whole, self.faces[triangles[chosen]], barycentric[chosen])
