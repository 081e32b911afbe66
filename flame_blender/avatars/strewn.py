"""A made avatar of a head: splats strewn over its mesh with the colours of its materials' pictures, and its hair."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..errors import AvatarError
from ..export.plain_materials import plain_materials
from ..export.uvs import uvs_of
from ..flame.model import FlameModel
from ..head import parameters
from ..head.frame import frame_of
from ..head.mesh import mesh_of, polygons_of, read_positions
from ..long_work import Options, number, part_of
from ..shading.pictures import pixels_of
from ..splats.editing import joined
from ..splats.strewing import light_on, strewn_places, surface_splats
from ..splats.triangle_frames import frames_of
from ..texture_models.encoding import as_light, as_srgb
from . import avatar_object
from .adding import AddedAvatar, shown_on
from .hair_splats import hair_of
from .splat_cloud import require_splats

CLEAR = 0.5  # below that opacity a material gets no splats: corneas
PLAIN = (0.8, 0.8, 0.8, 1.0)  # of a head without a material
IN_THE_MOUTH = {"FLAME Mouth": 0.12, "FLAME Gums": 0.3, "FLAME Tongue": 0.3, "FLAME Teeth": 0.5}  # of the light


@dataclass(frozen=True, kw_only=True)
class MadeAvatarOptions(Options):
    """The keywords of :func:`make_avatar`, for :func:`making_avatar`.

    Attributes
    ----------
    count : int, default 150000
        How many splats, 1,000 to 2,000,000.
    hair : int, default 150000
        How many at most of the head's grown hair, which come beside them; 0 leaves it out.
    lit : bool, default True
        Shade the colours as a large lamp in front would; off, they are the materials' own.
    seed : int, default 0
        Another one strews them elsewhere.
    """

    count: int = number(150_000, least=1000, most=2_000_000, refusal=AvatarError)
    hair: int = number(150_000, least=0, most=2_000_000, refusal=AvatarError)
    lit: bool = True
    seed: int = number(0, least=0, refusal=AvatarError)


def making(head: bpy.types.Object, options: MadeAvatarOptions) -> Generator[float, None, AddedAvatar]:
    """Strew splats over a head as it is posed; yields the share that is done. Closed early, nothing has changed.

    Raises AvatarError in a Blender without splats, and ParameterError.
    """
    require_splats()
    model = parameters.require_evaluator(parameters.require_head(head)).model
    parameters.require_own(head)
    vertices = frame_of(head).to_flame(read_positions(mesh_of(head))).astype(np.float64)
    yield 0.0
    opaque, pictures = _materials(head, model)
    yield 0.3
    places = strewn_places(vertices, model.faces, int(options.count), opaque, int(options.seed))
    colours = _colours(pictures, places.triangles, places.weights)
    if options.lit:
        light = light_on(frames_of(vertices, model.faces).axes[places.triangles, :, 1])
        for slot in pictures:
            light[slot.triangles[places.triangles]] *= slot.open_to_light
        colours = as_srgb(np.clip(as_light(colours) * light[:, None], 0, 1))
    splats = surface_splats(vertices, model.faces, places, colours)
    yield 0.6
    grown = yield from part_of(hair_of(head, model, int(options.hair), options.lit, int(options.seed)), 0.6, 0.9)
    if grown is not None:
        splats = joined(splats, grown)
    avatar = shown_on(head, splats, f"{head.name} {avatar_object.NAME}")
    return AddedAvatar(avatar, head, len(splats))


class _Slot:
    """What one material shows: a picture with the UVs of its triangles, or one colour."""

    def __init__(self, triangles: np.ndarray, colour: np.ndarray) -> None:
        self.triangles, self.colour = triangles, colour  # (F,) bool; (3,) sRGB
        self.open_to_light = 1.0
        self.pixels: np.ndarray | None = None  # (H, W, 3) sRGB, rows up
        self.uvs: np.ndarray | None = None  # (F, 3, 2)


def _materials(head: bpy.types.Object, model: FlameModel) -> tuple[np.ndarray, list[_Slot]]:
    """(F,) which of the model's triangles are opaque, and what each material shows on its own."""
    copy: Any = head.copy()
    copy.data = mesh_of(head).copy()
    slots, opaque = [], np.zeros(len(model.faces), bool)
    try:
        with plain_materials(copy):
            uvs, of_triangles = uvs_of(copy, model), _slots_of(copy, model.faces)
            for number_of, slot in enumerate(copy.material_slots or [None]):
                triangles = of_triangles == number_of
                material = None if slot is None else slot.material
                shown = _shown(material, triangles)
                if shown is not None and triangles.any():
                    shown.open_to_light = 1.0 if material is None else _open_to_light(material.name)
                    opaque |= triangles
                    slots.append(shown)
                    if shown.pixels is not None and uvs is not None:
                        shown.uvs = uvs.coords[uvs.faces]
    finally:
        data = copy.data
        bpy.data.objects.remove(copy)
        bpy.data.meshes.remove(data)
    if not opaque.any():
        raise AvatarError(f"{head.name}: expected materials that can be seen, found none; give it one.")
    return opaque, slots


