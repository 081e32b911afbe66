"""A released texture model made into a folder that is mapped into memory: read in parts, written whole."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Generator, Iterator
from pathlib import Path

import numpy as np

from ..errors import ModelError
from ..files.archive import npz_shapes, open_array, read_npz
from ..files.whole_files import reserve, told, whole_folder
from ..long_work import part_of
from .kept import COMPONENTS, DIFFUSE, SPECULAR, save_rest
from .released_files import CHANNELS, Layout, layout_of
from .texture_model import FIXED_POINT, TexturePart

ROWS = 8  # of the picture at a time
LARGEST = 1e4  # of a mean or component, as a share of white: what is larger is no colour


class KeptAlreadyError(Exception):
    """Leaves the block in which a folder is filled: there is one like it."""


def converting(path: Path, folder: Path, known: Collection[str] = ()) -> Generator[float, None, str]:
    """Convert the texture model ``path`` into the new folder ``folder``; yields the share done.

    Returns its fingerprint; where that is ``known`` no folder is made. The components are read twice, some rows of the
    picture at a time: for the largest of each, and to be kept as 16 bits of it. Stopped early it leaves nothing.
    Raises ModelError and WriteError.
    """
    layout, size, count = layout_of(npz_shapes(path), str(path))
    digest = hashlib.sha256(f"{layout.kind} {size} {count}".encode())
    with contextlib.suppress(KeptAlreadyError), whole_folder(folder) as part:
        names = (DIFFUSE, SPECULAR)[: len(layout.parts)]
        parts: dict[str, TexturePart] = {}
        for number, (name, keys) in enumerate(zip(names, layout.parts, strict=True)):
            target = part / COMPONENTS.format(name)
            steps = _converting_part(path, (target, folder / target.name), layout, keys, (size, count))
            parts[name] = yield from part_of(steps, number / len(names), (number + 1) / len(names))
            for array in (parts[name].mean, parts[name].scales, parts[name].components):
                digest.update(array.data)
        uvs = _uvs(path)
        for array in uvs.values():
            digest.update(array.data)
        if digest.hexdigest() in known:
            raise KeptAlreadyError
        save_rest(part, layout, digest.hexdigest(), size, parts, uvs)
        parts.clear()  # lets go of the mapped files: Windows moves none that is open
    return digest.hexdigest()


def _converting_part(
    path: Path, places: tuple[Path, Path], layout: Layout, keys: tuple[str, str], shape: tuple[int, int]
) -> Generator[float, None, TexturePart]:
    """Mean and components under ``keys`` as a part whose components are mapped.

    ``places``: the file they are mapped from, and where it will come to. It is written as files are, not
    through the map: on a full disk that would end the whole program.
    """
    target, place = places
    size, count = shape
    mean = _upward(next(_pictures(path, keys[0], layout, (size, 1), size))[1])[:, 0].copy()
    largest = np.zeros(count, np.float32)
    for row, picture in _pictures(path, keys[1], layout, shape, ROWS):
        np.maximum(largest, np.abs(picture).max((0, 1, 2)), out=largest)
        yield 0.5 * row / size
    scales = np.where(largest > 0, largest, 1).astype(np.float32) / np.float32(FIXED_POINT)
    line, each = CHANNELS * size, np.dtype("<i2")
    with told(place), target.open("wb") as file:
        header = {"descr": each.str, "fortran_order": False, "shape": (count, line * size)}
        np.lib.format.write_array_header_1_0(file, header)
        begin = file.tell()
        reserve(file, begin + each.itemsize * count * line * size)
        for row, picture in _pictures(path, keys[1], layout, shape, ROWS):
            first = (size - row - len(picture)) * line
            for index, values in enumerate(np.rint(_upward(picture) / scales).T.astype(each)):
                file.seek(begin + each.itemsize * (index * line * size + first))
                file.write(values.tobytes())
            yield 0.5 + 0.5 * row / size
    with told(place):
        kept = np.lib.format.open_memmap(target, "r")
    return TexturePart(mean, kept, scales)


def _pictures(
    path: Path, key: str, layout: Layout, shape: tuple[int, int], rows: int
) -> Iterator[tuple[int, np.ndarray]]:
    """Some rows at a time of a picture of ``shape`` (size, K): the number of the first, and (n, size, 3, K)."""
    size, count = shape
    with open_array(path, key) as stream:
        if stream.fortran and len(stream.shape) > 1:
            raise ModelError(f"{stream.source} must be in C order, as the released scripts write it; save it again.")
        for number, part in enumerate(stream.parts(rows * size * CHANNELS if layout.flattened else rows)):
            with np.errstate(over="ignore", invalid="ignore"):  # what is no number is named below
                picture = part.reshape(-1, size, CHANNELS, count).astype(np.float32) / np.float32(layout.full)
            if not (np.abs(picture) <= LARGEST).all():
                raise ModelError(f"{stream.source} must hold colours, found values that are none; copy the file again.")
            yield number * rows, picture


def _upward(picture: np.ndarray) -> np.ndarray:
    """(n, size, 3, K), BGR and rows going down -> (3 n size, K), RGB and rows going up."""
    return picture[::-1, :, ::-1].reshape(-1, picture.shape[-1])


def _uvs(path: Path) -> dict[str, np.ndarray]:
    """UVs that came with it: ``uv_coords`` (T, 2) and ``uv_faces`` (F, 3); nothing where there are none."""
    arrays = read_npz(path, ("vt", "ft"))
    if arrays.keys() != {"vt", "ft"}:
        return {}
    coords, faces = arrays["vt"], arrays["ft"]
    if coords.ndim != 2 or coords.shape[1] != 2 or faces.ndim != 2 or faces.shape[1] != 3 or not faces.size:
        raise ModelError(f"{path}: expected vt (T, 2) and ft (F, 3), found {coords.shape} and {faces.shape}.")
    if not np.isfinite(coords).all() or faces.min() < 0 or faces.max() >= len(coords) or (faces % 1).any():
        raise ModelError(f"{path}: expected ft to name rows of vt, 0 to {len(coords) - 1}, found others.")
    return {"uv_coords": coords.astype(np.float32), "uv_faces": faces.astype(np.int32)}
