"""The material of a mesh file's looks: a Principled surface with the file's picture, normal map or colours."""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_pointers import named
from ..head.materials import in_viewport
from ..shading.material_nodes import new_material, principled
from ..shading.pictures import tone_of

ROUGHNESS = 0.5
OF_FILE = "flame_looks_of_file"  # a material's own property
COLOUR_PLACE, NORMALS_PLACE = (-600.0, 300.0), (-600.0, -100.0)


def face_material(
    name: str, uv_map: str, colour: bpy.types.Image | None, normals: bpy.types.Image | None, attribute: str
) -> bpy.types.Material:
    """The material of that name, made anew, with what there is; ``attribute`` is the mesh's colours, or ""."""
    before = named(bpy.data.materials, name)
    if before is not None and before.library is None:
        before.name = f"{name} (before)"
    material = new_material(name)
    known: Any = material
    known[OF_FILE] = True
    tree: Any = material.node_tree
    shader = principled(material)
    shader.inputs["Roughness"].default_value = ROUGHNESS
    places = tree.nodes.new("ShaderNodeUVMap")
    places.uv_map, places.location = uv_map, (-850.0, 100.0)
    if colour is not None:
        picture = _picture(tree, places, colour, COLOUR_PLACE)
        tree.links.new(picture.outputs["Color"], shader.inputs["Base Color"])
        tree.nodes.active = picture
        tone = tone_of(colour)
        shader.inputs["Base Color"].default_value = (*tone, 1.0)
        material.diffuse_color = in_viewport(tone)  # type: ignore[assignment]
    elif attribute:
        colours = tree.nodes.new("ShaderNodeVertexColor")
        colours.layer_name, colours.location = attribute, COLOUR_PLACE
        tree.links.new(colours.outputs["Color"], shader.inputs["Base Color"])
    if normals is not None:
        bent = tree.nodes.new("ShaderNodeNormalMap")
        bent.space, bent.uv_map, bent.location = "TANGENT", uv_map, (-300.0, -100.0)
        picture = _picture(tree, places, normals, NORMALS_PLACE)
        tree.links.new(picture.outputs["Color"], bent.inputs["Color"])
        tree.links.new(bent.outputs["Normal"], shader.inputs["Normal"])
    if colour is None and normals is None:
        tree.nodes.remove(places)
    return material


def is_of_file(material: Any) -> bool:
    """Whether :func:`face_material` made it."""
    return material is not None and bool(material.get(OF_FILE))


def _picture(tree: Any, places: Any, image: bpy.types.Image, location: tuple[float, float]) -> Any:
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image, node.location = image, location
    tree.links.new(places.outputs["UV"], node.inputs["Vector"])
    return node
