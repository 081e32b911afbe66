"""Renders the pictures of the built-in head that docs/head.md shows.

make pictures
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sheet import pixels_of, save_picture
from studio import api, make_studio, new_material

TILE, SAMPLES = (240, 300), 14
FEW, LARGE = 3, 175  # tiles in a row that are drawn larger, and how much: per cent
PEOPLE = range(1, 13)
WIRE = "Wires"
LABEL_DISTANCE = 0.5  # metres before the camera
BUILT_IN = Path(api.__file__).parents[1] / "assets" / "builtin_head.npz"


@dataclass(frozen=True)
class Shot:
    """One tile: seen from ``turn`` degrees about the vertical; a preset, or parameters (degrees), of a person."""

    label: str = ""
    turn: float = 20.0
    preset: str = "Neutral"
    person: int | None = None
    wires: bool = False
    lens: float = 82.0  # mm
    height: float = -0.035  # metres, of the camera
    plain: bool = False  # plain skinning, without the pose correctives
    degrees: dict[str, tuple[float, float, float]] = field(default_factory=dict)


ROUND, SIDE_ON = (0.0, 38.0, 90.0), 65.0
TURNS = (("jaw", 30.0, "x"), ("neck", -40.0, "x"), ("neck", 40.0, "x"), ("neck", 40.0, "y"), ("neck", 40.0, "z"))
PICTURES: dict[str, tuple[tuple[Shot, ...], int]] = {  # file -> shots, tiles in a row
    "head_neutral": (tuple(Shot(turn=turn) for turn in ROUND), 3),
    "head_wire": (tuple(Shot(turn=turn, wires=True) for turn in ROUND), 3),
    "head_jaw": (
        tuple(
            Shot(f"jaw {jaw:.0f}°", turn, degrees={"jaw": (jaw, 0, 0)}) for jaw, turn in ((15, 0), (28, 0), (28, 38))
        ),
        3,
    ),
    "head_people": (tuple(Shot(f"seed {seed}", person=seed) for seed in PEOPLE), 6),
    "head_correctives": (
        tuple(
            Shot(
                f"{joint} {axis} {turn:+.0f}°, {'plain' if plain else 'corrected'}",
                SIDE_ON if axis == "x" else 0.0,
                lens=54.0,
                plain=plain,
                degrees={joint: (turn * (axis == "x"), turn * (axis == "y"), turn * (axis == "z"))},
            )
            for plain in (True, False)
            for joint, turn, axis in TURNS
        ),
        5,
    ),
}


def main(out: Path) -> None:
    """Write every picture into the folder ``out``."""
    scene = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples = SAMPLES
    head = api.add_head()
    plain = add_plain_head(head)
    for each in (head, plain):
        each.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
        add_wires(each)
    label = add_label(scene)
    presets = api.presets(head)
    visemes = presets.index("sil")
    shots = dict(PICTURES)
    shots["head_expressions"] = (
        tuple(Shot(name, preset=name, lens=95, height=-0.025) for name in presets[:visemes]),
        7,
    )
    shots["head_visemes"] = (tuple(Shot(name, 10, name, lens=170, height=-0.055) for name in presets[visemes:]), 5)
    for name, (tiles, columns) in shots.items():
        scene.render.resolution_percentage = LARGE if columns <= FEW else 100
        rows = [
            join(render(head, plain, label, tile) for tile in tiles[k : k + columns])
            for k in range(0, len(tiles), columns)
        ]
        save_picture(np.concatenate(rows[::-1]), out / f"{name}.jpg")  # Blender's images start below
        print(f"pictures: wrote {out / f'{name}.jpg'}")


def add_plain_head(head: bpy.types.Object) -> bpy.types.Object:
    """The same head with no pose correctives, painted like ``head``."""
    with tempfile.TemporaryDirectory() as folder, np.load(BUILT_IN) as arrays:
        file = Path(folder) / "plain_skinning.npz"
        np.savez(file, **{**arrays, "posedirs": np.zeros_like(arrays["posedirs"])})
        plain = api.add_head(file)
    for slot, material in enumerate(head.data.materials):
        plain.data.materials[slot] = material
    return plain


def add_wires(head: bpy.types.Object) -> None:
    """The edges of the quads as dark wires, shown when a shot asks for them."""
    head.modifiers["Subdivision"].show_render = True
    wires = head.modifiers.new(WIRE, "WIREFRAME")
    wires.thickness, wires.use_replace, wires.material_offset = 0.0006, False, len(head.material_slots)
    head.data.materials.append(new_material("Wire", (0.01, 0.01, 0.01, 1)))


def add_label(scene: bpy.types.Scene) -> bpy.types.Object:
    """A line of bright text on a dark strip along the lower edge of the picture; ``frame_label`` keeps it there."""
    text = bpy.data.objects.new("Label", bpy.data.curves.new("Label", "FONT"))
    text.data.size, text.data.align_x, text.data.offset_y = 0.125, "CENTER", -0.95
    strip = bpy.data.objects.new("Strip", bpy.data.meshes.new("Strip"))
    strip.data.from_pydata([(-1, -1, -0.01), (1, -1, -0.01), (1, -0.82, -0.01), (-1, -0.82, -0.01)], [], [(0, 1, 2, 3)])
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
    label.location.z = -LABEL_DISTANCE
    label.scale = (LABEL_DISTANCE * 0.5 * scene.camera.data.sensor_width / scene.camera.data.lens,) * 3
    for each in (label, *label.children):
        each.hide_render = not caption


def render(head: bpy.types.Object, plain: bpy.types.Object, label: bpy.types.Object, shot: Shot) -> np.ndarray:
    """(height, width, 4) float32 of one tile."""
    head.hide_render, plain.hide_render = shot.plain, not shot.plain
    head = plain if shot.plain else head
    api.apply_preset(head, shot.preset)
    if shot.person is None:
        api.set_params(head, shape=())
    else:
        api.randomise(head, shot.person)
    turned = {"neck": (0, 0, 0)} | shot.degrees  # a preset sets the jaw
    api.set_params(head, **{joint: np.radians(angles) for joint, angles in turned.items()})
    head.rotation_euler.z = math.radians(shot.turn)
    head.modifiers[WIRE].show_render = shot.wires
    head.modifiers["Subdivision"].show_render = not shot.wires
    scene = bpy.context.scene
    scene.camera.data.lens, scene.camera.location.z = shot.lens, shot.height
    frame_label(scene, label, shot.label)
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "tile.png")
        bpy.ops.render.render(write_still=True)
        return pixels_of(scene.render.filepath)


def join(tiles: Iterable[np.ndarray]) -> np.ndarray:
    """One row of tiles."""
    return np.concatenate(list(tiles), axis=1)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
