"""Where a fit to a scan begins: at landmarks, or at the likeliest of many turns, and of sizes where that is unknown."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from ...errors import ParameterError
from ...long_work import part_of
from ..solver.graduated import RIGID
from .fitter import ROUGHEST, Placed, ScanFitter
from .matching import Matches, Scan
from .nature import FACE_SPREAD, HEAD_SPREAD, HOW_FAR_SCANS_REACH, agreeing, outwards, spread_of
from .rigid_start import rigid_start

STARTS = 3  # of those that the search finds, how many are fitted before one is chosen
TRIED = ((RIGID, 4), ((*RIGID, "shape"), 5))
BEHIND_THE_NOSE = 0.03  # metres, of the middle of a face
STRAY_SHARE = 0.1  # of a scan's spread: how far off a point is that tells nothing of where the head stands


@dataclass(frozen=True, eq=False)
class Begun:
    """Where to begin: ``scan`` of about a head's size, its normals outwards, and the head ``placed`` on it.

    ``size`` is what the scan was divided by.
    """

    scan: Scan
    placed: Placed
    size: float


def searched(fitter: ScanFitter, scan: Scan, rng: np.random.Generator) -> Generator[float, None, Begun]:
    """The likeliest place of the mean head on ``scan``, and its size where the fitter scales."""
    scan = outwards(scan)
    spread, mean = spread_of(scan.points), fitter.placed(fitter.given, 1.0).unknowns
    if spread <= 0:
        raise ParameterError("A scan must reach somewhere, found all its points in one place.")
    vertices, faces = fitter.vertices(mean), fitter.evaluator.model.faces
    nearest = fitter.surface(vertices, faces)
    front = np.array([0.0, np.median(vertices[:, 1]), vertices[:, 2].max() - BEHIND_THE_NOSE])
    reaches = HOW_FAR_SCANS_REACH if fitter.scaled else (spread,)
    candidates = []
    for number, reach in enumerate(reaches):
        place = front if reach < (FACE_SPREAD + HEAD_SPREAD) / 2 else vertices.mean(0)
        sized = _divided(scan, spread / reach)
        search = rigid_start(sized, vertices, faces, place, nearest, rng, 1 / len(reaches))
        placings = yield from part_of(search, 0.6 * number / len(reaches), 0.6 * (number + 1) / len(reaches))
        candidates += [(left / reach, sized, spread / reach, placing) for left, placing in placings[:STARTS]]
    candidates.sort(key=lambda each: each[0])
    root_joint = fitter.whole.joints_at(mean.coefficients)[0]
    best, least, iterations = None, np.inf, 0
    for number, (_, divided, size, placing) in enumerate(candidates[:STARTS]):
        share = 0.6 + 0.4 * number / STARTS
        begun = mean.moved(*placing, root_joint)
        sized = agreeing(divided, fitter.matches(divided, begun))
        fitted = fitter.fitted(sized, Placed(begun, iterations), TRIED)
        tried = yield from part_of(fitted, share, share + 0.4 / STARTS)
        iterations = tried.iterations
        unlikely = unlikeliness(fitter.matches(sized, tried.unknowns), fitter.cover, spread / size) + 2 * np.log(size)
        if unlikely < least:
            best, least = Begun(sized, tried, size), unlikely
    if best is None:
        raise ParameterError("The scan has no face: no head comes to lie on it from any side.")
    return Begun(best.scan, Placed(best.placed.unknowns, iterations), best.size)


def unlikeliness(matches: Matches, cover: np.ndarray, spread: float) -> float:
    """Minus twice the mean logarithm of the density of points that lie so, up to a constant.

    Each is off as far as the bare face is before its shape is known, and as what covers it is thick (``cover`` (F,)
    of the head's triangles), or it is a stray, of which ``spread`` of the scan tells how far off.
    """
    variance = ROUGHEST**2 + cover[matches.triangles] ** 2
    stray = 1 + 2 * np.log(STRAY_SHARE * spread)
    off = np.minimum(matches.distances**2 / variance + np.log(variance), stray)
    return float(np.where(matches.agree, off, stray).mean())


def _divided(scan: Scan, size: float) -> Scan:
    return scan if size == 1 else Scan(scan.points / size, scan.normals)
