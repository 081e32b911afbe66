"""Materials, so that a first render looks like a head: painted skin where there is a picture of it, and eyes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import bpy
import numpy as np

from ..assets import SKIN_TEXTURE, pictures_beside
from ..flame.eyeballs import eyeballs_of
from ..flame.model import FlameModel, without_padding
from ..looks.gaze import (
    EYE_MATERIALS,
    IRIS_COLOUR,
    PUPIL_COLOUR,
    SCLERA_COLOUR,
    farthest,
    gaze_directions,
    gaze_rings,
)
from ..shading import skin_layers
from ..shading.eye_material import EYE, EYE_IRIS, EYE_PUPIL, EYES, eye_material
from ..shading.material_nodes import new_material, principled
from ..shading.skin_layers import SKIN_TONE as SKIN_TONE
from . import models
from .mesh import corner_rows, mesh_of, polygons_of


class Look(NamedTuple):
    """A Principled surface: linear base colour, roughness, and how far light wanders under the surface (metres).

    In skin by 3.67, 1.37 and 0.68 mm for red, green and blue (Jensen et al. 2001, "A practical model for subsurface
    light transport").
    """

    colour: tuple[float, float, float]
    roughness: float
    subsurface: float = 0.0
    radius: tuple[float, float, float] = (0.00367, 0.00137, 0.00068)


IRIS, LASHES = "FLAME Iris", "FLAME Lashes"
LOOKS = {
    "FLAME Skin": Look((0.45, 0.27, 0.20), 0.46, 0.8),
    "FLAME Lips": Look((0.40, 0.16, 0.14), 0.36, 0.8),
    "FLAME Mouth": Look((0.58, 0.20, 0.18), 0.40, 0.3),
    "FLAME Gums": Look((0.62, 0.24, 0.23), 0.28, 0.3),
    "FLAME Tongue": Look((0.66, 0.27, 0.26), 0.36, 0.4),
    "FLAME Teeth": Look((0.86, 0.81, 0.71), 0.18, 0.2),
    EYE: Look(SCLERA_COLOUR, 0.20),
    EYE_IRIS: Look(IRIS_COLOUR, 0.20),
    EYE_PUPIL: Look(PUPIL_COLOUR, 0.20),
    IRIS: Look(IRIS_COLOUR, 0.30),
    LASHES: Look((0.030, 0.018, 0.012), 0.75),
    "FLAME Caruncle": Look((0.60, 0.25, 0.21), 0.22, 0.5),
}
BUILT_IN_RELEASE = "built-in"
PAINTED = ("FLAME Skin", "FLAME Lips")
VIEWPORT_GAMMA = 0.7  # the solid view is darker than a render
CORNEA, CORNEA_INDEX = "FLAME Cornea", 1.376  # index of refraction of the human cornea
TEAR = "FLAME Tear"
CLEAR = (CORNEA, TEAR)
SKIN = "FLAME Skin"
PLAIN = (SKIN, *EYES)  # of models that bring no materials of their own
ALL_WHITE = (SKIN, EYE)  # of such heads before iris and pupil were told apart in Solid view
FORMER_PLAIN = (SKIN, "FLAME Sclera", IRIS, "FLAME Pupil")  # of such heads before eyes had one material
BUILT_IN_OWNER = "Built-in Head"
PICTURE_OF = "flame_skin_of"  # a picture's own property: which model's, and for which UVs

_eyes: WeakKeyDictionary[FlameModel, np.ndarray] = WeakKeyDictionary()
_gazes: WeakKeyDictionary[FlameModel, tuple[np.ndarray, tuple[float, float]]] = WeakKeyDictionary()
_told: WeakKeyDictionary[FlameModel, tuple[tuple[str, ...], np.ndarray]] = WeakKeyDictionary()


class Skin(NamedTuple):
    """The painted skin of a model: whose it is, as names say it, the file of its picture, and what tells it apart."""

    owner: str
    picture: Path
    token: str


def assign(mesh: bpy.types.Mesh, model: FlameModel) -> None:
    """Give ``mesh`` (made from ``model``) its material slots and each polygon its slot."""
    names, slots = _materials_of(model)
    skin = skin_of(model)
    for name in names:
        mesh.materials.append(_material(name, skin if name in PAINTED else None))
    rows = corner_rows(mesh, model.polygons)
    if rows is not None:
        starts = np.empty(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("loop_start", starts)
        mesh.polygons.foreach_set("material_index", slots[rows[0][starts]].astype(np.int32))


def tell_gaze(mesh: bpy.types.Mesh, model: FlameModel) -> None:
    """Give those polygons of eyeballs which have the eyes' material those of iris and pupil where these are.

    Solid view has one colour for a material, and shows by them where a head looks; renders show no difference.
    """
    slots, polygons = slots_of(mesh), polygons_of(mesh)
    if polygons is not None:
        names = base_names(mesh)
        white = np.flatnonzero(np.isin(slots, [slot for slot, name in enumerate(names) if name == EYE]))
        slots[white] = np.array([slot_of(mesh, name) for name in EYES])[_parts(model, polygons[white])]
        mesh.polygons.foreach_set("material_index", slots)


def slot_of(mesh: bpy.types.Mesh, name: str) -> int:
    """The slot that has a plain material of that name, which is added where there is none."""
    names = base_names(mesh)
    if name not in names:
        mesh.materials.append(_material(name, None))
        names.append(name)
    return names.index(name)


def base_names(mesh: bpy.types.Mesh) -> list[str]:
    """Names of a mesh's materials by slot, without the numbers that Blender adds; empty where a slot has none."""
    return ["" if material is None else material.name.split(".")[0] for material in mesh.materials]


def slots_of(mesh: bpy.types.Mesh) -> np.ndarray:
    """(Q,) int32: the slot of each polygon."""
    slots = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", slots)
    return slots


def skin_of(model: FlameModel) -> Skin | None:
    """The painted skin of a model for its UVs; None where none was made."""
    from ..looks.files import layout_of  # noqa: PLC0415  (enabling the add-on reads no files)

    if model.release == BUILT_IN_RELEASE:
        return Skin(BUILT_IN_OWNER, SKIN_TEXTURE, f"{SKIN_TEXTURE.name} {layout_of(model.display)}")
    picture = models.kept_skin(model)
    if picture is None or not picture.exists():
        return None
    entry = models.find(model.fingerprint)
    return Skin(model.release if entry is None else entry.name, picture, picture.stem)


def names_of(model: FlameModel) -> tuple[str, ...]:
    """The materials of a head's slots, in their order, as :func:`assign` gives them."""
    return _materials_of(model)[0]


def painted_slots(mesh: bpy.types.Mesh, model: FlameModel) -> list[int]:
    """The slots that get a picture of the face: skin and lips of the model; eyes, mouth and the user's own stay."""
    if not mesh.materials:
        mesh.materials.append(None)
    return [slot for slot, name in enumerate(names_of(model)) if name in PAINTED and slot < len(mesh.materials)]


def show_on_painted(obj: bpy.types.Object, model: FlameModel, material: bpy.types.Material) -> None:
    """Show it on the painted slots, linked to the object: other heads keep theirs."""
    show_on(obj, painted_slots(mesh_of(obj), model), material)


def show_on(obj: bpy.types.Object, slots: Iterable[int], material: bpy.types.Material) -> None:
    """Show a material on slots of the object, whatever its mesh has there."""
    for number in slots:
        slot = obj.material_slots[number]
        slot.link, slot.material = "OBJECT", material


def in_viewport(colour: Sequence[float]) -> tuple[float, float, float, float]:
    """The colour (3,), light, for views without textures, which are darker than a render."""
    red, green, blue = (part**VIEWPORT_GAMMA for part in colour)
    return red, green, blue, 1.0


def _materials_of(model: FlameModel) -> tuple[tuple[str, ...], np.ndarray]:
    """Names by slot, and (Q,) the slot of each of the model's polygons; worked out once."""
    if model not in _told:
        _told[model] = _found_materials(model)
    return _told[model]


def _found_materials(model: FlameModel) -> tuple[tuple[str, ...], np.ndarray]:
    display = model.display
    if display is not None and display.polygon_materials is not None:
        own = dict(zip(EYE_MATERIALS, (*EYES, EYE), strict=True))
        names = tuple(own.get(name, f"FLAME {name.title()}") for name in display.material_names)
        slots = display.polygon_materials
    else:
        eyes = eye_vertices(model)[without_padding(model.polygons)[:, 0]]
        names, slots = ALL_WHITE if eyes.any() else ALL_WHITE[:1], eyes.astype(np.int32)
    if EYE not in names or EYE_IRIS in names:
        return names, slots
    eyes = np.flatnonzero(slots == names.index(EYE))
    rows = np.array([names.index(EYE), len(names), len(names) + 1], np.int32)
    slots = slots.copy()
    slots[eyes] = rows[_parts(model, model.polygons[eyes])]
    return (*names, *EYES[1:]), slots


def _parts(model: FlameModel, polygons: np.ndarray) -> np.ndarray:
    """(n,) rows of EYES: what polygons (n, k), -1 in the last place of a triangle, of a model's eyes show."""
    if model not in _gazes:
        directions = gaze_directions(model)
        if directions is None:
            return np.zeros(len(polygons), np.int64)
        of_eyes: np.ndarray = np.abs(directions).max(1) > 0
        _gazes[model] = directions, gaze_rings(directions, model.polygons[of_eyes[model.polygons[:, 0]]])
    directions, (pupil, iris) = _gazes[model]
    off = farthest(directions, polygons)
    return (off <= iris).astype(np.int64) + (off <= pupil)


def of_eyes(mesh: bpy.types.Mesh, model: FlameModel) -> np.ndarray:
    """(Q,) bool: the polygons of a mesh that are of eyeballs, whichever polygons it has."""
    starts, corners = np.empty(len(mesh.polygons), np.int32), np.empty(len(mesh.loops), np.int32)
    mesh.polygons.foreach_get("loop_start", starts)
    mesh.loops.foreach_get("vertex_index", corners)
    return eye_vertices(model)[corners[starts]]


def eye_vertices(model: FlameModel) -> np.ndarray:
    """(V,) bool: the vertices of the eyeballs; worked out once."""
    if model not in _eyes:
        _eyes[model] = np.zeros(model.n_vertices, bool)
        for ball in eyeballs_of(model.v_template, model.faces) or ():
            _eyes[model][ball.vertices] = True
    return _eyes[model]


def _material(name: str, skin: Skin | None) -> bpy.types.Material:
    """The one that is there already, or a new one."""
    shown = name if skin is None else f"{name} ({skin.owner})"
    for material in bpy.data.materials:
        is_named = material.name == shown or (skin is not None and material.name.startswith(f"{shown}."))
        if is_named and material.library is None and (skin is None or _shows(material, skin)):
            return material
    if name in EYES:
        material = eye_material(name)
        material.diffuse_color = in_viewport(LOOKS[name].colour)  # type: ignore[assignment]
        return material
    material = new_material(shown)
    if name in CLEAR:
        _make_clear(material)
    else:
        make_solid(material, LOOKS.get(name, LOOKS[SKIN]))
    if skin is not None:
        skin_layers.paint(material, pictures_of(skin))
    return material


def plain_material(name: str) -> bpy.types.Material:
    """The material of that name, one of :data:`LOOKS`: the file's own, or a new one."""
    return _material(name, None)


def _shows(material: bpy.types.Material, skin: Skin) -> bool:
    """Whether a material is of that skin, whatever the user made of it; another model may be called the same."""
    pictures = [node.image for node in _tree_of(material).nodes if node.type == "TEX_IMAGE" and node.image is not None]
    tokens = [image.get(PICTURE_OF) for image in pictures if image.get(PICTURE_OF) is not None]
    return skin.token in tokens


def _tree_of(material: bpy.types.Material) -> Any:
    """Its nodes and links; the stubs do not tell apart what kinds of node and socket hold."""
    return material.node_tree


def pictures_of(skin: Skin) -> dict[str, bpy.types.Image]:
    """Its pictures by the names of the layers' inputs: colours always, the others where there are such."""
    found = {}
    for name, path in zip(skin_layers.PICTURES, pictures_beside(skin.picture), strict=True):
        if path.exists():
            found[name] = _image(skin, path, name)
    return found


def _image(skin: Skin, path: Path, name: str) -> bpy.types.Image:
    """The one image that all heads of a model share, packed, so that a .blend shows it wherever it is opened."""
    is_colour = path == skin.picture
    token = skin.token if is_colour else f"{skin.token} {name}"
    for image in bpy.data.images:
        if image.library is None and image.get(PICTURE_OF) == token:
            return image
    made: Any = bpy.data.images.load(str(path))
    made.name = path.name if skin.owner == BUILT_IN_OWNER else f"{skin.owner} {name}"
    made.pack()  # before its colours are told: else Blender writes it anew
    if not is_colour:
        made.colorspace_settings.name = "Non-Color"
    made[PICTURE_OF] = token
    return made


def make_solid(material: bpy.types.Material, look: Look) -> None:
    """Give a Principled material this look."""
    material.diffuse_color = in_viewport(look.colour)  # type: ignore[assignment]
    shader = principled(material)
    shader.inputs["Base Color"].default_value = (*look.colour, 1.0)
    shader.inputs["Roughness"].default_value = look.roughness
    shader.subsurface_method = "BURLEY"  # a random walk goes on into the eyeball: lids of dark skin glow
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
