"""What is told of a scan before any fit: how large it is beside a head, and which side its faces are wound to."""

from __future__ import annotations

import numpy as np

from .matching import Matches, Scan

# Metres, of people: the median distance of a scan's points from their middle. A face, one with its ears, a head, one
# with its shoulders.
FACE_SPREAD, MASK_SPREAD, HEAD_SPREAD, BUST_SPREAD = 0.045, 0.065, 0.105, 0.145
HOW_FAR_SCANS_REACH = (FACE_SPREAD, MASK_SPREAD, HEAD_SPREAD, BUST_SPREAD)
BEYOND = 1.5  # times smaller than a face or larger than a bust with shoulders is of another unit
SMALLEST_SPREAD, LARGEST_SPREAD = FACE_SPREAD / BEYOND, BUST_SPREAD * BEYOND
DECIDED = 0.1  # mean cosine between normals and the way out: faces have 0.2 and more
IN_PLACE = 0.6  # share of the near points that lie along the head's surface, whichever way, where it is in place
CLEARLY = 2.0  # times as many of the near points have the head's normals one way as the other
NEAR = 0.01  # metres


def spread_of(points: np.ndarray) -> float:
    """Metres: the median distance of points (P, 3) from their middle."""
    return float(np.median(np.linalg.norm(points - np.median(points, axis=0), axis=1)))


def is_a_heads_size(points: np.ndarray) -> bool:
    """Whether points (P, 3), metres, reach as far as a face, a head or a bust may."""
    return SMALLEST_SPREAD <= spread_of(points) <= LARGEST_SPREAD


def outwards(scan: Scan) -> Scan:
    """With its normals turned to point away from its middle; without them where they point neither way."""
    if scan.normals is None:
        return scan
    away = scan.points - np.median(scan.points, axis=0)
    lengths = np.linalg.norm(away, axis=1)
    cosine = float(((away * scan.normals).sum(1) / np.maximum(lengths, 1e-12)).mean())
    return turned(scan, float(np.sign(cosine)) if abs(cosine) > DECIDED else 0.0)


def agreeing(scan: Scan, matches: Matches) -> Scan:
    """With its normals as they are, turned round, or left out: as they agree with a head that lies on the scan."""
    if scan.normals is None:
        return scan
    near = matches.distances < NEAR
    if not near.any():
        return scan
    cosines = (scan.normals * matches.normals).sum(1)[near]
    as_they_are, turned_round = float((cosines > 0.5).mean()), float((cosines < -0.5).mean())
    if as_they_are + turned_round < IN_PLACE or as_they_are > CLEARLY * turned_round:
        return scan
    return turned(scan, -1.0 if turned_round > CLEARLY * as_they_are else 0.0)


def turned(scan: Scan, way: float) -> Scan:
    """The scan with its normals times 1 or -1; without them for 0."""
    if scan.normals is None or way == 1:
        return scan
    return Scan(scan.points, None if way == 0 else way * scan.normals)


def way_turned(before: Scan, after: Scan) -> float:
    """What ``after`` did to the normals of ``before``: 1, -1, or 0 where it left them out."""
    if before.normals is None or after.normals is None:
        return 1.0 if before.normals is after.normals else 0.0
    return float(np.sign((before.normals * after.normals).sum()))
