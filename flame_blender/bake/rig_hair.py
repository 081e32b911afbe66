"""A head's hair as cards: a mesh that follows a rig's bones and shape keys, or the head's vertices over frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import there
from ..flame.evaluator import FlameEvaluator
from ..geometry.frame import Frame
from ..hair import following_nodes, hair_object
from ..hair.hair_material import GREYNESS, MELANIN, REDNESS
from ..hair.settings import settings_of
from ..hair_strands.binding import Binding
from ..hair_strands.cards.cap import cap_of
from ..hair_strands.cards.card_pictures import cap_picture, card_picture
from ..hair_strands.cards.strips import NO_CARDS, Cards, all_of, cards_of
from ..hair_strands.styles import SCALP
from ..head.frame import frame_of
from ..head.mesh import mesh_of, read_positions
from ..head.sculpt import read_offsets
from ..shading.material_nodes import new_material, principled
from ..texture_models.encoding import as_srgb
from .rig_mesh import add_key, add_weights, keys_of

NAME = "Hair Cards"
LEAST_MOVE = 1e-4  # metres: a key that moves no card further is left out
ROUGHNESS = 0.6
Colour = tuple[float, float, float]  # melanin, redness, greyness
Look = tuple[bool, Colour]  # whether it is the skin below the cards; of what colour


@dataclass(frozen=True, eq=False)
class HairCards:
    """Cards of all the hair of a head: ``binding`` (V points), ``triangles`` (T, 3), ``uvs`` (V, 2).

    ``looks`` are what parts differ in, ``slots`` (T,) which of them each triangle has. ``notes``: what is left out, a
    sentence each.
    """

    binding: Binding
    triangles: np.ndarray
    uvs: np.ndarray
    looks: tuple[Look, ...]
    slots: np.ndarray
    notes: tuple[str, ...]

    def positions(self, vertices: np.ndarray, frame: Frame) -> np.ndarray:
        """(V, 3) float32 in the object, for a head whose vertices (N, 3) lie in it."""
        return frame.to_object(self.binding.points(frame.to_flame(vertices))).astype(np.float32)


def hair_cards(head: bpy.types.Object, evaluator: FlameEvaluator, shape: np.ndarray) -> HairCards:
    """Cards of the hair that a head has, on it at rest with coefficients ``shape`` (S,); none where it has no hair."""
    made: list[tuple[Cards, Look]] = []
    notes: list[str] = []
    rest = None
    for piece, obj in hair_object.objects_of(head).items():
        if rest is None:
            rest = np.ascontiguousarray(evaluator.prepare(shape, read_offsets(mesh_of(head))).rest.T)
        strands = strands_of(obj, len(rest))
        cards = None if strands is None else cards_of(piece, *strands, rest)
        if strands is None or cards is None:
            notes.append(f"{obj.name} was edited and is left out: grow it again.")
        elif not len(cards.triangles):
            notes.append(f"{obj.name} is too short for cards and is left out: Stubble in Skin and Eyes paints it.")
        else:
            known: Any = obj
            colour = (float(known[MELANIN]), float(known[REDNESS]), float(known[GREYNESS]))
            made.append((cards, (False, colour)))
            if piece == SCALP:
                made.append((cap_of(*strands, rest), (True, colour)))
    if not made:
        return HairCards(NO_CARDS.binding, NO_CARDS.triangles, NO_CARDS.uvs, (), np.zeros(0, np.int32), tuple(notes))
    whole, looks = all_of([each for each, _ in made]), tuple(dict.fromkeys(look for _, look in made))
    slots = [np.full(len(each.triangles), looks.index(look), np.int32) for each, look in made]
    return HairCards(whole.binding, whole.triangles, whole.uvs, looks, np.concatenate(slots), tuple(notes))


def strands_of(obj: bpy.types.Object, n_vertices: int) -> tuple[Binding, int] | None:
    """What the strands' points of a hair object are bound to, and how many a strand has; None where it was edited."""
    curves: Any = obj.data
    sizes = {curve.points_length for curve in curves.curves}
    names = (following_nodes.CORNERS, following_nodes.WEIGHTS, following_nodes.OFFSETS)
    attributes = [curves.attributes.get(name) for name in names]
    if len(sizes) != 1 or None in attributes:
        return None
    (long,) = sizes
    arrays = []
    for attribute in attributes:
        values = np.empty((len(attribute.data), 3), np.float32)
        attribute.data.foreach_get("vector", values.ravel())
        arrays.append(np.repeat(values, long, 0) if attribute.domain == "CURVE" else values)
    corners, weights, offsets = arrays
    numbers = np.concatenate(arrays)
    if not np.isfinite(numbers).all() or corners.min() < 0 or corners.max() >= n_vertices:
        return None
    return Binding(corners.astype(np.int32), weights, offsets), long


