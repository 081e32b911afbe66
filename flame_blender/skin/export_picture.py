"""A head's skin as PNG files, of the texture model's own numbers."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

from ..errors import ParameterError
from ..files.whole_files import whole_files
from ..head.parameters import require_head
from ..texture_models.encoding import as_srgb
from ..texture_models.picture import displayed
from ..texture_models.texture_model import SRGB
from ..textures.png import QUICK, png_bytes
from . import following, setting

SHINE = "{}_specular.png"


def export(obj: bpy.types.Object, path: Path, display: bool) -> tuple[Path, ...]:
    """Write the picture to ``path``, and what shines beside it; the files, the picture first.

    Light is encoded as sRGB. ``display``: one picture, of diffuse and specular together, as TF_FLAME shows albedo.
    Raises ParameterError and WriteError.
    """
    texture = setting.require_texture(require_head(obj))
    values = following.values_of(obj)
    if not values:
        raise ParameterError(str(following.trouble(obj)))
    if display and len(values) < 2:
        raise ParameterError(f"The texture model {texture.name!r} has no specular part, which TF_FLAME's display adds.")
    if path.suffix.lower() != ".png":
        found = path.suffix or "no ending"
        raise ParameterError(f"{path}: expected a name ending in .png, found {found}.")
    colours = displayed(*values) if display else values[0]
    if not display and texture.colour_space != SRGB:
        colours = as_srgb(np.clip(colours, 0.0, 1.0))
    names = [path.name] if display else [path.name, SHINE.format(path.stem)][: len(values)]
    with whole_files(path) as folder:
        for name, numbers in zip(names, (colours, *values[1:]), strict=False):
            (folder / name).write_bytes(png_bytes(_rows_down(numbers, texture.size), QUICK))
    return tuple(path.with_name(name) for name in names)


def _rows_down(values: np.ndarray, size: int) -> np.ndarray:
    """(N, N, 3) uint8 of values (P,), whose rows go up."""
    levels = np.rint(255 * np.clip(values, 0.0, 1.0)).astype(np.uint8)
    return np.ascontiguousarray(levels.reshape(size, size, 3)[::-1])
