"""A head fitted to landmarks in space."""

from __future__ import annotations

from ..fitting.landmarks.landmarks_3d import fitting_landmarks_3d
from ..fitting.solver.unknowns import VARIED
from ..head.properties import YAW_SIGNS
from ..landmark_files.observed import ObservedLandmarks
from ..observations.landmark_sources import FoundLandmarks
from ..observations.placement import Placement
from . import guess
from .choices import Choices
from .prepared import Prepared


def in_flame(found: FoundLandmarks, placement: Placement) -> ObservedLandmarks:
    """The landmarks in metres and FLAME's axes."""
    seen = found.observed
    return ObservedLandmarks(placement.to_flame(seen.points), seen.indices, seen.weights)


def prepared(
    found: FoundLandmarks, choices: Choices, noise: float | None = None, vary: tuple[str, ...] = VARIED
) -> Prepared:
    """The fit to landmarks in the world, off by ``noise`` metres, by default told by them. Raises FlameError."""
    evaluator = choices.evaluator
    placement = guess.of_landmarks(found, evaluator.model, choices.units, choices.axes)
    yaw_sign = YAW_SIGNS[choices.head.flame.yaw_sign if choices.head is not None else "SILHOUETTE"]
    return Prepared(
        lambda preview: fitting_landmarks_3d(
            evaluator,
            found.embedding,
            in_flame(found, placement),
            fit_scale=choices.fit_scale,
            noise=noise,
            vary=vary,
            yaw_sign=yaw_sign,
            preview=preview,
        ),
        choices.entry,
        placement,
        found.notes,
    )
