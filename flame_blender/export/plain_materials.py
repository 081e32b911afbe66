"""The head's materials as other programs can read them: one picture for the colour, and see-through by opacity.

Exporters carry over a Principled shader and the picture at its Base Color, and no more. The built-in head has nodes
between its picture and the shader, and corneas and tears without a Principled shader, which would come out white.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import bpy
import numpy as np

from ..head.materials import CLEAR, IRIS, LOOKS, SKIN_TONE
from ..head.mesh import read_uvs, shown_uvs
from ..shading.eye_material import EYE, GAZE, is_eye
from ..shading.pictures import pixels_of, size_of
from ..shading.skin_layers import FOLDS, REST
from ..shading.skin_nodes import COLOUR, PLACES, SHINE
from ..texture_models.encoding import as_srgb
from .eye_picture import eye_picture
from .skin_picture import skin_picture

CORNEA_OPACITY = 0.05
ROWS_AT_ONCE = 256  # of a picture


@contextmanager
def plain_materials(obj: bpy.types.Object, transmission: bool = False) -> Iterator[None]:
    """Inside, ``obj``, which is there only for a file, has plain copies of its materials, of the same names.

    ``transmission``: what is clear transmits light too. Blender 5.2 writes USD's opacity from that alone; glTF would
    hold both.
    """
    copies: list[tuple[Any, str, Any]] = []
    pictures: list[bpy.types.Image] = []
    try:
        for slot in obj.material_slots:
            material: Any = slot.material
            of_eyes = is_eye(material)
            again = next(
                (made for copied, _name, made in copies if copied == material or (of_eyes and is_eye(copied))), None
            )
            if again is not None:  # sclera, iris and pupil share theirs
                slot.material = again
                continue
            make = None if material is None or material.node_tree is None else _maker(material, transmission)
            if of_eyes:
                picture = eye_picture(obj)
                make = None if picture is None else partial(_show_picture, picture=picture)
                pictures += [] if picture is None else [picture]
            elif material is not None and _is_layered(material):
                known = set(bpy.data.images)
                picture = skin_picture(obj, material)
                make = None if picture is None else partial(_picture_to_shader, picture=picture)
                pictures += [] if picture is None or picture in known else [picture]
            if make is None:
                continue
            if make is _own_picture:
                _lay_into_shown_uvs(obj, material)
            name, made = material.name, material.copy()
            copies.append((material, name, made))
            if material.library is None:  # a linked one's name is free
                material.name = f"{name} (in the scene)"
            made.name = name
            make(made)
            slot.material = made
        _take_off_attributes(obj.data)
        yield
    finally:
        for material, name, made in copies:
            bpy.data.materials.remove(made)
            if material.library is None:
                material.name = name
        for picture in pictures:
            bpy.data.images.remove(picture)


def _take_off_attributes(mesh: Any) -> None:
    """Without what materials of heads read off it: their pictures are made by then, and no file needs it."""
    for name in (GAZE, REST, FOLDS):
        if isinstance(mesh, bpy.types.Mesh) and name in mesh.attributes:
            mesh.attributes.remove(mesh.attributes[name])


def _maker(material: Any, transmission: bool) -> Callable[[Any], None] | None:
    """What makes a copy of the material plain; None for one that is."""
    if material.node_tree.nodes.get(COLOUR) is not None:
        return _own_picture
    return partial(_clear_by_opacity, transmission=transmission) if material.name.startswith(CLEAR) else None


def _is_layered(material: Any) -> bool:
    return material.node_tree is not None and material.node_tree.nodes.get(SKIN_TONE) is not None


def _show_picture(material: Any, picture: bpy.types.Image) -> None:
    """The picture as the colour of a plain, wet surface."""
    tree = material.node_tree
    tree.nodes.clear()
    shader, output = tree.nodes.new("ShaderNodeBsdfPrincipled"), tree.nodes.new("ShaderNodeOutputMaterial")
    colour = tree.nodes.new("ShaderNodeTexImage")
    colour.image = picture
    shader.inputs["Base Color"].default_value = (*LOOKS[EYE].colour, 1.0)
    shader.inputs["Roughness"].default_value = LOOKS[EYE].roughness
    tree.links.new(colour.outputs["Color"], shader.inputs["Base Color"])
    tree.links.new(shader.outputs[0], output.inputs["Surface"])


def _picture_to_shader(material: Any, picture: Any) -> None:
    """One picture past the skin's layers and its tone; one shine and one roughness for all."""
    tree = material.node_tree
    shader, node = _principled(tree), next(each for each in tree.nodes if each.type == "TEX_IMAGE")
    node.image = picture
    for name in ("Base Color", "Roughness", "Specular IOR Level", "Normal"):
        for link in list(shader.inputs[name].links):
            tree.links.remove(link)
    shader.inputs["Sheen Weight"].default_value = 0.0
    tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])


