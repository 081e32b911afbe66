"""Rotations over time: neighbouring frames that never jump, and in-betweens along the shortest turn."""

from __future__ import annotations

import itertools

import numpy as np

from .rotations import axis_angle_from_quaternion, quaternion_from_axis_angle

FULL_TURN = 2 * np.pi
_SMALL = 1e-9


def unwrapped(vectors: np.ndarray) -> np.ndarray:
    """(N, 3) axis-angle -> (N, 3) float64, the same rotations, each written as near as can be to the one before.

    A rotation of angle a about u is also one of a + 2 pi k about u; the k that brings it nearest to the frame before is
    taken. So neighbouring vectors differ by what lies between the rotations, and what lies between keys is right.
    """
    vectors = np.array(vectors, np.float64)
    for before, vector in itertools.pairwise(vectors):
        angle = float(np.sqrt(vector @ vector))
        if angle > _SMALL:
            axis = vector / angle
        else:  # no rotation, or as good as none: whole turns about the axis of the frame before
            length = float(np.sqrt(before @ before))
            axis = before / length if length > _SMALL else vector * 0
        turns = np.round((before @ axis - angle) / FULL_TURN)
        vector[:] += turns * FULL_TURN * axis  # in place: the next frame is compared with it
    return vectors


def continuous(quaternions: np.ndarray) -> np.ndarray:
    """(N, 4) with signs chosen so that neighbours do not jump: q and -q turn alike."""
    flips = np.where((quaternions[1:] * quaternions[:-1]).sum(1) < 0, -1.0, 1.0)
    return quaternions * np.append(1.0, np.cumprod(flips))[:, None]


def interpolated(vectors: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(N, 3) axis-angle at frames 0..N-1 -> (M, 3) float64, unwrapped, at ``times`` (M,) by spherical interpolation."""
    quaternions = quaternion_from_axis_angle(vectors)
    before, share = neighbours(times, len(quaternions))
    after = np.minimum(before + 1, len(quaternions) - 1)
    return unwrapped(axis_angle_from_quaternion(_slerp(quaternions[before], quaternions[after], share)))


def _slerp(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(M, 4) unit quaternions and (M,) shares -> (M, 4), the shorter way round (Shoemake 1985)."""
    second = np.where((first * second).sum(-1, keepdims=True) < 0, -second, second)
    # the angle from difference and sum stays precise where the cosine is near 1
    half = np.arctan2(np.sqrt(np.square(first - second).sum(-1)), np.sqrt(np.square(first + second).sum(-1)))
    angle = 2 * half
    whole = np.sinc(angle / np.pi)
    weights = [each * np.sinc(each * angle / np.pi) / whole for each in (1 - share, share)]
    return weights[0][:, None] * first + weights[1][:, None] * second


def neighbours(times: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The frame before each time, and the share of the way to the next; times beyond the ends are held."""
    times = np.clip(np.asarray(times, np.float64), 0, count - 1)
    before = np.minimum(times.astype(np.int64), max(count - 2, 0))
    return before, times - before
