"""Smoothing a clip: coefficients by a weighted mean of the neighbouring frames, rotations by that mean's rotation."""

from __future__ import annotations

import numpy as np

from ..errors import SequenceError
from ..flame.params import POSE_FIELDS
from ..geometry.rotation_curves import unwrapped
from ..geometry.rotations import axis_angle_from_quaternion, quaternion_from_axis_angle
from .sequence import FlameSequence

LINEAR_FIELDS = ("expression", "translation")
WIDTHS = 4  # standard deviations on either side; what lies beyond weighs less than 1e-3


def smoothed(sequence: FlameSequence, strength: float) -> FlameSequence:
    """The clip with jitter taken out: a Gaussian over time whose standard deviation is ``strength`` frames; 0 is none.

    Identity, offsets, eyelids and camera stay. SequenceError where ``strength`` is no number from 0 to 1000.
    """
    if not 0 <= strength <= 1000:
        raise SequenceError(f"The strength of smoothing must lie in 0..1000 frames, found {strength}.")
    if strength == 0:
        return sequence
    params = sequence.params
    moving = {name: getattr(params, name) for name in (*LINEAR_FIELDS, *POSE_FIELDS)}
    moving = {name: array.astype(np.float64) for name, array in moving.items() if array.ndim == 2}
    fields = {
        name: smoothed_rotations(array, strength) if name in POSE_FIELDS else smoothed_values(array, strength)
        for name, array in moving.items()
    }
    return sequence.with_params(**fields)


def smoothed_values(values: np.ndarray, deviation: float) -> np.ndarray:
    """(N, k) -> (N, k), each row the mean round it; at the ends of the frames that there are."""
    reach = min(int(np.ceil(WIDTHS * deviation)), len(values) - 1)
    total, weights = np.zeros_like(values), np.zeros((len(values), 1))
    for shift in range(-reach, reach + 1):
        weight = np.exp(-0.5 * (shift / deviation) ** 2)
        here = slice(max(0, -shift), len(values) - max(0, shift))
        there = slice(max(0, shift), len(values) - max(0, -shift))
        total[here] += weight * values[there]
        weights[here] += weight
    return total / weights


def smoothed_rotations(vectors: np.ndarray, deviation: float) -> np.ndarray:
    """(N, 3) axis-angle -> (N, 3), unwrapped: the mean of unit quaternions q is the largest eigenvector of mean q q^T.

    Markley et al., "Averaging quaternions", 2007: q and -q count alike, and no axis is special.
    """
    quaternions = quaternion_from_axis_angle(vectors)
    outer = quaternions[:, :, None] * quaternions[:, None, :]
    mean = smoothed_values(outer.reshape(-1, 16), deviation).reshape(-1, 4, 4)
    return unwrapped(axis_angle_from_quaternion(np.linalg.eigh(mean)[1][:, :, -1]))
