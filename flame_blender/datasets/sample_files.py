"""The files of one sample: picture, masks, arrays and what is told of it, each the same bytes for the same sample."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeGuard

import numpy as np

from ..errors import DatasetError, ModelError
from ..files.json_text import parse_json
from ..files.raw_arrays import shortened
from ..flame.landmarks import landmark_points
from ..flame.model import FlameModel
from ..flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS
from ..geometry.camera import Camera
from ..textures.png import QUICK, png_bytes
from .labels.classes import HeadSurface
from .labels.flow import flow_map
from .labels.label_maps import Seen, box_of, class_mask, material_mask, normal_map, seen_triangles, uv_map
from .labels.seen_points import visibility
from .recipe import CLASSES, DEPTH, FLOW, MATERIALS, NORMAL, TRIANGLE, UV, Recipe, told_factors
from .sample import Sample
from .scenery.solids import Solid, all_in_sight
from .shots.shot import ONLY, Shot, prefix_of, shots_of
from .views import camera_points, extrinsic_matrix, intrinsic_matrix, pixels_of

ALBEDO = "albedo.png"
TOLD, PICTURE, NUMBERS, CLASS_MASK, MATERIAL_MASK, MAPS = "json", "png", "npz", "seg.png", "mat.png", "maps.npz"
FIELDS = {
    "index": int, "recipe": str, "model": str, "fingerprint": str, "release": str, "made_with": dict, "width": int,
    "height": int, "landmarks": dict, "box": list, "area": int,
}  # fmt: skip
LARGEST = 1e9  # pixels; neither an infinity nor a NaN is within it
DIGITS = 9  # of a sample's key
DECIMALS = 3  # of a pixel, in text


@dataclass(frozen=True, eq=False)
class Posed:
    """A sample with its head: ``vertices`` (V, 3) float32 in FLAME's axes, metres, seen by ``camera``.

    ``parts`` and ``hair`` are of the head too, ``others`` are not. ``texture`` (K,) float32 are coefficients of its
    texture model. ``focus`` (3,) is the middle of what the picture is framed on. ``before`` and ``after`` (n, 3) are
    all the head's vertices, parts and hair included, one frame earlier and later; ``blurred`` where they are when the
    shutter opens and closes.
    """

    sample: Sample
    model: FlameModel
    surface: HeadSurface
    vertices: np.ndarray
    camera: Camera
    parts: tuple[Solid, ...] = ()
    others: tuple[Solid, ...] = ()
    hair: tuple[Solid, ...] = ()
    texture: np.ndarray | None = None
    shot: Shot = ONLY
    focus: np.ndarray | None = None
    before: np.ndarray | None = None
    after: np.ndarray | None = None
    blurred: tuple[np.ndarray, np.ndarray] | None = None

    @cached_property
    def in_sight(self) -> tuple[np.ndarray, HeadSurface]:
        """Vertices and triangles of all that labels are of: the model's mesh, its parts, what is before it."""
        return all_in_sight(self.vertices, self.surface, (*self.parts, *self.hair, *self.others))

    @property
    def n_head(self) -> int:
        """How many of the triangles are the head's."""
        return len(self.surface.faces) + sum(len(solid.faces) for solid in (*self.parts, *self.hair))


def key_of(index: int) -> str:
    """The name of a sample in its shard."""
    return f"{index:0{DIGITS}d}"


def kinds_of(recipe: Recipe) -> tuple[str, ...]:
    """The files of each sample, by their endings, in the order of a shard."""
    return tuple(prefix_of(recipe, shot) + kind for shot in shots_of(recipe) for kind in _kinds(recipe))


def _kinds(recipe: Recipe) -> tuple[str, ...]:
    """Those of one picture."""
    masks = {CLASSES: CLASS_MASK, MATERIALS: MATERIAL_MASK}
    return (
        TOLD,
        NUMBERS,
        PICTURE,
        *((ALBEDO,) if recipe.labels.albedo else ()),
        *(masks[each] for each in recipe.labels.masks),
        *((MAPS,) if recipe.labels.maps else ()),
    )


