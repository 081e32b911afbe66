"""Blender's Hue/Saturation/Value node, done to colours instead of in a material."""

from __future__ import annotations

import numpy as np

from ..texture_models.encoding import as_light, as_srgb


def toned(
    colours: np.ndarray, hue: float, saturation: float, value: float, amount: float = 1.0, encoded: bool = False
) -> np.ndarray:
    """(..., 3) RGB colours as the node gives them; ``encoded`` ones are sRGB's, and stay so.

    The node's own formula: hue turned by ``hue`` - 0.5 of the circle, saturation and value multiplied, saturation kept
    up to 1, all of it mixed with the colours by ``amount`` (Blender manual, "Hue/Saturation/Value Node").
    """
    linear = as_light(colours) if encoded else colours
    h, s, v = _hsv(linear)
    changed = _rgb((h + hue - 0.5) % 1.0, np.clip(s * saturation, 0.0, 1.0), v * value)
    mixed = np.maximum(linear + amount * (changed - linear), 0.0)
    return as_srgb(mixed) if encoded else mixed


def _hsv(colours: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hue, saturation, value, each (...), the hue from 0 to 1 (A. R. Smith, "Color gamut transform pairs", 1978)."""
    red, green, blue = np.moveaxis(colours, -1, 0)
    value, spread = colours.max(-1), np.ptp(colours, axis=-1)
    safe = np.where(spread > 0, spread, 1.0)
    sixths = np.where(
        value == red,
        ((green - blue) / safe) % 6.0,
        np.where(value == green, (blue - red) / safe + 2.0, (red - green) / safe + 4.0),
    )
    return sixths / 6.0, spread / np.where(value > 0, value, 1.0), value


def _rgb(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    """(..., 3) from hue, saturation, value (...)."""
    channels = []
    for corner in (5.0, 3.0, 1.0):
        sixths = (corner + 6.0 * hue) % 6.0
        channels.append(value - value * saturation * np.clip(np.minimum(sixths, 4.0 - sixths), 0.0, 1.0))
    return np.stack(channels, -1)
