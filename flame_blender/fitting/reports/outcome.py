"""What a fit returns: parameters, and how well they fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...flame.params import FlameParams
from ...geometry.camera import Camera
from .doubts import CoefficientSizes
from .focal import FoundFocal

MILLIMETRES, PIXELS = "mm", "px"
UNSETTLED = "The solver had not settled when it was stopped."


@dataclass(frozen=True, eq=False)
class FitReport:
    """How well a head fits what was observed.

    Attributes
    ----------
    kind : str
        What was fitted.
    unit : str
        "mm" or "px".
    errors : (n,) float64, in ``unit``
        How far each observed point is from the fitted head.
    iterations : int
        How many the solver took.
    notes : tuple of str
        How large the coefficients are, what was assumed and what looks doubtful, one sentence each.
    coefficients : CoefficientSizes or None
        How large they are, as numbers.
    focal : FoundFocal or None
        A focal length that was found.
    """

    kind: str
    unit: str
    errors: np.ndarray
    iterations: int
    notes: tuple[str, ...] = ()
    coefficients: CoefficientSizes | None = None
    focal: FoundFocal | None = None

    @property
    def mean(self) -> float:
        return float(self.errors.mean())

    @property
    def median(self) -> float:
        return float(np.median(self.errors))

    @property
    def percentile_95(self) -> float:
        return float(np.percentile(self.errors, 95))

    @property
    def largest(self) -> float:
        return float(self.errors.max())

    def summary(self) -> tuple[str, ...]:
        """Lines for a person."""
        numbers = (
            f"{self.kind}, {len(self.errors)} points: mean {self.mean:.3g}, median {self.median:.3g}, "
            f"95th percentile {self.percentile_95:.3g}, largest {self.largest:.3g} {self.unit}."
        )
        return (numbers, *self.notes)

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "points": len(self.errors),
            "mean": self.mean,
            "median": self.median,
            "percentile_95": self.percentile_95,
            "largest": self.largest,
            "iterations": self.iterations,
            "notes": list(self.notes),
            "coefficients": None if self.coefficients is None else self.coefficients.as_dict(),
            "focal": None if self.focal is None else self.focal.as_dict(),
        }


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted head.

    Attributes
    ----------
    params : FlameParams
        One frame.
    report : FitReport
        How well it fits.
    scale : float
        What was observed is the head times this: how many of the observed units a metre has.
    camera : Camera or None
        Of one photo: the camera that was found, in FLAME's axes.
    """

    params: FlameParams
    report: FitReport
    scale: float = 1.0
    camera: Camera | None = None