def _own_picture(material: Any) -> None:
    """The head's own skin in the UVs that are shown: light encoded, as files have colours; one roughness."""
    tree = material.node_tree
    for name in (COLOUR, SHINE):
        node = tree.nodes.get(name)
        for link in list(node.inputs["Vector"].links) if node is not None else ():
            tree.links.remove(link)
    colour, shader = tree.nodes[COLOUR], _principled(tree)
    if colour.image is not None and colour.image.is_float:
        colour.image = _copy_of(colour.image, "srgb", as_srgb)
    for link in list(shader.inputs["Roughness"].links) if shader is not None else ():
        tree.links.remove(link)


def _lay_into_shown_uvs(obj: bpy.types.Object, material: Any) -> None:
    """Files tell one set of UVs of a mesh at best: that of the skin's picture comes into it, where it is its own."""
    mesh: Any = obj.data
    places = material.node_tree.nodes.get(PLACES)
    own = None if places is None else mesh.uv_layers.get(places.uv_map)
    shown = shown_uvs(mesh)
    if own is None or shown is None or own == shown:
        return
    slots = [number for number, slot in enumerate(obj.material_slots) if slot.material == material]
    of_polygon, totals = np.empty((2, len(mesh.polygons)), np.int32)
    mesh.polygons.foreach_get("material_index", of_polygon)
    mesh.polygons.foreach_get("loop_total", totals)
    skin = np.repeat(np.isin(of_polygon, slots), totals)
    shown.uv.foreach_set("vector", np.where(skin[:, None], read_uvs(own), read_uvs(shown)).ravel())
    mesh.uv_layers.remove(own)


def _clear_by_opacity(material: Any, transmission: bool) -> None:
    tree = material.node_tree
    tree.nodes.clear()
    shader, output = tree.nodes.new("ShaderNodeBsdfPrincipled"), tree.nodes.new("ShaderNodeOutputMaterial")
    # the iris's own: white would be a veil over it, and views that know no opacity show it for the iris
    shader.inputs["Base Color"].default_value = (*LOOKS[IRIS].colour, 1.0)
    shader.inputs["Alpha"].default_value = CORNEA_OPACITY
    shader.inputs["Transmission Weight"].default_value = 1.0 - CORNEA_OPACITY if transmission else 0.0
    shader.inputs["Roughness"].default_value = 0.03
    tree.links.new(shader.outputs[0], output.inputs["Surface"])


def _principled(tree: Any) -> Any:
    return next((node for node in tree.nodes if node.type == "BSDF_PRINCIPLED"), None)


def _copy_of(
    image: Any, suffix: str, changed: Callable[[np.ndarray], np.ndarray], *, alike: bool = False
) -> bpy.types.Image:
    """A packed copy of a picture with its colours changed, some rows at a time: ``alike`` kept, or sRGB's in 8 bits."""
    (width, height), pixels = size_of(image), pixels_of(image)
    for row in range(0, height, ROWS_AT_ONCE):
        part = pixels[row : row + ROWS_AT_ONCE, :, :3]
        part[:] = changed(part)
    stem, dot, ending = image.name.rpartition(".")
    name = f"{stem}_{suffix}.{ending}" if dot else f"{image.name}_{suffix}"
    made: Any = bpy.data.images.new(name, width, height, alpha=True, float_buffer=alike and image.is_float)
    if alike:
        made.colorspace_settings.name = image.colorspace_settings.name
        made.alpha_mode = image.alpha_mode
    made.pixels.foreach_set(pixels.ravel())
    made.update()
    made.pack()
    return made
