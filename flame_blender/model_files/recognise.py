"""What a file is, told by its content and not by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError
from ..files.archive import ZIP_MAGIC, FilePath, container, npz_shapes, open_file, read_any, zip_names
from ..files.file_budget import within_budget
from ..flame.topology import N_BODY, N_VERTICES

MODEL, LANDMARKS, REGIONS, TEMPLATE, TEXTURE, OTHER = "model", "landmarks", "regions", "template", "texture", "other"
EYELID, TEXELS = "eyelid", "texels"  # of textures there are files beside the models: known, and not used
BODY_VERTICES, BODY_MODEL = "vertices of a body", "model of a body"
INSTALLABLE = (MODEL, LANDMARKS, REGIONS, TEMPLATE, EYELID, TEXTURE, BODY_VERTICES, BODY_MODEL)

# First bytes of files that people pick by mistake.
_SIGNATURES = (
    (rb"\x89PNG", "a PNG image"),
    (rb"\xff\xd8\xff", "a JPEG image"),
    (rb"RIFF....WEBP", "a WebP image"),
    (rb"BLENDER|\x28\xb5\x2f\xfd|\x1f\x8b", "a .blend or other compressed file"),
    (rb"%PDF", "a PDF document"),
    (rb"ply\r?\n", "a PLY mesh"),
    (rb"\x89HDF", "an HDF5 file"),
    (rb"version https://git-lfs", "a Git LFS pointer in place of the file itself; fetch it with git lfs pull"),
    (rb"\s*(?i:<!doctype html|<html)", "a web page saved in place of the file; log in and download it again"),
)
_OBJ_VERTEX = re.compile(rb"(?m)^v[ \t]+[-+]?[\d.]")
START_BYTES = 1 << 16

NESTED_MODEL = "flame_model"  # ARTalk and GAGAvatar keep the model in a torch file under this key
_MODEL_KEYS = {"v_template", "shapedirs", "posedirs", "J_regressor", "joint_regressor", "weights", "kintree_table"}
_LANDMARK_KEYS = ("lmk_face_idx", "static_lmk_faces_idx")
_TEXTURE_KEYS = ({"tex_dir"}, {"MU", "PC"})
_TEXEL_KEY = "valid_pixel_ids"  # of TF_FLAME's and DECA's texture_data
_TRIANGLE_MASKS = {"face_clean", "cleaner_lips"}

# Of FLAME_masks.pkl and its relatives; other names may stand beside them. One list alone is none of these.
_REGION_NAMES = {"face", "scalp", "forehead", "nose", "lips", "neck", "boundary", "eye_region", "left_eyeball"}

EYELID_SHAPE = (N_VERTICES, 3)
EYELID_LARGEST, EYELID_MOST = 0.05, 0.2  # metres; share of the vertices that one lid moves (it is about 0.09)

Sizes = Mapping[str, tuple[np.dtype, tuple[int, ...]]]


@dataclass(frozen=True)
class Recognised:
    """What a file is: ``kind`` is one of this module's constants, ``description`` one phrase to show."""

    kind: str
    description: str


@within_budget
def recognise(path: FilePath) -> Recognised | None:
    """What ``path`` is, or None when it is nothing known.

    ``OTHER`` is a file that can be named but not used: an image, a zip that needs unpacking, a damaged or unsafe file.
    """
    try:
        kind = container(path)
        if kind == "npz":
            return _by_sizes(npz_shapes(path))
        if kind is None:
            return _by_start(path)
        content = read_any(path)
        if isinstance(content, np.ndarray) and looks_like_eyelid(content):
            return Recognised(EYELID, "the movement of an eyelid")
        if isinstance(content, np.ndarray) and content.dtype.kind in "iu" and content.ndim == 1:
            kind = BODY_VERTICES if len(content) == N_VERTICES else OTHER
            return Recognised(kind, f"a list of {len(content)} whole numbers")
        return _by_sizes(_sizes(content)) if isinstance(content, Mapping) else None
    except ModelError as error:
        reason = str(error).removeprefix(str(path)).lstrip(": ").rstrip(".")
        return Recognised(OTHER, f"a file that cannot be used ({reason})")


def described(path: FilePath) -> str:
    """A phrase for an error: what the file at ``path`` is instead of what was asked for."""
    found = recognise(path)
    return "nothing known" if found is None else found.description


