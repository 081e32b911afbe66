"""The colours of what is seen without light: a render of its own, a ray through each pixel's centre."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from ..film.still import view_by

NARROW = 0.01  # pixels: the least that Cycles' filter may be wide


class Albedo:
    """Shows a scene's materials by their base colours alone, while :meth:`shown`; clear ones stay clear."""

    def __init__(self, scene: Any, objects: Iterable[Any], more: Iterable[bpy.types.Material]) -> None:
        """For the materials of objects, and for ``more`` of them, which objects may be given."""
        self._scene = scene
        shown = [slot.material for obj in objects for slot in obj.material_slots if slot.material is not None]
        known = {material.name: material for material in (*shown, *more)}
        self._ends = [end for material in known.values() for end in _ends_of(material)]

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The scene is set to render albedo inside, and as it was afterwards."""
        scene = self._scene
        cycles, render, camera = scene.cycles, scene.render, scene.camera.data
        set_to = [
            (scene, "world", None), (cycles, "samples", 1), (cycles, "use_denoising", False),
            (cycles, "pixel_filter_type", "BOX"), (cycles, "filter_width", NARROW), (cycles, "max_bounces", 0),
            (render, "use_motion_blur", False), (render, "film_transparent", False), (camera.dof, "use_dof", False),
            (render.image_settings, "color_mode", "RGB"),
        ]  # fmt: skip
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in set_to]
        view = scene.view_settings.view_transform
        for owner, name, value in set_to:
            setattr(owner, name, value)
        view_by(scene, "Standard")
        for tree, surface, _, colour in self._ends:
            tree.links.new(colour, surface)
        try:
            yield
        finally:
            for tree, surface, shader, _ in self._ends:
                tree.links.new(shader, surface)
            for owner, name, value in before:
                setattr(owner, name, value)
            scene.view_settings.view_transform = view


def _ends_of(material: bpy.types.Material) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Its tree, the surface of its output, what is shown there, and what shows its colour."""
    tree: Any = material.node_tree
    output = None if tree is None else next((node for node in tree.nodes if node.type == "OUTPUT_MATERIAL"), None)
    if output is None or not output.inputs["Surface"].is_linked:
        return
    surface = output.inputs["Surface"]
    shader = surface.links[0].from_socket
    clear = next((node for node in tree.nodes if node.type == "BSDF_TRANSPARENT"), None)
    if shader.node.type == "BSDF_PRINCIPLED":
        colour = shader.node.inputs["Base Color"]
        glow = tree.nodes.new("ShaderNodeEmission")
        if colour.is_linked:
            tree.links.new(colour.links[0].from_socket, glow.inputs["Color"])
        else:
            glow.inputs["Color"].default_value = colour.default_value
        yield tree, surface, shader, glow.outputs[0]
    elif clear is not None:
        yield tree, surface, shader, clear.outputs[0]
