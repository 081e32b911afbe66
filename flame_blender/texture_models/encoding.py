"""Colours as light, and as sRGB encodes it (IEC 61966-2-1)."""

from __future__ import annotations

import numpy as np


def as_light(encoded: np.ndarray) -> np.ndarray:
    """(...) light from sRGB's values, 0 to 1."""
    low: np.ndarray = encoded / 12.92
    return np.where(encoded <= 0.04045, low, ((np.maximum(encoded, 0.0) + 0.055) / 1.055) ** 2.4)


def as_srgb(light: np.ndarray) -> np.ndarray:
    """(...) sRGB's values of light."""
    low: np.ndarray = light * 12.92
    return np.where(light <= 0.0031308, low, 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055)
