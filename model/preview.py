"""A contact sheet of the built-in head: ``python model/preview.py OUT.png`` in a Python that has bpy (Blender's wheel).

Rows: the neutral head from three sides and its wires; expressions; jaw and neck; random people. Cycles on the CPU.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from flame_blender.flame.evaluator import FlameEvaluator  # noqa: E402  the path comes first
from flame_blender.flame.loading import load_model  # noqa: E402
from flame_blender.flame.model import FlameModel  # noqa: E402
from flame_blender.flame.params import FlameParams  # noqa: E402

TILE = (300, 345)
SAMPLES = 16
CAMERA_DISTANCE, LENS = 1.0, 102.0  # metres, millimetres
MIDDLE = (0.0, 0.02, -0.03)  # Blender's axes: what the camera looks at
# material: base colour (linear), roughness
COLOURS = {
    "skin": ((0.55, 0.34, 0.26), 0.48), "lips": ((0.45, 0.19, 0.17), 0.35), "mouth": ((0.25, 0.07, 0.06), 0.4),
    "sclera": ((0.70, 0.68, 0.65), 0.15), "iris": ((0.10, 0.20, 0.28), 0.3), "pupil": ((0.005, 0.005, 0.005), 0.2),
    "cornea": ((1.0, 1.0, 1.0), 0.03), "brows": ((0.10, 0.065, 0.045), 0.7),
    "teeth": ((0.75, 0.71, 0.62), 0.25), "gums": ((0.50, 0.18, 0.17), 0.35), "tongue": ((0.50, 0.18, 0.17), 0.4),
}  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """One tile: where the head is seen from (degrees about the vertical) and what it does."""

    turn: float = -35.0
    expression: dict[str, float] = field(default_factory=dict)
    jaw: float = 0.0
    neck: tuple[float, float, float] = (0.0, 0.0, 0.0)
    person: int = 0  # 0 the mean head, else the seed of a random one
    wires: bool = False


def both(*names: str) -> dict[str, float]:
    """A left and a right movement of each name, at 1."""
    return {f"{name}{side}": 1.0 for name in names for side in ("Left", "Right")}


SHEET = (
    (Shot(0), Shot(), Shot(-88), Shot(0, wires=True), Shot(wires=True), Shot(-88, wires=True)),
    (
        Shot(0, both("eyeBlink")),
        Shot(expression=both("mouthSmile"), jaw=3),
        Shot(0, both("mouthFrown") | {"browInnerUp": 1}),
        Shot(expression=both("browDown", "noseSneer", "eyeSquint")),
        Shot(0, both("eyeWide", "browOuterUp") | {"browInnerUp": 1}, jaw=12),
        Shot(expression={"mouthPucker": 1}),
    ),
    (
        Shot(0, jaw=26),
        Shot(jaw=26),
        Shot(expression={"mouthFunnel": 1}, jaw=8),
        Shot(neck=(0, 40, 0)),
        Shot(-88, neck=(-30, 0, 0)),
        Shot(-88, neck=(30, 0, 0)),
    ),
    tuple(Shot(person=seed) for seed in range(1, 7)),
    tuple(Shot(0, person=seed) for seed in range(7, 13)),
)


def main() -> None:
    """Render every tile and join them."""
    out = Path(sys.argv[1]).resolve()
    model = load_model(HERE / "builtin_head.npz")
    evaluator = FlameEvaluator(model)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    head = build_head(model)
    build_studio()
    rows = [np.concatenate([render(model, evaluator, head, shot) for shot in row], axis=1) for row in SHEET]
    sheet = np.concatenate(rows[::-1], axis=0)
    image = bpy.data.images.new("sheet", sheet.shape[1], sheet.shape[0])
    image.pixels.foreach_set(sheet.ravel())
    image.filepath_raw, image.file_format = str(out), "PNG"
    image.save()


def to_blender(points: np.ndarray) -> np.ndarray:
    """FLAME's axes (+Y up, +Z forward) to Blender's (+Z up, -Y forward)."""
    return np.stack([points[:, 0], -points[:, 2], points[:, 1]], 1)


def build_head(model: FlameModel) -> bpy.types.Object:
    """The display mesh as an object, with materials."""
    mesh = bpy.data.meshes.new("head")
    polygons = [[vertex for vertex in polygon if vertex >= 0] for polygon in model.polygons.tolist()]
    mesh.from_pydata(to_blender(model.v_template).tolist(), [], polygons)
    for name in model.display.material_names:
        mesh.materials.append(build_material(name))
    mesh.polygons.foreach_set("material_index", model.display.polygon_materials)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(polygons), bool))
    head = bpy.data.objects.new("head", mesh)
    bpy.context.scene.collection.objects.link(head)
    wires = head.modifiers.new("wires", "WIREFRAME")
    wires.thickness, wires.use_replace, wires.material_offset = 0.0005, False, len(model.display.material_names)
    mesh.materials.append(build_material("pupil"))
    return head


def build_material(name: str) -> bpy.types.Material:
    """A plain principled material; the cornea is clear with a highlight."""
    colour, roughness = COLOURS[name]
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1)
    shader.inputs["Roughness"].default_value = roughness
    if name in {"skin", "lips"}:
        shader.inputs["Subsurface Weight"].default_value = 0.25
        shader.inputs["Subsurface Radius"].default_value = (1, 0.35, 0.2)
        shader.inputs["Subsurface Scale"].default_value = 0.003
    if name == "cornea":
        nodes, links = material.node_tree.nodes, material.node_tree.links
        mix, clear, gloss, fresnel = (
            nodes.new(f"ShaderNode{kind}") for kind in ("MixShader", "BsdfTransparent", "BsdfGlossy", "Fresnel")
        )
        gloss.inputs["Roughness"].default_value = roughness
        for target, source in enumerate((fresnel, clear, gloss)):
            links.new(source.outputs[0], mix.inputs[target])
        links.new(mix.outputs[0], nodes["Material Output"].inputs[0])
    return material


def build_studio() -> None:
    """Camera, three lights, a grey world."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = SAMPLES, True, 4
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.view_settings.view_transform = "Standard"
    scene.world = bpy.data.worlds.new("world")
    scene.world.color = (0.4, 0.41, 0.43)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.lens = LENS
    camera.location = (MIDDLE[0], -CAMERA_DISTANCE, MIDDLE[2])
    camera.rotation_euler = (np.pi / 2, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    for place, size, energy in (((-0.45, -0.7, 0.45), 0.35, 11), ((0.6, -0.5, 0.1), 0.5, 3), ((0.3, 0.6, 0.5), 0.3, 9)):
        lamp = bpy.data.lights.new("lamp", "AREA")
        lamp.energy, lamp.size = energy, size
        light = bpy.data.objects.new("lamp", lamp)
        light.location = place
        track = light.constraints.new("TRACK_TO")
        track.target, track.track_axis, track.up_axis = aim_point(), "TRACK_NEGATIVE_Z", "UP_Y"
        scene.collection.objects.link(light)


def aim_point() -> bpy.types.Object:
    """The empty that the lights look at."""
    if "aim" not in bpy.data.objects:
        bpy.context.scene.collection.objects.link(bpy.data.objects.new("aim", None))
    return bpy.data.objects["aim"]


def render(model: FlameModel, evaluator: FlameEvaluator, head: bpy.types.Object, shot: Shot) -> np.ndarray:
    """(height, width, 4) pixels of one tile, bottom row first."""
    names = [direction.name for direction in model.expression_directions]
    expression = np.zeros(model.n_expression)
    for name, weight in shot.expression.items():
        expression[names.index(name)] = weight
    shape = np.random.default_rng(shot.person).standard_normal(model.n_identity) * (shot.person > 0)
    params = FlameParams(
        shape=shape, expression=expression, jaw=np.radians([shot.jaw, 0, 0]), neck=np.radians(shot.neck)
    )
    head.data.vertices.foreach_set("co", to_blender(evaluator.vertices(params)).ravel())
    head.data.update()
    head.rotation_euler = (0, 0, np.radians(shot.turn))
    head.modifiers["wires"].show_render = shot.wires
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "tile.png")
        bpy.context.scene.render.filepath = path
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(path)
        pixels = np.empty(TILE[0] * TILE[1] * 4, np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
    return pixels.reshape(TILE[1], TILE[0], 4)


if __name__ == "__main__":
    main()