def looks_like_regions(content: Mapping) -> bool:
    """Whether every value is a list of whole numbers under a name fit to be shown."""
    return _are_regions(_sizes(content))


def looks_like_eyelid(array: np.ndarray) -> bool:
    """Whether it is a small movement of some of FLAME's vertices and none of the others, and no mesh."""
    if array.shape != EYELID_SHAPE or array.dtype.kind != "f" or not np.isfinite(array).all():
        return False
    moved = array.any(1).mean()
    return bool(0 < moved <= EYELID_MOST and np.abs(array).max() <= EYELID_LARGEST)


def _sizes(content: Mapping) -> dict[str, tuple[np.dtype, tuple[int, ...]]]:
    """Dtype and shape of each value; whatever is no array counts as one object."""
    nothing = np.dtype("O"), ()
    return {
        str(key): (value.dtype, value.shape) if isinstance(value, np.ndarray) else nothing
        for key, value in content.items()
    }


def _are_regions(sizes: Sizes) -> bool:
    return bool(sizes) and all(
        name.isprintable() and dtype.kind in "iu" and len(shape) == 1 for name, (dtype, shape) in sizes.items()
    )


def _by_sizes(sizes: Sizes) -> Recognised | None:
    for rule in (_as_model, _as_landmarks, _as_texture, _as_regions):
        found = rule(sizes)
        if found is not None:
            return found
    return None


def _as_model(sizes: Sizes) -> Recognised | None:
    if NESTED_MODEL not in sizes and len(_MODEL_KEYS & sizes.keys()) < 3:
        return None
    if _length(sizes, "v_template", 0) == N_BODY:
        return Recognised(BODY_MODEL, "a SMPL-X model")
    counts = ((_length(sizes, "v_template", 0), "vertices"), (_length(sizes, "shapedirs", 2), "directions"))
    told = [f"{count} {what}" for count, what in counts if count]
    return Recognised(MODEL, "a FLAME model" + (f" of {' and '.join(told)}" if told else ""))


def _as_landmarks(sizes: Sizes) -> Recognised | None:
    for key in _LANDMARK_KEYS:
        if key in sizes:
            points, wide = _length(sizes, key, 0), _length(sizes, key, 1)  # a contour has rows, as lists or as a table
            fixed = points and not wide
            return Recognised(LANDMARKS, f"a landmark embedding of {points} points" if fixed else "landmark contours")
    return None


def _as_texture(sizes: Sizes) -> Recognised | None:
    if any(keys <= sizes.keys() for keys in _TEXTURE_KEYS):
        return Recognised(TEXTURE, "a texture model")
    if _TEXEL_KEY in sizes:
        return Recognised(TEXELS, "a table of a texture's pixels, without colours")
    if sizes and all(dtype.kind == "b" and len(shape) == 2 for dtype, shape in sizes.values()):
        return Recognised(TEXELS, "masks of a texture")
    return None


def _as_regions(sizes: Sizes) -> Recognised | None:
    if sizes.keys() >= _TRIANGLE_MASKS:
        return Recognised(OTHER, "masks of triangles, not of vertices")
    if not _REGION_NAMES & sizes.keys() or not _are_regions(sizes):
        return None
    if len(sizes) > 1:
        return Recognised(REGIONS, f"{len(sizes)} named regions")
    return Recognised(OTHER, f"one list of vertices, {next(iter(sizes))!r}, and no set of masks")


def _length(sizes: Sizes, key: str, axis: int) -> int | None:
    shape = sizes[key][1] if key in sizes else ()
    return shape[axis] if len(shape) > axis else None


def _by_start(path: FilePath) -> Recognised | None:
    with open_file(path) as file:
        start = file.read(START_BYTES)
    if start.startswith(ZIP_MAGIC):
        inside = ", ".join(name for name in zip_names(path)[:6] if not name.endswith("/"))
        return Recognised(OTHER, f"a zip archive to be unpacked first, holding {inside or 'nothing'}")
    for signature, description in _SIGNATURES:
        if re.match(signature, start, re.DOTALL):
            return Recognised(OTHER, description)
    if _OBJ_VERTEX.search(start):
        return Recognised(TEMPLATE, "an .obj mesh")
    return None
