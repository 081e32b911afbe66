"""Renders the pictures that docs/head.md shows: of the built-in head, most of them of a FLAME file's beside it.

make pictures
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import BUILT_IN, models, of_this_run
from labels import add_label, frame_label, heading
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio, new_material

TILE, SAMPLES = (240, 300), 14
FEW, LARGE = 3, 150  # tiles in a row that are drawn larger, and how much: per cent
STRIP = 36  # pixels, of a heading
WIRE = "Wires"
BUILT_IN_FILE = Path(api.__file__).parents[1] / "assets" / "builtin_head.npz"


@dataclass(frozen=True)
class Shot:
    """One tile: seen from ``turn`` degrees about the vertical; a preset, or parameters (degrees)."""

    label: str = ""
    turn: float = 20.0
    preset: str = ""
    wires: bool = False
    lens: float = 82.0  # mm
    height: float = -0.035  # metres, of the camera
    behind: float = 0.0  # metres that the camera looks at behind the head's origin
    plain: bool = False  # plain skinning, without the pose correctives
    degrees: dict[str, tuple[float, float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """Shots, how many of them in a row, and whether a FLAME file's head is shown below the built-in one."""

    shots: tuple[Shot, ...]
    columns: int
    both: bool = True


@dataclass(frozen=True)
class Heads:
    """Two heads of one model, the other one without pose correctives."""

    corrected: bpy.types.Object
    plain: bpy.types.Object


ROUND, SIDE_ON = (0.0, 38.0, 90.0), 65.0
BUST = {"lens": 80.0, "height": -0.043, "behind": 0.034}  # room for the shoulders of FLAME's
TURNS = (("jaw", 30.0, "x"), ("neck", -40.0, "x"), ("neck", 40.0, "x"), ("neck", 40.0, "y"), ("neck", 40.0, "z"))
OPENINGS = ((15, 0), (28, 0), (28, 38))  # degrees: the jaw's, and from where it is seen
SHEETS = {
    "head_neutral": Sheet(tuple(Shot(turn=turn, **BUST) for turn in ROUND), 3),
    "head_wire": Sheet(tuple(Shot(turn=turn, wires=True, **BUST) for turn in ROUND), 3),
    "head_jaw": Sheet(
        tuple(Shot(f"jaw {jaw}°", turn, **BUST, degrees={"jaw": (jaw, 0, 0)}) for jaw, turn in OPENINGS), 3
    ),
    "head_correctives": Sheet(
        tuple(
            Shot(
                f"{joint} {axis} {turn:+.0f}°, {'plain' if plain else 'corrected'}",
                SIDE_ON if axis == "x" else 0.0,
                lens=60.0,
                behind=0.045,
                plain=plain,
                degrees={joint: (turn * (axis == "x"), turn * (axis == "y"), turn * (axis == "z"))},
            )
            for plain in (True, False)
            for joint, turn, axis in TURNS
        ),
        5,
    ),
}


def main(out: Path, *names: str) -> None:
    """Write every picture, or those that are named, into the folder ``out``."""
    scene = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples = SAMPLES
    label = add_label(scene)
    known = {name: add_heads(model) for name, model in models().items()}
    for name, sheet in (SHEETS | preset_sheets(known[BUILT_IN].corrected)).items():
        if names and name not in names:
            continue
        shown = known if sheet.both else {BUILT_IN: known[BUILT_IN]}
        scene.render.resolution_percentage = LARGE if sheet.columns <= FEW else 100
        save_picture(stacked(rows(scene, label, shown, known, sheet)), out / f"{name}.jpg")
        print(f"pictures: wrote {out / f'{name}.jpg'}", flush=True)


def preset_sheets(head: bpy.types.Object) -> dict[str, Sheet]:
    """The named expressions and the visemes, which FLAME files do not have."""
    presets = api.presets(head)
    visemes = presets.index("sil")
    faces = tuple(Shot(name, preset=name, lens=95, height=-0.025) for name in presets[:visemes])
    mouths = tuple(Shot(name, 10, name, lens=170, height=-0.055) for name in presets[visemes:])
    return {"head_expressions": Sheet(faces, 7, both=False), "head_visemes": Sheet(mouths, 5, both=False)}


