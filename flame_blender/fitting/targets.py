"""Points in space that points of the head should meet."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .least_squares import Equations, equations
from .rigid import rigid_alignment, similarity_alignment
from .surface_points import PointsAt
from .unknowns import Unknowns

HUBER = 4.0  # standard deviations: a point that is off by more is a mistake rather than noise


def never_slides(_unknowns: Unknowns) -> bool:
    """Of points that are always the same on the head."""
    return False


def is_complete() -> bool:
    """Where all points count from the beginning."""
    return False


@dataclass(frozen=True, eq=False)
class Targets:
    """``places`` (P, 3) metres for the points that ``at`` gives, as sure as ``weights`` (P,) and ``noise`` say.

    An :class:`.graduated.Observation`. With ``scaled`` the head is scaled by the exponential of the unknowns' first
    further number.
    """

    at: Callable[[Unknowns], PointsAt]
    places: np.ndarray
    weights: np.ndarray
    noise: float
    scaled: bool = False
    slide: Callable[[Unknowns], bool] = never_slides
    complete: Callable[[], bool] = is_complete

    def look(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""
        scale = scale_of(unknowns, self.scaled)
        found = self.at(unknowns)
        along = np.broadcast_to(np.eye(3) * (scale / self.noise), (len(self.places), 3, 3))
        rows = found.rows(along)
        if self.scaled:
            rows = np.concatenate([rows, (scale / self.noise * found.places)[..., None].astype(np.float32)], -1)
        residuals = (self.places - scale * found.places) / self.noise
        return equations(residuals, rows, self.weights, HUBER)

    def rougher(self, factor: float) -> Targets:
        """The same with its noise times ``factor``."""
        return dataclasses.replace(self, noise=self.noise * factor)

    def misfit(self, unknowns: Unknowns) -> float:
        """Root mean square distance, in standard deviations."""
        return float(np.sqrt((self.errors(unknowns) ** 2).mean())) / self.noise

    def errors(self, unknowns: Unknowns) -> np.ndarray:
        """(P,) float64 distances, metres."""
        return np.linalg.norm(self.places - scale_of(unknowns, self.scaled) * self.at(unknowns).places, axis=1)

    def aligned(self, unknowns: Unknowns, root_joint: np.ndarray) -> Unknowns:
        """The unknowns with the whole head moved, and scaled where it may be, as near to the places as it goes.

        ``root_joint`` (3,) is where it rests.
        """
        found = self.at(unknowns).places
        if not self.scaled:
            return unknowns.moved(*rigid_alignment(found, self.places, self.weights), root_joint)
        scale, rotation, translation = similarity_alignment(found, self.places, self.weights)
        moved = unknowns.moved(rotation, translation / scale, root_joint)
        return Unknowns(moved.coefficients, moved.pose, np.array([np.log(scale)]))


def scale_of(unknowns: Unknowns, scaled: bool) -> float:
    """The head's scale among the unknowns, or 1."""
    return float(np.exp(unknowns.further[0])) if scaled else 1.0