def sample_files(
    recipe: Recipe,
    posed: Posed,
    pixels: np.ndarray,
    made_with: Mapping[str, str],
    albedo: np.ndarray | None = None,
) -> dict[str, bytes]:
    """The files of one picture of a sample by their endings, as :func:`kinds_of` tells.

    ``pixels`` (H, W, 3) uint8 sRGB is the picture, ``albedo`` the colours without light, where the recipe asks for
    them; ``made_with`` are versions, told beside the sample.
    """
    vertices, surface = posed.in_sight
    seen = seen_triangles(posed.camera, vertices, surface.faces, surface.clear)
    landmarks = _landmarks(recipe, posed)
    makers = {
        TOLD: lambda: _told(recipe, posed, seen, landmarks, made_with),
        NUMBERS: lambda: npz_bytes(_numbers(posed, landmarks)),
        PICTURE: lambda: png_bytes(pixels, QUICK),
        ALBEDO: lambda: png_bytes(pixels if albedo is None else albedo, QUICK),
        CLASS_MASK: lambda: png_bytes(class_mask(seen, surface)),
        MATERIAL_MASK: lambda: png_bytes(material_mask(seen, surface)),
        MAPS: lambda: npz_bytes(_maps(recipe, posed, seen)),
    }
    prefix = prefix_of(recipe, posed.shot)
    return {prefix + kind: makers[kind]() for kind in _kinds(recipe)}


def npz_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Arrays as an .npz, compressed; the same bytes for the same arrays with one version of zlib."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for key, array in arrays.items():
            info = zipfile.ZipInfo(f"{key}.npy")  # of a fixed date
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3  # as on Linux, wherever it is made
            little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            member = io.BytesIO()
            np.lib.format.write_array(member, little, version=(1, 0), allow_pickle=False)
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


def _landmarks(recipe: Recipe, posed: Posed) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """For each set (n, 3) float32 points, (n, 2) float64 pixels and (n,) uint8 visibility."""
    params, found = posed.sample.params, {}
    vertices, surface = posed.in_sight
    for name in recipe.labels.landmarks:
        embedding = posed.model.landmarks[name]
        points = landmark_points(posed.vertices, posed.model.faces, embedding, params.global_rotation, params.neck)
        seen = visibility(posed.camera, points, vertices, surface.faces, surface.clear)
        found[name] = points, pixels_of(posed.camera, camera_points(posed.camera, points)), seen
    return found


def _numbers(posed: Posed, landmarks: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]]) -> dict[str, np.ndarray]:
    params = posed.sample.params
    arrays: dict[str, np.ndarray] = {name: getattr(params, name) for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)}
    if params.eyelids is not None:
        arrays["eyelids"] = params.eyelids
    if posed.texture is not None:
        arrays["texture"] = posed.texture
    arrays |= {"intrinsics": intrinsic_matrix(posed.camera), "world_to_camera": extrinsic_matrix(posed.camera)}
    for name, (points, pixels, seen) in landmarks.items():
        arrays |= {
            f"{name}_3d": points.astype(np.float32),
            f"{name}_2d": pixels.astype(np.float32),
            f"{name}_visibility": seen,
        }
    return arrays


def _maps(recipe: Recipe, posed: Posed, seen: Seen) -> dict[str, np.ndarray]:
    arrays = {}
    vertices, surface = posed.in_sight
    for name in recipe.labels.maps:
        if name == DEPTH:
            arrays[DEPTH] = seen.depth.astype(np.float32)
        elif name == NORMAL:
            arrays[NORMAL] = normal_map(seen, posed.camera, vertices, surface.faces)
        elif name == UV:
            arrays[UV] = uv_map(seen, surface)
        elif name == TRIANGLE:
            arrays[TRIANGLE], arrays["barycentric"] = seen.triangle, seen.barycentric.astype(np.float32)
        elif name == FLOW:
            arrays |= _flow(posed, seen)
    return arrays


