"""Texture models as they are released: which keys hold what, in which order and range.

FLAME_texture.npz (https://flame.is.tue.mpg.de) and how TF_FLAME's sample_texture.py uses it; albedoModel2020 of
AlbedoMM (Smith et al., 2020); FLAME_albedo_from_BFM.npz as BFM_to_FLAME's col_to_tex.py writes it. All are BGR, rows
going down, as OpenCV has pictures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError
from .texture_model import LINEAR, SRGB

MOST_TEXELS, MOST_COMPONENTS = 4096, 1000  # on a side; of a model
CHANNELS = 3

Sizes = Mapping[str, tuple[np.dtype, tuple[int, ...]]]


@dataclass(frozen=True)
class Layout:
    """``mean`` and ``components`` are keys of the file; ``full`` is what it writes for white."""

    kind: str
    mean: str
    components: str
    full: float
    colour_space: str
    specular: tuple[str, str] | None = None
    flattened: bool = False

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The keys of mean and components of the diffuse and the specular part."""
        return ((self.mean, self.components), *(() if self.specular is None else (self.specular,)))


FLAME_TEXTURE = Layout("FLAME texture", "mean", "tex_dir", 255.0, SRGB)
ALBEDO_MM = Layout("AlbedoMM", "MU", "PC", 1.0, LINEAR, ("specMU", "specPC"))
BASEL = Layout("Basel albedo", "MU", "PC", 1.0, SRGB, flattened=True)
LAYOUTS = (FLAME_TEXTURE, ALBEDO_MM, BASEL)  # the more telling keys first


def layout_of(sizes: Sizes, source: str) -> tuple[Layout, int, int]:
    """Which release the arrays of a file are of, texels on a side, components. Raises ModelError naming ``source``."""
    for layout in LAYOUTS:
        keys = {key for part in layout.parts for key in part}
        if keys <= sizes.keys():
            return (layout, *_counts(layout, sizes, source))
    found = ", ".join(sorted(sizes)[:8]) or "nothing"
    raise ModelError(f"{source}: expected a texture model with mean and tex_dir, or MU and PC, found {found}.")


def _counts(layout: Layout, sizes: Sizes, source: str) -> tuple[int, int]:
    """Texels on a side and components, which must be the same of all parts."""
    counts = {_counts_of(layout, sizes, part, source) for part in layout.parts}
    if len(counts) != 1:
        raise ModelError(f"{source}: expected a specular part like the diffuse one, found {sorted(counts)}.")
    return counts.pop()


def _counts_of(layout: Layout, sizes: Sizes, part: tuple[str, str], source: str) -> tuple[int, int]:
    mean, components = (sizes[key][1] for key in part)
    side = math.isqrt(math.prod(mean) // CHANNELS) if mean else 0
    picture = (CHANNELS * side * side,) if layout.flattened else (side, side, CHANNELS)
    if not 0 < side <= MOST_TEXELS or mean != picture or components[:-1] != picture:
        expected = "(N, N, 3) and (N, N, 3, K)" if not layout.flattened else "(3 N N,) and (3 N N, K)"
        raise ModelError(
            f"{source}: expected {part[0]} and {part[1]} of shapes {expected}, found {mean}, {components}."
        )
    if not 0 < components[-1] <= MOST_COMPONENTS:
        raise ModelError(f"{source}: expected 1 to {MOST_COMPONENTS} components in {part[1]}, found {components[-1]}.")
    return side, components[-1]
