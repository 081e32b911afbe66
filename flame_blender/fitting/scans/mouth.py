"""Whether a mouth is open, where nothing but the points of a scan tells it.

Points of shut lips lie near an open mouth's lips too, and a lowered jaw lengthens the face of whoever has a longer one
than the model. So the mouth is taken for shut, as most are in scans, unless the points are far likelier with it open.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator

import numpy as np

from ...flame.params import POSE_FIELDS
from ...geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from ...long_work import part_of
from ..solver.graduated import RIGID
from ..solver.linearised import Pose
from ..solver.unknowns import VARIED, Unknowns
from .fitter import ROUNDS, Placed, ScanFitter
from .matching import Scan
from .nature import spread_of
from .start import unlikeliness

JAW = POSE_FIELDS.index("jaw")
SHUT = 0.03  # radians: the standard deviation of a shut mouth's jaw
CLEARLY_OPEN, OPEN = 0.10, 0.25  # radians: what such a jaw is pulled open to, and where an open one is begun
SHUT_ROUNDS = ((RIGID, 5), ((*RIGID, "shape"), 8), (VARIED, 25))
OPEN_ROUNDS = ((VARIED, 25),)
LIKELIER = 0.02  # of a point's :func:`.scan_start.unlikeliness`


def fitted_with_mouth(fitter: ScanFitter, sample: Scan, begun: Placed) -> Generator[float, None, Placed]:
    """:meth:`.ScanFitter.fitted` with the mouth shut and open, the likelier of the two."""
    if "jaw" not in fitter.vary:
        return (yield from fitter.fitted(sample, begun, ROUNDS))
    shut = yield from part_of(fitter.fitted(sample, begun, SHUT_ROUNDS, SHUT), 0.0, 0.6)
    if jaw_of(shut.unknowns)[0] > CLEARLY_OPEN:
        return (yield from part_of(fitter.fitted(sample, shut, OPEN_ROUNDS), 0.6, 1.0))
    half_open = Placed(with_jaw(shut.unknowns, OPEN), shut.iterations)
    opened = yield from part_of(fitter.fitted(sample, half_open, OPEN_ROUNDS), 0.6, 1.0)
    spread = spread_of(sample.points)
    unlikely = [unlikeliness(fitter.matches(sample, each.unknowns), fitter.cover, spread) for each in (shut, opened)]
    likelier = opened if unlikely[1] + LIKELIER < unlikely[0] else shut
    return Placed(likelier.unknowns, opened.iterations)


def jaw_of(unknowns: Unknowns) -> np.ndarray:
    """(3,) the jaw's rotation vector; its first number opens the mouth."""
    return axis_angle_from_matrix(unknowns.pose.rotations[0, JAW])


def with_jaw(unknowns: Unknowns, angle: float) -> Unknowns:
    """The same head with its mouth open by ``angle``, radians."""
    rotations = unknowns.pose.rotations.copy()
    rotations[0, JAW] = matrix_from_axis_angle(np.array([angle, 0.0, 0.0]))
    return dataclasses.replace(unknowns, pose=Pose(rotations, unknowns.pose.translation))
