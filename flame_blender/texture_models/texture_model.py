"""A texture model: a mean picture, and what each coefficient adds to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SRGB, LINEAR = "sRGB", "Linear"
FIXED_POINT = 32767  # of the 16 bits' range: what a component's largest value is kept as


@dataclass(frozen=True, eq=False)
class TexturePart:
    """The diffuse or the specular half of a texture model; a picture's values are in one row, RGB, rows going up.

    ``mean`` (P,) float32, 0 to 1 in the model's own colour space. ``components`` (K, P) int16, mapped from a file:
    what one standard deviation adds is ``components[k] * scales[k]``, ``scales`` (K,) float32. Fixed point: NumPy makes
    numbers of it five times as quickly as of half precision, and as exactly.
    """

    mean: np.ndarray
    components: np.ndarray
    scales: np.ndarray

    @property
    def count(self) -> int:
        """How many coefficients there are."""
        return len(self.scales)


@dataclass(frozen=True, eq=False)
class TextureModel:
    """A model of the colours of faces, in FLAME's UVs.

    Attributes
    ----------
    name : str
        By which it is chosen.
    kind : str
        Whose it is: "FLAME texture", "AlbedoMM" or "Basel albedo".
    fingerprint : str
        SHA-256 of its numbers.
    size : int
        Texels on a side of its pictures.
    colour_space : str
        "sRGB" of photographs, or "Linear" of albedo.
    diffuse : TexturePart
        The colours.
    specular : TexturePart or None
        What shines, moved by the same coefficients; AlbedoMM has it.
    uv_coords : (T, 2) float32 or None
        UVs that came with it, V going up; None: FLAME's.
    uv_faces : (F, 3) int32 or None
        Their triangles, in the order of FLAME's faces.
    """

    name: str
    kind: str
    fingerprint: str
    size: int
    colour_space: str
    diffuse: TexturePart
    specular: TexturePart | None = None
    uv_coords: np.ndarray | None = None
    uv_faces: np.ndarray | None = None

    @property
    def count(self) -> int:
        """How many coefficients there are."""
        return self.diffuse.count
