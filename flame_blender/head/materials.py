"""Plain materials, so that a first render looks like a head: skin, and eyes with iris and pupil."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import bpy
import numpy as np

from ..assets import SKIN_TEXTURE
from ..blender_pointers import named
from ..flame.eyeballs import Eyeball, eyeballs_of, rings_about
from ..flame.model import FlameModel, without_padding


class Look(NamedTuple):
    """A Principled surface: linear base colour, roughness, and how far light wanders under the surface (metres)."""

    colour: tuple[float, float, float]
    roughness: float
    subsurface: float = 0.0
    radius: tuple[float, float, float] = (0.004, 0.0015, 0.001)


LOOKS = {
    "FLAME Skin": Look((0.60, 0.34, 0.24), 0.46, 0.35),
    "FLAME Lips": Look((0.46, 0.17, 0.15), 0.36, 0.35),
    "FLAME Mouth": Look((0.58, 0.20, 0.18), 0.40, 0.3),
    "FLAME Gums": Look((0.62, 0.24, 0.23), 0.28, 0.3),
    "FLAME Tongue": Look((0.66, 0.27, 0.26), 0.36, 0.4),
    "FLAME Teeth": Look((0.86, 0.81, 0.71), 0.18, 0.2),
    "FLAME Sclera": Look((0.78, 0.75, 0.72), 0.20),
    "FLAME Iris": Look((0.10, 0.19, 0.24), 0.30),
    "FLAME Pupil": Look((0.004, 0.004, 0.004), 0.20),
    "FLAME Lashes": Look((0.030, 0.018, 0.012), 0.75),
}
BUILT_IN_RELEASE = "built-in"
PAINTED = ("FLAME Skin", "FLAME Lips")
SKIN_TONE = "Skin Tone"  # the node whose Value and Saturation make the skin darker, lighter, paler
PORES_ACROSS, PORE_DEPTH = 700.0, 0.0006  # in the width of the texture; metres
VIEWPORT_GAMMA = 0.7  # the solid view is darker than a render
CORNEA, CORNEA_INDEX = "FLAME Cornea", 1.376  # index of refraction of the human cornea
SKIN = "FLAME Skin"
PLAIN = (SKIN, "FLAME Sclera", "FLAME Iris", "FLAME Pupil")  # of models that bring no materials of their own
# half angles of iris and pupil seen from the centre of the eyeball: about 12 mm and 4 mm on a 24 mm ball; a FLAME file
# has rings of vertices at 7.3, 14.5, 21.3, 27.3 and 33.4 degrees
IRIS_ANGLE, PUPIL_ANGLE = np.radians(29.0), np.radians(10.5)

_eye_slots: WeakKeyDictionary[FlameModel, np.ndarray] = WeakKeyDictionary()


def new_material(name: str) -> bpy.types.Material:
    """A material with nodes, in every version of Blender."""
    made = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0):  # always on since
        made.use_nodes = True
    return made


def assign(mesh: bpy.types.Mesh, model: FlameModel) -> None:
    """Give ``mesh`` (made from ``model``) its material slots and each polygon its slot."""
    names, slots = _materials_of(model)
    for name in names:
        mesh.materials.append(_material(name, model.release == BUILT_IN_RELEASE and name in PAINTED))
    mesh.polygons.foreach_set("material_index", slots.astype(np.int32))


def names_of(model: FlameModel) -> tuple[str, ...]:
    """The materials of a head's slots, in their order, as :func:`assign` gives them."""
    return _materials_of(model)[0]


def in_viewport(colour: Sequence[float]) -> tuple[float, float, float, float]:
    """The colour (3,), light, for views without textures, which are darker than a render."""
    red, green, blue = (part**VIEWPORT_GAMMA for part in colour)
    return red, green, blue, 1.0


def _materials_of(model: FlameModel) -> tuple[tuple[str, ...], np.ndarray]:
    display = model.display
    if display is not None and display.polygon_materials is not None:
        return tuple(f"FLAME {name.title()}" for name in display.material_names), display.polygon_materials
    slots = eye_slots(model)
    return PLAIN if slots.any() else PLAIN[:1], slots


def eye_slots(model: FlameModel) -> np.ndarray:
    """(Q,) int32 places in :data:`PLAIN` of the polygons: skin, or what it is of an eyeball; worked out once."""
    if model not in _eye_slots:
        _eye_slots[model] = _found_eye_slots(model)
    return _eye_slots[model]


def _found_eye_slots(model: FlameModel) -> np.ndarray:
    polygons = without_padding(model.polygons)
    slots = np.zeros(len(polygons), np.int32)
    for ball in eyeballs_of(model.v_template, model.faces) or ():
        of_ball = np.isin(polygons[:, 0], ball.vertices)
        slots[of_ball] = 1 + _iris_and_pupil(model, ball)[polygons[of_ball]].min(axis=1)
    return slots


