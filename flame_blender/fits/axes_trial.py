"""Which way a scan without landmarks stands: each likely way is tried, and the one that leaves least is taken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..fitting.matching import Scan
from ..fitting.rigid_start import brought_near
from ..fitting.units_axes import Convention, nearest_axes
from ..flame.model import FlameModel
from .surfaces import surface

SAMPLED = 250  # points of the scan
ROUNDS = 14
GOOD = 3.5e-3  # metres: heads leave about 3, everything that stands otherwise 5 and more
BEHIND_THE_NOSE = 0.03  # metres, of the middle of a face


def nearest_convention(scan: Scan, model: FlameModel, conventions: Sequence[Convention]) -> Convention:
    """The convention in which the scan, metres and centred, comes to lie closest to the neutral head."""
    rng = np.random.default_rng(0)
    if len(scan.points) > SAMPLED:
        scan = scan[rng.choice(len(scan.points), SAMPLED, replace=False)]
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
        if least < GOOD:
            break
    return nearest_axes(best, conventions)