def add_heads(model: str | Path) -> Heads:
    """Of a model's name or file; the plain one is painted like the other. A FLAME file's have looks and a mouth."""
    made = []
    with np.load(BUILT_IN_FILE if model == api.BUILT_IN else model) as arrays:
        file = of_this_run("plain_skinning.npz")
        np.savez(file, **{**arrays, "posedirs": np.zeros_like(arrays["posedirs"])})
    for each in (model, file):
        head = api.add_head(each)
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
        made.append(head)
    if model != api.BUILT_IN:
        if api.lacks_looks(made[0]):
            api.compute_controls(model)
        api.add_mouth(made[0])
    paint_alike(*made)
    for head in made:
        add_wires(head)
    return Heads(*made)


def paint_alike(head: bpy.types.Object, other: bpy.types.Object) -> None:
    """Give another head of the same polygons the materials of the one, and its UVs."""
    other.data.materials.clear()
    for material in head.data.materials:
        other.data.materials.append(material)
    slots = np.empty(len(head.data.polygons), np.int32)
    head.data.polygons.foreach_get("material_index", slots)
    other.data.polygons.foreach_set("material_index", slots)
    for layer in head.data.uv_layers:
        places = np.empty(2 * len(head.data.loops), np.float32)
        layer.uv.foreach_get("vector", places)
        own = other.data.uv_layers.get(layer.name) or other.data.uv_layers.new(name=layer.name)
        own.uv.foreach_set("vector", places)


def add_wires(head: bpy.types.Object) -> None:
    """The edges of the mesh as dark wires, shown when a shot asks for them."""
    wires = head.modifiers.new(WIRE, "WIREFRAME")
    wires.thickness, wires.use_replace, wires.material_offset = 0.0004, False, len(head.material_slots)
    wires.use_even_offset = False  # where triangles are very flat, as in FLAME's ears, wires would stand out far
    head.data.materials.append(new_material("Wire", (0.01, 0.01, 0.01, 1)))


def rows(
    scene: bpy.types.Scene, label: bpy.types.Object, shown: dict[str, Heads], known: dict[str, Heads], sheet: Sheet
) -> Iterator[np.ndarray]:
    """From above, for each head that is shown: its name, where there is another one, and its shots."""
    width = sheet.columns * TILE[0] * scene.render.resolution_percentage // 100
    for name, heads in shown.items():
        for each in known.values():
            show(each, None)
        if len(shown) > 1:
            yield heading(scene, label, name, width, STRIP)
        tiles = [render(scene, label, heads, shot) for shot in sheet.shots]
        for k in range(0, len(tiles), sheet.columns):
            yield beside(tiles[k : k + sheet.columns])


def show(heads: Heads, shown: bpy.types.Object | None) -> None:
    """One of the heads in renders, with the mouth that was added to it, or none."""
    for head in (heads.corrected, heads.plain):
        for obj in (head, head.flame.mouth):
            if obj is not None:
                obj.hide_render = head is not shown


def render(scene: bpy.types.Scene, label: bpy.types.Object, heads: Heads, shot: Shot) -> np.ndarray:
    """(height, width, 4) float32 of one tile."""
    head = heads.plain if shot.plain else heads.corrected
    show(heads, head)
    api.set_params(head, shape=(), expression=(), **dict.fromkeys(("neck", "jaw", "left_eye", "right_eye"), (0, 0, 0)))
    if shot.preset:
        api.apply_preset(head, shot.preset)
    api.set_params(head, **{joint: np.radians(angles) for joint, angles in shot.degrees.items()})
    head.rotation_euler.z = math.radians(shot.turn)
    head.modifiers[WIRE].show_render = shot.wires
    head.modifiers["Subdivision"].show_render = not shot.wires
    scene.camera.data.lens, scene.camera.location.z = shot.lens, shot.height
    scene.camera.location.x = -shot.behind * math.sin(math.radians(shot.turn))
    frame_label(scene, label, shot.label)
    return rendered(scene)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
