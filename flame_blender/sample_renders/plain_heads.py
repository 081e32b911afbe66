"""A model, and other solids, as plain meshes of triangles: what is rendered is what the labels are computed from."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..datasets.distributions import Value
from ..datasets.factors import IRISES
from ..datasets.scenery.steady_hair import SteadyHair
from ..datasets.scenery.steady_parts import SteadyParts
from ..flame.model import FlameModel
from ..geometry.axes import to_blender
from ..hair.strip_material import colour_strips, strip_material
from ..head import materials
from ..head.mesh import add_gaze, add_rest, add_uvs, mesh_of, mesh_of_polygons, put_positions
from ..head.properties import flame_of
from ..head.saved.looks_properties import set_complexion
from ..head_parts.parts import MATERIALS as PARTS
from ..looks.complexion import Complexion

NAME = "FLAME Data Set"
SHUTTER = (("Opens", -0.5), ("Closes", 0.5))  # frames about that of the picture
COMPLEXION = ("tone", "undertone", "age", "freckles", "stubble")
TONED = materials.PAINTED  # by the names before " (owner)"


class PlainMesh:
    """A mesh of the data set's own scene. One that is ``blurred`` has shape keys for the shutter's ends."""

    def __init__(self, mesh: bpy.types.Mesh, collection: bpy.types.Collection, blurred: bool = False) -> None:
        self.object: Any = bpy.data.objects.new(NAME, mesh)
        collection.objects.link(self.object)
        self._ends = [self._key(name, frame) for name, frame in SHUTTER] if blurred else []

    def put(self, vertices: np.ndarray, ends: tuple[np.ndarray, np.ndarray] | None = None) -> None:
        """Put (V, 3) vertices in FLAME's axes, metres, and where they are when the shutter opens and closes."""
        put_positions(mesh_of(self.object), _in_blender(vertices))
        for number, key in enumerate(self._ends):
            key.points.foreach_set("co", _in_blender(vertices if ends is None else ends[number]).ravel())

    def show(self, shown: bool) -> None:
        """Whether renders see it."""
        self.object.hide_render = not shown

    def _key(self, name: str, frame: float) -> Any:
        """A shape key that is all of the shape at an end of the shutter, and none of it in the middle."""
        if self.object.data.shape_keys is None:
            self.object.shape_key_add(name="Basis")
        key = self.object.shape_key_add(name=name, from_mix=False)
        for value, at in ((1.0, frame), (0.0, 0.0), (0.0, -frame)):
            key.value = value
            key.keyframe_insert("value", frame=at)
        return key


class PlainHead(PlainMesh):
    """A head without parameters or handlers, with materials of its own."""

    def __init__(self, model: FlameModel, collection: bpy.types.Collection, blurred: bool = False) -> None:
        mesh = mesh_of_polygons(model.v_template, model.faces, NAME)
        add_uvs(mesh, model)
        add_gaze(mesh, model)
        add_rest(mesh, model)
        materials.assign(mesh, model)
        super().__init__(mesh, collection, blurred)
        self.tones = _own_materials(mesh)

    def colour(self, skin: dict[str, Value], iris: Value) -> None:
        """Skin by what a recipe's ``skin`` says, irises by their name."""
        for node in self.tones:
            for key in ("Hue", "Saturation", "Value"):
                node.inputs[key].default_value = float(skin[key.lower()] or 0.0)
        colour = IRISES[str(iris)]
        head = flame_of(self.object)
        set_complexion(head, Complexion(**{name: float(skin[name] or 0.0) for name in COMPLEXION}))
        if colour is None:
            head.property_unset("iris_colour")
        else:
            head.iris_colour = colour


def plain_parts(parts: SteadyParts, collection: bpy.types.Collection, blurred: bool = False) -> PlainMesh:
    """Teeth, gums, tongue and lashes beside a head, where their model has none."""
    solid = parts.at_rest()
    mesh = mesh_of_polygons(solid.vertices, solid.faces, NAME)
    for name in PARTS:
        mesh.materials.append(materials.plain_material(f"FLAME {name.title()}"))
    mesh.polygons.foreach_set("material_index", parts.rows)
    return PlainMesh(mesh, collection, blurred)


class PlainHair(PlainMesh):
    """One style of hair; what lies on the skin below the strips has all their colours mixed."""

    def __init__(self, hair: SteadyHair, mean: np.ndarray, collection: bpy.types.Collection, blurred: bool) -> None:
        solid = hair.at(mean)
        mesh = mesh_of_polygons(solid.vertices, solid.faces, NAME)
        self._materials = [strip_material(f"{NAME} Hair", mixed) for mixed in (False, True)]
        for material in self._materials:
            mesh.materials.append(material)
        mesh.polygons.foreach_set("material_index", (np.arange(len(solid.faces)) >= hair.n_strips).astype(np.int32))
        super().__init__(mesh, collection, blurred)

    def colour(self, values: dict[str, Value]) -> None:
        """As ``hair`` of a recipe says."""
        for material in self._materials:
            colour_strips(material, *(float(values[name] or 0.0) for name in ("melanin", "redness", "greyness")))


def _in_blender(vertices: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(to_blender(np.asarray(vertices, np.float32)), np.float32)


def _own_materials(mesh: bpy.types.Mesh) -> list[Any]:
    """Copies of its materials in place of the file's, and the nodes that tone skin and lips."""
    tones = []
    for slot, shared in enumerate(mesh.materials):
        if shared is None:
            continue
        own: Any = shared.copy()
        mesh.materials[slot] = own
        if own.name.split(" (")[0].split(".")[0] in TONED:
            tones.append(tone_of(own))
    return tones


def tone_of(material: bpy.types.Material) -> Any:
    """The node by which a skin is toned; where there is none it is put before the colour."""
    tree: Any = material.node_tree
    node = tree.nodes.get(materials.SKIN_TONE)
    if node is None:
        shader = next(each for each in tree.nodes if each.type == "BSDF_PRINCIPLED")
        colour = shader.inputs["Base Color"]
        node = tree.nodes.new("ShaderNodeHueSaturation")
        if colour.is_linked:
            tree.links.new(colour.links[0].from_socket, node.inputs["Color"])
        else:
            node.inputs["Color"].default_value = colour.default_value
        tree.links.new(node.outputs["Color"], colour)
    return node
