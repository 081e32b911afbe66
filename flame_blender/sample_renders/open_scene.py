"""What the open scene has of a recipe: picture, model, camera, light."""

from __future__ import annotations

from typing import Any

import bpy
import mathutils
import numpy as np

from ..datasets.factors import HEAD, NO_LIGHT
from ..datasets.recipe_files import LARGEST_SIDE
from ..datasets.recipe_texts.changed_recipe import Key
from ..datasets.views import SENSOR
from ..export.skin_picture import complexion_of
from ..geometry.axes import to_blender, to_flame
from ..head import models
from ..head.active import active_head
from ..head.properties import flame_of
from .plain_heads import COMPLEXION
from .surroundings import is_blenders, picture_of

Values = dict[Key, "str | float"]
SUN_AWAY, WIDEST_SUN = 10.0, 2.0  # metres; radians, wider than which a disk that far is a ceiling


def scene_values(context: bpy.types.Context) -> Values:
    """The values of a recipe that render the active head as the scene's camera sees it, in the scene's light.

    Without a head, the model for new heads and the example's view; without a camera, its view; the lamp is the one that
    lights the head most, a sun too; surroundings are those of Blender that the world shows.
    """
    scene: Any = context.scene
    head = active_head(context)
    name = models.for_new_heads().name if head is None else flame_of(head).model_name
    found: Values = {("model", "name"): name, **_picture(scene)}
    if head is not None:
        found |= _skin(head)
    camera = scene.camera
    if camera is not None and camera.type == "CAMERA" and camera.data.type == "PERSP":
        found["camera", "focal"] = _within(focal_of(camera.data, scene.render), 10, 1000)
        if head is not None:
            found |= _view(head, camera)
    return found | _light(scene, head)


def focal_of(data: Any, render: Any) -> float:
    """The focal length, millimetres on a sensor of 36 along the picture's longer side."""
    width, height = render.resolution_x, render.resolution_y
    if data.sensor_fit == "VERTICAL":
        return float(data.lens / data.sensor_height * height / max(width, height) * SENSOR)
    along = width if data.sensor_fit == "HORIZONTAL" else max(width, height)
    return float(data.lens / data.sensor_width * along / max(width, height) * SENSOR)


def _picture(scene: Any) -> Values:
    render = scene.render
    share = render.resolution_percentage / 100
    sides = [int(np.clip(round(side * share), 16, LARGEST_SIDE)) for side in (render.resolution_x, render.resolution_y)]
    found: Values = {("image", "width"): sides[0], ("image", "height"): sides[1]}
    if render.engine == "CYCLES":
        found["image", "samples"] = scene.cycles.samples
    return found


def _skin(head: bpy.types.Object) -> Values:
    """What the head's own skin is like."""
    complexion = complexion_of(head)
    return {("skin", name): round(float(getattr(complexion, name)), 3) for name in COMPLEXION}


def _points(head: bpy.types.Object) -> np.ndarray:
    """(V, 3) of a head's mesh as it is posed, in FLAME's axes about its own origin."""
    mesh: Any = head.data
    found = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", found)
    return to_flame(found.reshape(-1, 3)).astype(np.float64)


def _middle(head: bpy.types.Object) -> Any:
    """Of a head, in the world."""
    points = _points(head)
    return head.matrix_world @ mathutils.Vector(to_blender((points.min(0) + points.max(0)) / 2).tolist())


def _from_head(head: bpy.types.Object, place: Any) -> tuple[float, float, float]:
    """Yaw to the subject's left and pitch up, degrees, and distance in metres, of a place from the head's middle."""
    points = _points(head)
    away = to_flame(np.array(head.matrix_world.inverted() @ place)) - (points.min(0) + points.max(0)) / 2
    distance = float(np.linalg.norm(away)) or 1.0
    return float(np.degrees(np.arctan2(away[0], away[2]))), float(np.degrees(np.arcsin(away[1] / distance))), distance


def _view(head: bpy.types.Object, camera: Any) -> Values:
    """Where the camera stands, seen from the head's middle, which is what it looks at."""
    yaw, pitch, distance = _from_head(head, camera.matrix_world.translation)
    return {
        ("camera", "yaw"): round(yaw, 2),
        ("camera", "pitch"): round(_within(pitch, -89, 89), 2),
        ("camera", "framing"): HEAD,
        ("camera", "distance"): round(_within(distance, 0.25, 100), 3),
    }


def _light(scene: Any, head: bpy.types.Object | None) -> Values:
    picture = picture_of(scene.world)
    found: Values = {("light", "world"): picture if is_blenders(picture) else NO_LIGHT}
    for node in getattr(getattr(scene.world, "node_tree", None), "nodes", ()):
        if node.type == "BACKGROUND":
            found["light", "strength"] = round(_within(node.inputs["Strength"].default_value, 0, 100), 3)
    lamps = [each for each in scene.objects if each.type == "LIGHT" and not each.hide_render]
    if lamps and head is not None:
        shown: list[Values] = [_lamp(each, head) for each in lamps]
        strongest = max(shown, key=_shines)
        found |= strongest
    if found["light", "world"] == NO_LIGHT and ("light", "lamp_power") not in found:  # not a black picture
        del found["light", "world"]
    return found


def _lamp(lamp: Any, head: bpy.types.Object) -> Values:
    """The disk that lights a head as a lamp does: a sun as one that is :data:`SUN_AWAY`, as wide as it appears.

    Blender's watts: on its axis a disk gives 1 / pi of them a steradian, a point and a spot 1 / (4 pi); a sun's number
    is watts a square metre.
    """
    data = lamp.data
    energy = data.energy * 2.0 ** getattr(data, "exposure", 0.0)  # since 4.5
    if data.type == "SUN":
        towards = lamp.matrix_world.to_3x3().col[2].normalized()
        yaw, pitch, _ = _from_head(head, _middle(head) + SUN_AWAY * towards)
        distance, size = SUN_AWAY, 2 * SUN_AWAY * float(np.tan(min(data.angle, WIDEST_SUN) / 2))
        power = energy * np.pi * (SUN_AWAY**2 + size**2 / 4)
    else:
        yaw, pitch, distance = _from_head(head, lamp.matrix_world.translation)
        power, size = (energy, data.size) if data.type == "AREA" else (energy / 4, 2 * data.shadow_soft_size)
    return {
        ("light", "lamp_power"): round(_within(power, 0, 10_000), 3),
        ("light", "lamp_yaw"): round(yaw, 2),
        ("light", "lamp_pitch"): round(_within(pitch, -89, 89), 2),
        ("light", "lamp_distance"): round(_within(distance, 0.3, 100), 3),
        ("light", "lamp_size"): round(_within(size, 0.001, 100), 3),
    }


def _shines(lamp: Values) -> float:
    """How much of a lamp comes to the head."""
    return float(lamp["light", "lamp_power"]) / float(lamp["light", "lamp_distance"]) ** 2


def _within(value: float, least: float, most: float) -> float:
    return float(min(max(value, least), most))
