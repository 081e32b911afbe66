"""Points in space that points of the head should meet."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from ...geometry.rigid import rigid_alignment, similarity_alignment
from ..solver.equations import Equations, normal_equations
from ..solver.surface_points import PointsAt
from ..solver.unknowns import LOG_SCALE, Unknowns
from .definitions import DefinitionSpread, whitened

HUBER = 4.0  # standard deviations: a point that is off by more is a mistake rather than noise


class HeadPoints(Protocol):
    """Points of the head: where they are, and which they are if that depends on how it is turned."""

    def at(self, unknowns: Unknowns) -> PointsAt:
        """Where they are."""

    def slid(self, unknowns: Unknowns) -> Self:
        """Those of a head that is turned so; the same object where they are the same."""


@dataclass(frozen=True, eq=False)
class Targets:
    """``places`` (P, 3) metres for ``points`` of the head, as sure as ``weights`` (P,) and ``noise`` say.

    An :class:`.graduated.Observation`. The head is scaled where the unknowns have a scale. ``spread`` and ``whitening``
    are as in :class:`.views.ObservedView`.
    """

    points: HeadPoints
    places: np.ndarray
    weights: np.ndarray
    noise: float
    spread: DefinitionSpread | None = None
    whitening: np.ndarray | float | None = None

    def linearise(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""
        return self.linearise_measured(unknowns)

    def linearise_measured(self, unknowns: Unknowns) -> Equations:
        """The same: nothing holds the head."""
        scale, points = unknowns.scale, self.points.at(unknowns)
        whitening = self.whitening if self.whitening is not None else self._whitening(unknowns)
        jacobian = points.jacobian(np.broadcast_to(np.eye(3) * scale, (len(self.places), 3, 3)))
        if unknowns.has(LOG_SCALE):
            jacobian[..., unknowns.layout.entry_of(LOG_SCALE)] = scale * points.places
        residuals = whitened(whitening, self.places - scale * points.places)
        return normal_equations(residuals, whitened(whitening, jacobian), self.weights, HUBER)

    def linearise_held(self, unknowns: Unknowns) -> Equations:
        """Nothing."""
        return Equations.nothing(unknowns.layout)

    def weighed(self, unknowns: Unknowns, factor: float) -> Targets:
        """The same with the noise that it has there, times ``factor``."""
        return dataclasses.replace(self, whitening=self._whitening(unknowns) / factor)

    def slid(self, unknowns: Unknowns) -> Targets:
        """With the points of a head that is turned so; itself where they are the same."""
        points = self.points.slid(unknowns)
        return self if points is self.points else dataclasses.replace(self, points=points)

    def completed(self) -> Targets:
        """Itself: all points count from the beginning."""
        return self

    def _whitening(self, unknowns: Unknowns) -> np.ndarray | float:
        if self.spread is None:
            return 1 / self.noise
        rotations = unknowns.pose.rotations[0]
        along = unknowns.scale * rotations[0] @ rotations[1]
        return self.spread.whitening(np.broadcast_to(along, (len(self.places), 3, 3)), self.noise)

    def misfit(self, unknowns: Unknowns) -> float:
        """Root mean square distance, in standard deviations."""
        off = self.places - unknowns.scale * self.points.at(unknowns).places
        return float(np.sqrt((whitened(self._whitening(unknowns), off) ** 2).sum(1).mean()))

    def errors(self, unknowns: Unknowns) -> np.ndarray:
        """(P,) float64 distances, metres."""
        return np.linalg.norm(self.places - unknowns.scale * self.points.at(unknowns).places, axis=1)

    def aligned(self, unknowns: Unknowns, root_joint: np.ndarray) -> Unknowns:
        """The unknowns with the whole head moved, and scaled where it may be, as near to the places as it goes.

        ``root_joint`` (3,) is where it rests.
        """
        points = self.points.at(unknowns).places
        if not unknowns.has(LOG_SCALE):
            return unknowns.moved(*rigid_alignment(points, self.places, self.weights), root_joint)
        scale, rotation, translation = similarity_alignment(points, self.places, self.weights)
        return unknowns.moved(rotation, translation / scale, root_joint).with_scale(scale)