def _flow(posed: Posed, seen: Seen) -> dict[str, np.ndarray]:
    """To the frames beside, where there are any; what is not the head's stands still."""
    vertices, surface = posed.in_sight
    arrays = {}
    for name, then in (("flow_forward", posed.after), ("flow_backward", posed.before)):
        if then is not None:
            everything = np.concatenate([then, vertices[len(then) :]])
            arrays[name], arrays[f"{name}_state"] = flow_map(
                seen, posed.camera, everything, surface.faces, surface.clear
            )
    return arrays


def _told(
    recipe: Recipe,
    posed: Posed,
    seen: Seen,
    landmarks: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]],
    made_with: Mapping[str, str],
) -> bytes:
    model, camera = posed.model, posed.camera
    head = seen.of_first(posed.n_head)
    content = {
        "index": posed.sample.index,
        **({"view": posed.shot.view} if recipe.shots.views > 1 else {}),
        **({"frame": posed.shot.frame} if recipe.shots.frames > 1 else {}),
        "data_set": recipe.name,
        "recipe": recipe.hash,
        "made_with": dict(made_with),
        "model": posed.sample.model,
        "fingerprint": model.fingerprint,
        "release": model.release,
        "width": camera.width,
        "height": camera.height,
        "intrinsics": intrinsic_matrix(camera).tolist(),
        "world_to_camera": extrinsic_matrix(camera).tolist(),
        "box": list(box_of(head)),
        "area": int((head.triangle >= 0).sum()),
        "landmarks": {
            name: [
                [round(x, DECIMALS), round(y, DECIMALS), flag]
                for (x, y), flag in zip(pixels.tolist(), flags.tolist(), strict=True)
            ]
            for name, (_, pixels, flags) in landmarks.items()
        },
        "factors": told_factors(posed.sample.values, lambda each: each),
        **({"files": {factor: path.name for factor, path in posed.sample.files.items()}} if posed.sample.files else {}),
    }
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode("utf-8")


def read_told(raw: bytes, source: str, recipe: Recipe, index: int) -> dict[str, Any]:
    """What the JSON of sample ``index`` tells, its fields checked. Raises DatasetError for that of any other."""
    try:
        found = parse_json(raw, source)
    except ModelError as error:
        raise DatasetError(str(error)) from error
    if not isinstance(found, dict) or any(not isinstance(found.get(key), kind) for key, kind in FIELDS.items()):
        raise DatasetError(f"{source}: expected what a sample tells, found something else; render the shard again.")
    if found["recipe"] != recipe.hash or found["index"] != index:
        raise DatasetError(
            f"{source}: expected sample {index} of the recipe {recipe.hash[:12]}, found {found['index']} of "
            f"{shortened(found['recipe'], 12)}; delete the shard and render it again."
        )
    width, height, box = recipe.image.width, recipe.image.height, found["box"]
    if (
        (found["width"], found["height"]) != (width, height)
        or not _are_numbers(box, 4)
        or not (0 <= box[0] <= box[0] + box[2] <= width and 0 <= box[1] <= box[1] + box[3] <= height)
    ):
        raise DatasetError(f"{source}: expected a box in {width} x {height} pixels, found another; render it again.")
    for name in recipe.labels.landmarks:
        points = found["landmarks"].get(name)
        if not isinstance(points, list) or not all(_are_numbers(each, 3) for each in points):
            raise DatasetError(
                f"{source}: expected landmarks {name!r} as x, y and visibility, found others; render the shard again."
            )
    return found


def _are_numbers(value: object, count: int) -> TypeGuard[list[float]]:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(each, (int, float)) and -LARGEST <= each <= LARGEST for each in value)
    )
