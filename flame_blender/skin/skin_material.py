"""The material that shows a head's own picture: colour, and with AlbedoMM what shines and how sharply."""

from __future__ import annotations

from typing import Any

import bpy

from ..flame.model import FlameModel
from ..head import materials
from ..shading.material_nodes import new_material
from ..shading.skin_nodes import COLOUR, PLACES, SHINE, paint_skin


def is_skin(material: Any) -> bool:
    """Whether a material is one that :func:`show` made, whatever else the user put into it."""
    return material is not None and material.node_tree is not None and COLOUR in material.node_tree.nodes


def material_of(obj: bpy.types.Object) -> Any:
    """The head's own skin material, or None."""
    return next((slot.material for slot in obj.material_slots if is_skin(slot.material)), None)


def show(
    obj: bpy.types.Object, model: FlameModel, images: tuple[bpy.types.Image, bpy.types.Image | None], layer: str
) -> None:
    """Show the pictures, colour and shine, in the UVs of ``layer`` on skin and lips; other heads keep theirs."""
    material = material_of(obj)
    if material is None:
        look = materials.LOOKS[materials.SKIN]
        material = new_material(f"{obj.name} Skin")
        materials.make_solid(material, look)
        paint_skin(material, images[1] is not None)
    nodes = material.node_tree.nodes
    nodes[COLOUR].image = images[0]
    if PLACES in nodes:
        nodes[PLACES].uv_map = layer
    if SHINE in nodes:
        nodes[SHINE].image = images[1]
    materials.show_on_painted(obj, model, material)


def layer_of(obj: bpy.types.Object) -> str | None:
    """The UV map that the head's skin material asks for; None where it asks for none."""
    material = material_of(obj)
    places = None if material is None else material.node_tree.nodes.get(PLACES)
    return None if places is None else str(places.uv_map)


def use_layer(obj: bpy.types.Object, layer: str) -> None:
    """Let the head's skin material take this UV map."""
    material_of(obj).node_tree.nodes[PLACES].uv_map = layer


def make_own(obj: bpy.types.Object, images: tuple[bpy.types.Image, bpy.types.Image | None]) -> None:
    """Give a copied head a copy of the material, which shows these pictures."""
    shared = material_of(obj)
    if shared is None:
        return
    own = shared.copy()
    own.name = f"{obj.name} Skin"
    for name, image in zip((COLOUR, SHINE), images, strict=True):
        if name in own.node_tree.nodes:
            own.node_tree.nodes[name].image = image
    for slot in obj.material_slots:
        if slot.material == shared:
            slot.material = own


def take_off(obj: bpy.types.Object) -> None:
    """Let the slots show the mesh's own materials again; the skin's goes where nobody else uses it."""
    material = material_of(obj)
    for slot in obj.material_slots:
        if material is not None and slot.material == material:
            slot.material = None
            slot.link = "DATA"
    if material is not None and not material.users:
        bpy.data.materials.remove(material)
