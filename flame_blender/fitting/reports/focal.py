"""What is likely of a photo's focal length, and what a fit says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

# Portraits are taken at 1.2 to 4 times the picture's longer side, 45 to 145 mm on full frame: their geometric middle,
# and as a standard deviation of the logarithm what leaves 87 of 100 within.
USUAL_SIDES, USUAL_SPREAD = 2.2, 0.4
WITHIN_90 = 1.6449  # standard deviations on both sides that hold 90 of 100
FULL_FRAME = 36.0  # mm
USUAL = "what is usual for portraits"


@dataclass(frozen=True)
class LikelyFocal:
    """Log-normal: its median ``pixels``, the standard deviation ``spread`` of its logarithm, and who says so."""

    pixels: float
    spread: float
    source: str

    @classmethod
    def usual(cls, width: int, height: int) -> LikelyFocal:
        """Of a portrait of which nothing else is known."""
        return cls(USUAL_SIDES * max(width, height), USUAL_SPREAD, USUAL)


@dataclass(frozen=True)
class FoundFocal:
    """``pixels`` of a fit, and the interval that holds the true one with 90 %, in a picture of ``longer`` pixels."""

    pixels: float
    least: float
    most: float
    longer: int
    source: str

    @classmethod
    def of(cls, pixels: float, deviation: float, longer: int, source: str) -> FoundFocal:
        """From the posterior's standard deviation of the logarithm."""
        factor = float(np.exp(WITHIN_90 * deviation))
        return cls(pixels, pixels / factor, pixels * factor, longer, source)

    def summary(self) -> str:
        """One line for a person."""
        millimetres = [value / self.longer * FULL_FRAME for value in (self.pixels, self.least, self.most)]
        return (
            f"Focal length {self.pixels:.0f} px, with 90 % between {self.least:.0f} and {self.most:.0f} "
            f"({millimetres[0]:.0f} mm, {millimetres[1]:.0f} to {millimetres[2]:.0f}, on a 36 mm sensor), from the "
            f"landmarks and {self.source}."
        )

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return {"pixels": self.pixels, "least_90": self.least, "most_90": self.most, "source": self.source}
