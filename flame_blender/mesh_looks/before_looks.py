"""What a head looked like before it took over a mesh file's looks, kept with it, and put back."""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_pointers import named
from ..errors import ParameterError
from ..head.mesh import is_linked, mesh_of, shown_uvs
from ..head.properties import head_of
from ..shading.skin_nodes import COLOUR as OF_TEXTURE_MODEL
from . import uvs
from .face_material import is_of_file

BEFORE = "flame_before_looks"  # a property of a head or its mesh
COLOURS = "File Colours"  # an attribute of the mesh


def noted(obj: bpy.types.Object) -> dict[str, Any]:
    """What to keep of the head as it is now; of slots that show looks already, what was kept of them before."""
    known: Any = obj
    mesh: Any = mesh_of(obj)
    keeper = _keeper(obj)
    earlier = None if keeper is None else keeper[BEFORE]
    slots: dict[str, Any] = {}
    for number, slot in enumerate(known.material_slots):
        if earlier is not None and is_of_file(slot.material):
            kept = earlier["slots"].get(str(number))
            slots[str(number)] = {} if kept is None else kept.to_dict()
        else:
            slots[str(number)] = {"link": slot.link}
            if slot.link == "OBJECT" and slot.material is not None:
                slots[str(number)]["material"] = slot.material
    if earlier is not None:
        return {**earlier.to_dict(), "slots": slots}
    layers, rendered, colours = mesh.uv_layers, shown_uvs(mesh), mesh.color_attributes
    return {
        "slots": slots,
        "uvs": [each.name for each in layers].count(uvs.NAME) > 0,
        "active_uvs": "" if layers.active is None else layers.active.name,
        "rendered_uvs": "" if rendered is None else rendered.name,
        "colours": COLOURS in mesh.color_attributes,
        "active_colours": colours.active_color_name,
        "default_colours": colours.default_color_name,
    }


def keep(obj: bpy.types.Object, before: dict[str, Any]) -> None:
    """Keep what :func:`noted` gave: the head has looks from now on."""
    keeper: Any = _keeper(obj)
    if keeper is None:  # a file keeps no properties of an overridden object, whose mesh is its own where it has looks
        keeper = obj if obj.override_library is None else mesh_of(obj)
    keeper[BEFORE] = before


def has_looks(obj: bpy.types.Object) -> bool:
    """Whether the head has taken over looks, which can be put back."""
    return _keeper(obj) is not None


def _keeper(obj: bpy.types.Object) -> Any:
    """The head or its mesh, whichever has kept what was before; None where it has looks of its own alone."""
    places: tuple[Any, ...] = obj, mesh_of(obj)
    return next((each for each in places if BEFORE in each), None)


def put_back(obj: bpy.types.Object) -> bool:
    """Let the head look as before: materials, UVs, colours; whether it had looks of a file.

    What was given to a slot since then stays there, and UVs stay that a displacement lies in. Raises ParameterError for
    a linked head.
    """
    known: Any = obj
    keeper = _keeper(obj)
    if keeper is None:
        return False
    if is_linked(obj):
        raise ParameterError(f"{obj.name} comes from another file: take its looks off there.")
    before = keeper[BEFORE].to_dict()
    materials = {slot.material for slot in known.material_slots if is_of_file(slot.material)}
    for number, slot in enumerate(known.material_slots):
        if is_of_file(slot.material):
            _put_back_slot(obj, slot, before["slots"].get(str(number), {}))
    del keeper[BEFORE]
    for material in materials:
        _let_go(material)
    mesh: Any = mesh_of(obj)
    if mesh.users == 1:
        _put_back_layers(mesh, before, needed={each.uv_layer for each in known.modifiers if each.type == "DISPLACE"})
    obj.update_tag()
    return True


def _put_back_slot(obj: bpy.types.Object, slot: Any, kept: dict[str, Any]) -> None:
    material, head = kept.get("material"), head_of(obj)
    is_skin = material is not None and material.node_tree is not None and OF_TEXTURE_MODEL in material.node_tree.nodes
    if kept.get("link") != "OBJECT" or (is_skin and (head is None or not head.texture_model)):
        slot.material = None  # of the object, so that nothing but the mesh's own is shown
        slot.link = "DATA"
    else:
        slot.material = material


def _let_go(material: Any) -> None:
    """Of a material and pictures that nobody else shows."""
    if material.users:
        return
    images = {node.image for node in material.node_tree.nodes if node.type == "TEX_IMAGE"} - {None}
    bpy.data.materials.remove(material)
    for image in images:
        if not image.users:
            bpy.data.images.remove(image)


def _put_back_layers(mesh: Any, before: dict[str, Any], needed: set[str]) -> None:
    layer = named(mesh.uv_layers, uvs.NAME)
    if layer is not None and not before["uvs"] and layer.name not in needed:
        mesh.uv_layers.remove(layer)
    active, rendered = (named(mesh.uv_layers, before[key]) for key in ("active_uvs", "rendered_uvs"))
    if active is not None:
        active.active = True
    if rendered is not None:
        rendered.active_render = True
    colours = named(mesh.color_attributes, COLOURS)
    if colours is not None and not before["colours"]:
        mesh.color_attributes.remove(colours)
    mesh.color_attributes.active_color_name = before["active_colours"]
    mesh.color_attributes.default_color_name = before["default_colours"]
