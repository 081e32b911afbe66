"""A converted texture model in its folder: components to be mapped, and the rest in one small file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import ModelError
from ..files.archive import read_npz
from ..files.npz_file import save_arrays
from .released_files import CHANNELS, LAYOUTS, Layout
from .texture_model import TextureModel, TexturePart

FORMAT = "flame_blender texture model 1"
REST, COMPONENTS = "texture_model.npz", "{}.npy"
DIFFUSE, SPECULAR = "diffuse", "specular"
_UVS = ("uv_coords", "uv_faces")


def save_rest(
    folder: Path,
    layout: Layout,
    fingerprint: str,
    size: int,
    parts: Mapping[str, TexturePart],
    uvs: Mapping[str, np.ndarray],
) -> None:
    """Write all but the components into ``folder``. Raises WriteError."""
    arrays = {"format": np.array(FORMAT), "kind": np.array(layout.kind), "fingerprint": np.array(fingerprint)}
    arrays |= {"size": np.array(size)} | dict(uvs)
    for name, part in parts.items():
        arrays |= {f"{name}/mean": part.mean, f"{name}/scales": part.scales}
    save_arrays(folder / REST, arrays)


def load_texture_model(folder: Path) -> TextureModel:
    """The texture model in ``folder``, its components mapped, not read. Raises ModelError."""
    path = folder / REST
    arrays = read_npz(path)
    said = str(arrays.get("format"))
    if said != FORMAT:
        raise ModelError(f"{path}: expected format {FORMAT!r}, found {said[:40]!r}; install the texture model again.")
    try:
        kind, size = str(arrays["kind"]), int(arrays["size"])
        colour_space = next(layout.colour_space for layout in LAYOUTS if layout.kind == kind)
        diffuse = _part(folder, DIFFUSE, arrays, size)
        specular = _part(folder, SPECULAR, arrays, size) if f"{SPECULAR}/mean" in arrays else None
        uvs = {name: arrays.get(name) for name in _UVS}
        return TextureModel(folder.name, kind, str(arrays["fingerprint"]), size, colour_space, diffuse, specular, **uvs)
    except ModelError:
        raise
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise ModelError(f"{path}: expected a texture model, found part of one; install it again.") from error


@dataclass(frozen=True)
class Told:
    """What a kept texture model says of itself: ``kind``, ``fingerprint``, texels on a side, coefficients."""

    kind: str
    fingerprint: str
    size: int
    count: int


def told_of(folder: Path) -> Told:
    """What the texture model in ``folder`` says of itself, its components only looked at. Raises ModelError."""
    path = folder / REST
    scales = f"{DIFFUSE}/scales"
    said = read_npz(path, only=("format", "kind", "fingerprint", "size", scales))
    try:
        told = Told(str(said["kind"]), str(said["fingerprint"]), int(said["size"]), len(said[scales]))
        bytes_there = (folder / COMPONENTS.format(DIFFUSE)).stat().st_size
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ModelError(f"{path}: expected a texture model, found part of one; install it again.") from error
    if str(said.get("format")) != FORMAT or bytes_there < 2 * CHANNELS * told.size**2 * told.count:
        raise ModelError(f"{path}: expected a whole texture model, found part of one; install it again.")
    return told


def _part(folder: Path, name: str, arrays: Mapping[str, np.ndarray], size: int) -> TexturePart:
    path, mean, scales = folder / COMPONENTS.format(name), arrays[f"{name}/mean"], arrays[f"{name}/scales"]
    expected = (len(scales), CHANNELS * size * size)
    try:
        components = np.lib.format.open_memmap(path, mode="r")
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be read ({error.strerror or error}); install the texture model again."
        ) from error
    if components.shape != expected or components.dtype != np.int16 or mean.shape != expected[1:]:
        found = f"{components.dtype} {components.shape}"
        raise ModelError(f"{path}: expected int16 {expected}, found {found}; install the texture model again.")
    return TexturePart(mean, components, scales)
