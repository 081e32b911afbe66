"""A model as a plain mesh of its triangles, so that what is rendered is what the labels are computed from."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..datasets.distributions import Value
from ..datasets.factors import IRISES
from ..flame.model import FlameModel
from ..geometry.axes import to_blender
from ..head import materials
from ..head.mesh import add_gaze, add_uvs, mesh_of, mesh_of_polygons, put_positions
from ..head.properties import flame_of

TONED = materials.PAINTED  # by the names before " (owner)"


class PlainHead:
    """A head of the data set's own scene: no parameters, no handlers, materials of its own."""

    def __init__(self, model: FlameModel, name: str, collection: bpy.types.Collection) -> None:
        mesh = mesh_of_polygons(model.v_template, model.faces, name)
        add_uvs(mesh, model)
        add_gaze(mesh, model)
        materials.assign(mesh, model)
        self.object = bpy.data.objects.new(name, mesh)
        collection.objects.link(self.object)
        self._tones = _own_materials(mesh)

    def put(self, vertices: np.ndarray) -> None:
        """Put (V, 3) vertices in FLAME's axes, metres."""
        put_positions(mesh_of(self.object), to_blender(np.asarray(vertices, np.float32)))

    def colour(self, skin: dict[str, Value], iris: Value) -> None:
        """Skin by hue, saturation and value, irises by their name."""
        for node in self._tones:
            for key in ("Hue", "Saturation", "Value"):
                node.inputs[key].default_value = float(skin[key.lower()] or 0.0)
        colour = IRISES[str(iris)]
        head = flame_of(self.object)
        if colour is None:
            head.property_unset("iris_colour")
        else:
            head.iris_colour = colour

    def show(self, shown: bool) -> None:
        """Whether renders see it."""
        self.object.hide_render = not shown


def _own_materials(mesh: bpy.types.Mesh) -> list[Any]:
    """Copies of its materials in place of the file's, and the nodes that tone skin and lips."""
    tones = []
    for slot, shared in enumerate(mesh.materials):
        if shared is None:
            continue
        own: Any = shared.copy()
        mesh.materials[slot] = own
        if own.name.split(" (")[0].split(".")[0] in TONED:
            tones.append(_tone_of(own))
    return tones


def _tone_of(material: bpy.types.Material) -> Any:
    """The node by which a skin is toned; of a plain one it is added before its colour."""
    tree: Any = material.node_tree
    node = tree.nodes.get(materials.SKIN_TONE)
    if node is None:
        shader = next(each for each in tree.nodes if each.type == "BSDF_PRINCIPLED")
        node = tree.nodes.new("ShaderNodeHueSaturation")
        node.inputs["Color"].default_value = shader.inputs["Base Color"].default_value
        tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    return node
