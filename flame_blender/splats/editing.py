"""Bound splats chosen by their triangles, coloured anew, and put together out of two avatars."""

from __future__ import annotations

import numpy as np

from ..errors import AvatarError
from .harmonics import CONSTANT, GREY
from .splats import Splats

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of red, green and blue (Rec. 709)
DISPLAY_GAMMA = 2.2  # splats tell display colours: a stop of light is 2^(1 / 2.2) of these
HALF = 0.5


def on_triangles(weights: np.ndarray, faces: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(N,) bool: which of N splats are of a region: ``weights`` (V,) of their triangle's corners are more than half."""
    found: np.ndarray = (weights[faces].mean(1) > HALF)[triangles]
    return found


def graded(
    splats: Splats,
    which: np.ndarray,
    *,
    opacity: float = 1.0,
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0),
    saturation: float = 1.0,
    exposure: float = 0.0,
) -> Splats:
    """The splats with some, ``which`` (N,) bool, of other colours, from every side alike.

    ``opacity`` is a factor; ``gain`` one of red, green and blue; ``saturation`` 0 leaves grey of the same luminance;
    ``exposure`` is in stops. All of it is linear in the colours, so that it is exact in the harmonics.
    """
    light = np.asarray(gain, np.float64) * 2.0 ** (exposure / DISPLAY_GAMMA)
    mixed = saturation * np.eye(3) + (1 - saturation) * LUMINANCE  # rows: channels of what comes
    matrix = light[:, None] * mixed
    harmonics, opacities = splats.harmonics.copy(), splats.opacities.copy()
    harmonics[which] = harmonics[which] @ matrix.T.astype(np.float32)
    harmonics[which, 0] += ((matrix.sum(1) - 1) * GREY / CONSTANT).astype(np.float32)
    opacities[which] = np.clip(opacities[which] * opacity, 0, 1)
    return Splats(splats.centres, splats.scales, splats.rotations, opacities, harmonics, splats.triangles)


def joined(one: Splats, other: Splats) -> Splats:
    """Both, told in the same triangles; harmonics of the higher degree, 0 where the other had none.

    Raises AvatarError where one is bound and the other is not.
    """
    if (one.triangles is None) != (other.triangles is None):
        raise AvatarError("expected splats that are both bound to triangles, found such that stand by themselves.")
    most = max(one.harmonics.shape[1], other.harmonics.shape[1])
    harmonics = [np.pad(each.harmonics, ((0, 0), (0, most - each.harmonics.shape[1]), (0, 0))) for each in (one, other)]
    names = ("centres", "scales", "rotations", "opacities")
    centres, scales, rotations, opacities = (
        np.concatenate([getattr(one, name), getattr(other, name)]) for name in names
    )
    triangles = None if one.triangles is None else np.concatenate([one.triangles, np.asarray(other.triangles)])
    return Splats(centres, scales, rotations, opacities, np.concatenate(harmonics), triangles)
