"""Light and sRGB's encoding of it, at values that IEC 61966-2-1's formula gives."""

from __future__ import annotations

import numpy as np

from flame_blender.texture_models.encoding import as_light, as_srgb


def test_both_ways():
    encoded = np.array([0.0, 0.02, 0.04045, 0.5, 1.0])
    light = np.array([0.0, 0.02 / 12.92, 0.04045 / 12.92, 0.2140411, 1.0])
    assert np.allclose(as_light(encoded), light, atol=1e-6)
    assert np.allclose(as_srgb(as_light(np.linspace(0, 1, 999))), np.linspace(0, 1, 999), atol=1e-5)
