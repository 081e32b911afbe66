"""Light and background of samples: Blender's own pictures of surroundings, and one lamp."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bpy
import mathutils
import numpy as np

from ..datasets.factors import NO_LIGHT, PLAIN
from ..datasets.sample import Values
from ..errors import DatasetError
from ..geometry.axes import to_blender
from .pictures import OwnPicture
from .plain_heads import NAME

IMPORTANCE = 256  # texels across of Cycles' map of the surroundings; else one of the picture's size is made each time


class Lighting:
    """The world and the lamp of a scene."""

    def __init__(self, scene: bpy.types.Scene, worlds: Iterable[str]) -> None:
        self._pictures = {name: _picture(name) for name in worlds if name != NO_LIGHT}
        self._own = OwnPicture("light.folder")
        world: Any = bpy.data.worlds.new(NAME)
        if bpy.app.version < (5, 0):  # always on since
            world.use_nodes = True
        scene.world = world
        world.cycles.sampling_method = "MANUAL"
        world.cycles.sample_map_resolution = IMPORTANCE
        self._nodes = _world_nodes(world.node_tree)
        lamp: Any = bpy.data.lights.new(NAME, "AREA")
        lamp.shape = "DISK"
        self._lamp = bpy.data.objects.new(NAME, lamp)
        scene.collection.objects.link(self._lamp)

    def set(self, values: Values, middle: np.ndarray, surroundings: Path | None = None) -> None:
        """Light a head whose framed part has its middle (3,) in FLAME's axes; or by a file of ``surroundings``.

        Raises DatasetError for one that Blender cannot read.
        """
        light, background = values["light"], values["background"]
        number = {key: float(value) for key, value in light.items() if isinstance(value, (int, float))}
        self._own.show(surroundings)
        picture = self._pictures.get(str(light["world"])) if surroundings is None else self._own.image
        nodes = self._nodes
        nodes["picture"].image = picture
        nodes["turn"].inputs["Rotation"].default_value = (0.0, 0.0, np.radians(number["turn"]))
        nodes["light"].inputs["Strength"].default_value = 0.0 if picture is None else number["strength"]
        plain = background["kind"] == PLAIN
        nodes["shown"].inputs[1].default_value = 1.0 if plain else 0.0
        grey = float(background["grey"] or 0.0)
        nodes["plain"].inputs["Color"].default_value = (grey, grey, grey, 1.0)
        self._set_lamp(number, middle)

    def close(self) -> None:
        """Let go of the picture of a file that it shows."""
        self._own.show(None)

    def _set_lamp(self, number: dict[str, float], middle: np.ndarray) -> None:
        lamp: Any = self._lamp.data
        lamp.energy, lamp.size = number["lamp_power"], number["lamp_size"]
        self._lamp.hide_render = not number["lamp_power"]
        yaw, pitch = np.radians([number["lamp_yaw"], number["lamp_pitch"]])
        outwards = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
        stands = to_blender(middle + number["lamp_distance"] * outwards)
        self._lamp.location = stands.tolist()
        direction = mathutils.Vector(to_blender(outwards).tolist())
        self._lamp.rotation_euler = direction.to_track_quat("Z", "Y").to_euler()


def _world_nodes(tree: Any) -> dict[str, Any]:
    """Surroundings that light, and a grey that the camera may see instead."""
    tree.nodes.clear()
    add = tree.nodes.new
    places, turn, picture = add("ShaderNodeTexCoord"), add("ShaderNodeMapping"), add("ShaderNodeTexEnvironment")
    light, plain, mix = add("ShaderNodeBackground"), add("ShaderNodeBackground"), add("ShaderNodeMixShader")
    path, shown, output = add("ShaderNodeLightPath"), add("ShaderNodeMath"), add("ShaderNodeOutputWorld")
    shown.operation = "MULTIPLY"
    for one, other in (
        (places.outputs["Generated"], turn.inputs["Vector"]),
        (turn.outputs["Vector"], picture.inputs["Vector"]),
        (picture.outputs["Color"], light.inputs["Color"]),
        (path.outputs["Is Camera Ray"], shown.inputs[0]),
        (shown.outputs[0], mix.inputs[0]),
        (light.outputs[0], mix.inputs[1]),
        (plain.outputs[0], mix.inputs[2]),
        (mix.outputs[0], output.inputs["Surface"]),
    ):
        tree.links.new(one, other)
    return {"turn": turn, "picture": picture, "light": light, "plain": plain, "shown": shown}


def _picture(name: str) -> bpy.types.Image:
    """One of the surroundings that come with Blender. Raises DatasetError where this Blender came without."""
    utils: Any = bpy.utils
    folder = utils.system_resource("DATAFILES")
    path = Path(folder or "") / "studiolights" / "world" / f"{name}.exr"
    if not folder or not path.is_file():
        raise DatasetError(
            f"light.world: expected Blender's own surroundings {name!r} at {path}, found none; choose "
            "others, or 'none'."
        )
    return bpy.data.images.load(str(path))
