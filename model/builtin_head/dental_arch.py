"""The curve that teeth, gums, lips and the pocket behind the lips are bent round (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

FRONT = 91.8  # z of the upper incisors' labial face at the midline
# Width between the first molars' outer faces and how far these lie behind the incisors' edges, mean of 54 upper dental
# casts with normal occlusion: Mina et al., Mathematical beta function formulation for maxillary arch form prediction,
# Odontology 105 (2017) 229-236, abstract.
MOLAR_WIDTH, MOLAR_DEPTH = 57.92, 31.59
BLUNTNESS = 2.35  # power of x; 2 would be a parabola, too pointed at the canines
REACH = 40.0  # mm from the midline, beyond the last molar


def arch_depth(x: np.ndarray) -> np.ndarray:
    """Z of the front faces of the upper teeth at ``x``."""
    return FRONT - MOLAR_DEPTH * (np.abs(np.asarray(x, float)) / (MOLAR_WIDTH / 2)) ** BLUNTNESS


def along_arch(lengths: np.ndarray, setback: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places (..., 2) as (x, z), tangents and outward normals at arc lengths from the midline of the left half.

    The arch is that of :func:`arch_depth`, moved back by ``setback``.
    """
    x = np.linspace(0, REACH, 801)
    z = arch_depth(x) - setback
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    x_at = np.interp(lengths, along, x)
    slope = -BLUNTNESS * MOLAR_DEPTH / (MOLAR_WIDTH / 2) * (x_at / (MOLAR_WIDTH / 2)) ** (BLUNTNESS - 1)
    tangent = np.stack([np.ones_like(x_at), slope], -1) / np.hypot(1, slope)[..., None]
    normal = np.stack([-tangent[..., 1], tangent[..., 0]], -1)
    return np.stack([x_at, arch_depth(x_at) - setback], -1), tangent, normal