def _shown(material: Any, triangles: np.ndarray) -> _Slot | None:
    """What a plain material shows; None where it is clear."""
    tree = None if material is None else material.node_tree
    shader = next((each for each in tree.nodes if each.type == "BSDF_PRINCIPLED"), None) if tree else None
    if shader is None:
        colour = PLAIN if material is None else tuple(material.diffuse_color)
        return _Slot(triangles, as_srgb(np.clip(np.array(colour[:3]), 0, 1)))
    if shader.inputs["Alpha"].default_value < CLEAR and not shader.inputs["Alpha"].links:
        return None
    base = shader.inputs["Base Color"]
    slot = _Slot(triangles, as_srgb(np.clip(np.array(base.default_value[:3]), 0, 1)))
    node = base.links[0].from_node if base.links else None
    image = node.image if node is not None and node.type == "TEX_IMAGE" else None
    if image is not None and image.size[0]:
        pixels = pixels_of(image)[..., :3]
        slot.pixels = as_srgb(np.clip(pixels, 0, 1)) if image.is_float else pixels
    return slot


def _open_to_light(name: str) -> float:
    """The share of the light that falls on a material, by its name."""
    return IN_THE_MOUTH.get(name.partition(".")[0], 1.0)


def _slots_of(obj: Any, faces: np.ndarray) -> np.ndarray:
    """(F,) the material of each of the model's triangles: of the mesh's polygon that has its corners."""
    polygons = polygons_of(obj.data)
    if polygons is None:
        return np.zeros(len(faces), np.int32)
    materials = np.empty(len(polygons), np.int32)
    obj.data.polygons.foreach_get("material_index", materials)
    known: dict[tuple[int, ...], int] = {}
    for corners, material in zip(polygons.tolist(), materials.tolist(), strict=True):
        own = [each for each in corners if each >= 0]
        for left_out in range(len(own)) if len(own) == 4 else (None,):
            known[tuple(sorted(own if left_out is None else own[:left_out] + own[left_out + 1 :]))] = material
    return np.array([known.get(tuple(sorted(face)), 0) for face in faces.tolist()], np.int32)


def _colours(slots: list[_Slot], triangles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(N, 3) sRGB at points of triangles."""
    colours = np.empty((len(triangles), 3))
    for slot in slots:
        here = slot.triangles[triangles]
        colours[here] = slot.colour
        if slot.pixels is not None and slot.uvs is not None:
            places = np.einsum("nk,nka->na", weights[here], slot.uvs[triangles[here]])
            height, width = slot.pixels.shape[:2]
            columns = np.floor(places[:, 0] * width).astype(int) % width
            rows = np.floor(places[:, 1] * height).astype(int) % height
            colours[here] = slot.pixels[rows, columns]
    return colours