def add_cards(
    head: bpy.types.Object, cards: HairCards, vertices: np.ndarray, *, clipped: bool = False
) -> bpy.types.Object:
    """A mesh of the cards for a head whose ``vertices`` (N, 3) lie in its object, with materials of its own.

    ``clipped``: strands are there or not, as glTF's mask has them; else their borders are soft.
    """
    places = cards.positions(vertices, frame_of(head))
    mesh: Any = bpy.data.meshes.new(f"{head.name} {NAME}")
    mesh.vertices.add(len(places))
    mesh.vertices.foreach_set("co", places.ravel())
    mesh.loops.add(cards.triangles.size)
    mesh.polygons.add(len(cards.triangles))
    mesh.polygons.foreach_set("loop_start", np.arange(0, cards.triangles.size, 3, dtype=np.int32))
    mesh.loops.foreach_set("vertex_index", cards.triangles.astype(np.int32).ravel())
    mesh.update(calc_edges=True)
    layer = mesh.uv_layers.new(name="UVMap")
    layer.uv.foreach_set("vector", cards.uvs[cards.triangles.ravel()].ravel())
    for look in cards.looks:
        mesh.materials.append(_material(look, clipped))
    mesh.polygons.foreach_set("material_index", cards.slots)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(cards.triangles), bool))
    mesh.update()
    obj = bpy.data.objects.new(mesh.name, mesh)
    head.users_collection[0].objects.link(obj)
    return obj


def add_rig_hair(
    head: bpy.types.Object,
    skin: bpy.types.Object,
    cards: HairCards,
    weights: np.ndarray,
    bones: tuple[str, ...],
    clipped: bool,
) -> bpy.types.Object:
    """The cards beside a rig's finished skin, with its keys, skinned to ``bones`` by the skin's ``weights`` (N, J)."""
    frame, rest = frame_of(head), read_positions(mesh_of(skin))
    obj = add_cards(head, cards, rest, clipped=clipped)
    places = cards.positions(rest, frame)
    obj.shape_key_add(name="Basis", from_mix=False)
    for key in keys_of(skin).key_blocks[1:]:
        moved = np.empty_like(rest)
        key.points.foreach_get("co", moved.ravel())
        goal = cards.positions(moved, frame)
        if np.abs(goal - places).max() > LEAST_MOVE * frame.scale:
            add_key(obj, key.name, goal, key.slider_min, key.slider_max)
    binding = cards.binding
    add_weights(obj, np.einsum("vk,vkj->vj", binding.weights, weights[binding.corners]), bones)
    return obj


def strands_onto(head: bpy.types.Object, skin: bpy.types.Object) -> tuple[bpy.types.Object, ...]:
    """Copies of a head's hair curves that follow a rig's skin, with the colours that they have now."""
    made = []
    for obj in hair_object.objects_of(head).values():
        copy: Any = there(obj.copy(), "a copy")
        copy.data = there(obj.data, "curves").copy()
        skin.users_collection[0].objects.link(copy)
        copy.animation_data_clear()  # drivers that read the head
        for own, name in hair_object.COLOURS.items():
            copy[own] = float(getattr(settings_of(head), name))
        copy.parent = skin
        following_nodes.set_input(following_nodes.modifier_of(copy), following_nodes.HEAD, skin)
        made.append(copy)
    return tuple(made)


def _material(look: Look, clipped: bool) -> bpy.types.Material:
    made = new_material(NAME)
    made.use_backface_culling = False
    tree: Any = made.node_tree
    shader, node = principled(made), tree.nodes.new("ShaderNodeTexImage")
    below, colour = look
    picture = cap_picture(*colour) if below else card_picture(*colour)
    node.image = _image(picture)
    mean = picture[..., :3].mean((0, 1)).tolist()
    made.diffuse_color = (*mean, 1.0)  # type: ignore[assignment]
    shader.inputs["Roughness"].default_value = ROUGHNESS
    tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    alpha = node.outputs["Alpha"]
    if clipped:
        step = tree.nodes.new("ShaderNodeMath")
        step.operation = "ROUND"
        tree.links.new(alpha, step.inputs[0])
        alpha = step.outputs[0]
    tree.links.new(alpha, shader.inputs["Alpha"])
    return made


def _image(picture: np.ndarray) -> bpy.types.Image:
    """An image of linear colours and alpha, packed."""
    height, width = picture.shape[:2]
    made: Any = bpy.data.images.new("hair_cards.png", width, height, alpha=True)
    made.pixels.foreach_set(np.concatenate([as_srgb(picture[..., :3]), picture[..., 3:]], 2, dtype=np.float32).ravel())
    made.update()
    made.pack()
    return made
