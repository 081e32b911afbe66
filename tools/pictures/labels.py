"""Text in pictures: bright on a dark strip, as objects that hang on the scene's camera."""

from __future__ import annotations

import bpy
import numpy as np
from sheet import rendered
from studio import new_material

DISTANCE = 0.5  # metres before the camera
STRIP = -1.0, -0.82  # lower and upper edge, where the picture's larger side goes from -1 to 1
WIDE, OVER = 60, 1.1  # how much larger the strip is than it need be: beside any heading, above and below it
BELOW = 0.05  # how far it goes on below the picture's edge, whose last pixels would show a sliver


def add_label(scene: bpy.types.Scene) -> bpy.types.Object:
    """A line of bright text on a dark strip along the lower edge of the picture; ``frame_label`` keeps it there."""
    text = bpy.data.objects.new("Label", bpy.data.curves.new("Label", "FONT"))
    text.data.size, text.data.align_x, text.data.offset_y = 0.125, "CENTER", -0.95
    strip = bpy.data.objects.new("Strip", bpy.data.meshes.new("Strip"))
    corners = [
        (side * WIDE, edge, -0.01)
        for edge, sides in zip((STRIP[0] - BELOW, STRIP[1]), ((-1, 1), (1, -1)), strict=True)
        for side in sides
    ]
    strip.data.from_pydata(corners, [], [(0, 1, 2, 3)])
    for each, brightness in ((text, 0.9), (strip, 0.02)):
        glow = new_material("Label")
        shader = next(node for node in glow.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        shader.inputs["Base Color"].default_value = (0, 0, 0, 1)
        shader.inputs["Specular IOR Level"].default_value = 0.0
        shader.inputs["Emission Color"].default_value = (brightness,) * 3 + (1,)
        shader.inputs["Emission Strength"].default_value = 1.0
        each.data.materials.append(glow)
        scene.collection.objects.link(each)
    text.parent, strip.parent = scene.camera, text
    return text


def frame_label(scene: bpy.types.Scene, label: bpy.types.Object, caption: str) -> None:
    """Show ``caption`` at the lower edge of what the camera sees."""
    label.data.body = caption
    label.location = 0, 0, -DISTANCE
    label.scale = (_half_seen(scene),) * 3
    for each in (label, *label.children):
        each.hide_render = not caption


def heading(scene: bpy.types.Scene, label: bpy.types.Object, caption: str, width: int, height: int) -> np.ndarray:
    """(height, width, 4) float32: ``caption`` on a strip, to stand over or under pictures of that width."""
    render = scene.render
    kept = render.resolution_x, render.resolution_y, render.resolution_percentage, scene.cycles.samples
    render.resolution_x, render.resolution_y, render.resolution_percentage, scene.cycles.samples = width, height, 100, 8
    frame_label(scene, label, caption)
    lower, upper = STRIP
    size = OVER * 2 * _half_seen(scene) * height / max(width, height) / (upper - lower)
    label.scale, label.location.y = (size,) * 3, -size * (lower + upper) / 2
    picture = rendered(scene)
    render.resolution_x, render.resolution_y, render.resolution_percentage, scene.cycles.samples = kept
    return picture


def _half_seen(scene: bpy.types.Scene) -> float:
    """Half the larger side of what the camera sees where labels are, in metres."""
    return DISTANCE * 0.5 * scene.camera.data.sensor_width / scene.camera.data.lens