def _iris_and_pupil(model: FlameModel, ball: Eyeball) -> np.ndarray:
    """(V,) 0 sclera, 1 iris, 2 pupil of the vertices of one eyeball, by whole rings about its front: both are round.

    Iris and pupil end at the rings that are nearest to their angles; the polygons whose corners all belong are theirs.
    """
    angles = ball.angles(model.v_template[ball.vertices])
    rings = rings_about(model.faces, model.n_vertices, int(ball.vertices[angles.argmin()]))
    own = rings[ball.vertices]
    of_ring = np.bincount(own, angles) / np.bincount(own)
    iris, pupil = (int(np.abs(of_ring - angle).argmin()) for angle in (IRIS_ANGLE, PUPIL_ANGLE))
    return np.where(rings < 0, 0, (rings <= iris).astype(np.int32) + (rings <= pupil))


def _material(name: str, painted: bool) -> bpy.types.Material:
    shown = f"{name} (Built-in Head)" if painted else name
    material = named(bpy.data.materials, shown)
    if material is not None and material.library is None:
        return material
    material = new_material(shown)
    if name == CORNEA:
        _make_clear(material)
    else:
        _make_solid(material, LOOKS.get(name, LOOKS[SKIN]))
    if painted:
        _paint(material)
    return material


def plain_material(name: str) -> bpy.types.Material:
    """The material of that name, one of :data:`LOOKS`: the file's own, or a new one."""
    return _material(name, painted=False)


def _tree_of(material: bpy.types.Material) -> Any:
    """Its nodes and links; the stubs do not tell apart what kinds of node and socket hold."""
    return material.node_tree


def _paint(material: bpy.types.Material) -> None:
    """Colour from the built-in head's texture, and a fine bump for pores, which follows the UVs and so the skin."""
    tree = _tree_of(material)
    nodes, links = tree.nodes, tree.links
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    places, picture = nodes.new("ShaderNodeTexCoord"), nodes.new("ShaderNodeTexImage")
    pores, bump = nodes.new("ShaderNodeTexNoise"), nodes.new("ShaderNodeBump")
    tone = nodes.new("ShaderNodeHueSaturation")
    tone.name = tone.label = SKIN_TONE
    picture.image = _skin_texture()
    pores.inputs["Scale"].default_value, pores.inputs["Detail"].default_value = PORES_ACROSS, 3.0
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.07, PORE_DEPTH
    for number, node in enumerate((places, picture, tone, pores, bump)):
        node.location = (-900.0 + 220.0 * number, 300.0 if node in (picture, tone) else 0.0)
    links.new(places.outputs["UV"], picture.inputs["Vector"])
    links.new(places.outputs["UV"], pores.inputs["Vector"])
    links.new(picture.outputs["Color"], tone.inputs["Color"])
    links.new(tone.outputs["Color"], shader.inputs["Base Color"])
    links.new(pores.outputs[0], bump.inputs["Height"])
    links.new(bump.outputs["Normal"], shader.inputs["Normal"])


def _skin_texture() -> bpy.types.Image:
    """The one image that all built-in heads share, packed, so that a .blend shows it wherever it is opened."""
    image = named(bpy.data.images, SKIN_TEXTURE.name)
    if image is None or image.library is not None:
        image = bpy.data.images.load(str(SKIN_TEXTURE))
        image.pack()
    return image


def _make_solid(material: bpy.types.Material, look: Look) -> None:
    material.diffuse_color = in_viewport(look.colour)  # type: ignore[assignment]
    shader = next(node for node in _tree_of(material).nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*look.colour, 1.0)
    shader.inputs["Roughness"].default_value = look.roughness
    shader.inputs["Subsurface Weight"].default_value = look.subsurface
    shader.inputs["Subsurface Radius"].default_value = look.radius
    shader.inputs["Subsurface Scale"].default_value = 1.0


def _make_clear(material: bpy.types.Material) -> None:
    """Clear but for its reflections: refraction would put the iris in its own shadow."""
    tree = _tree_of(material)
    tree.nodes.clear()
    clear, gloss = tree.nodes.new("ShaderNodeBsdfTransparent"), tree.nodes.new("ShaderNodeBsdfGlossy")
    fresnel, mix = tree.nodes.new("ShaderNodeFresnel"), tree.nodes.new("ShaderNodeMixShader")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    gloss.inputs["Roughness"].default_value = 0.03
    fresnel.inputs["IOR"].default_value = CORNEA_INDEX
    for number, node in enumerate((clear, gloss, fresnel, mix, output)):
        node.location = (200.0 * (number // 3), -150.0 * (number % 3))
    tree.links.new(fresnel.outputs[0], mix.inputs[0])
    tree.links.new(clear.outputs[0], mix.inputs[1])
    tree.links.new(gloss.outputs[0], mix.inputs[2])
    tree.links.new(mix.outputs[0], output.inputs["Surface"])
    material.surface_render_method = "BLENDED"
    material.diffuse_color = (1.0, 1.0, 1.0, 0.1)  # type: ignore[assignment]
