"""Which way a scan without landmarks stands: each likely way is tried, and the one that leaves least is taken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..fitting.scans.matching import Scan
from ..fitting.scans.nature import FACE_SPREAD, HEAD_SPREAD, is_a_heads_size, outwards, spread_of
from ..fitting.scans.rigid_start import brought_near
from ..flame.model import FlameModel
from ..geometry.units_axes import Convention, nearest_axes
from ..observations.surfaces import surface

SAMPLED = 250  # points of the scan
ROUNDS = 14
GOOD = 3.5e-3  # metres: heads leave about 3, everything that stands otherwise 5 and more
BEHIND_THE_NOSE = 0.03  # metres, of the middle of a face


def nearest_convention(scan: Scan, model: FlameModel, conventions: Sequence[Convention]) -> Convention:
    """The convention in which the scan, metres and centred, comes to lie closest to the neutral head.

    A scan that is no head's size is tried as large as a face and as a head; normals may point inwards.
    """
    rng = np.random.default_rng(0)
    scan = outwards(scan)
    spread = spread_of(scan.points)
    if len(scan.points) > SAMPLED:
        scan = scan[rng.choice(len(scan.points), SAMPLED, replace=False)]
    if not is_a_heads_size(scan.points) and spread > 0:
        reaches = (FACE_SPREAD, HEAD_SPREAD)
        sized = [Scan(scan.points * (reach / spread), scan.normals) for reach in reaches]
        tried = [_nearest(each, model, conventions, 0.0) for each in sized]
        best = min(range(len(reaches)), key=lambda each: tried[each][0] / reaches[each])
        return nearest_axes(tried[best][1], conventions)
    return nearest_axes(_nearest(scan, model, conventions, GOOD)[1], conventions)


def _nearest(scan: Scan, model: FlameModel, conventions: Sequence[Convention], good: float) -> tuple[float, np.ndarray]:
    """Metres that the best of the conventions leaves, or the first below ``good``, and the rotation it ends with."""
    vertices = model.v_template.astype(np.float64)
    nearest = surface(vertices, model.faces)
    front = np.array([0.0, np.median(vertices[:, 1]), vertices[:, 2].max() - BEHIND_THE_NOSE])
    least, best = np.inf, conventions[0].rotation
    for convention in conventions:
        for place in (front, vertices.mean(0)):  # a face, or a head all round
            shift = place - convention.rotation @ np.median(scan.points, axis=0)
            left, rotation, _ = brought_near(scan, vertices, model.faces, nearest, convention.rotation, shift, ROUNDS)
            if left < least:
                least, best = left, rotation
        if least < good:
            break
    return least, best
