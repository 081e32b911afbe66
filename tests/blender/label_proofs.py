"""Labels of rendered samples against Blender: markers rendered at the landmarks, and its own rays.

python tests/blender/label_proofs.py [SAMPLES]     the whole form, in pictures of 256 pixels; prints the figures
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import bpy
import mathutils
import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from flame_blender.datasets.recipe import Recipe
from flame_blender.datasets.recipe_files import read_recipe
from flame_blender.datasets.sample_files import Posed, sample_files
from flame_blender.geometry.axes import to_blender
from flame_blender.sample_renders.sample_scene import SampleScene
from flame_blender.textures.png import pixels_of

VARIED = """
name = "proofs"
seed = 11
count = 100
shard_size = 100
[image]
width = {size}
height = {size}
samples = {samples}
denoise = false
[labels]
masks = [{masks}]
maps = ["depth", "triangle"]
[model]
name = "{model}"
[identity]
strength = 1.0
[expression]
strength = 0.3
[pose]
yaw = {{ uniform = [-60, 60] }}
pitch = {{ uniform = [-20, 20] }}
roll = {{ uniform = [-20, 20] }}
jaw = {{ uniform = [0, 20] }}
[lids]
closed = {{ uniform = [0, 1] }}
[camera]
focal = {{ uniform = [30, 120] }}
roll = {{ uniform = [-20, 20] }}
shift_x = {{ uniform = [-0.1, 0.1] }}
shift_y = {{ uniform = [-0.1, 0.1] }}
fill = 0.9
[hair]
scalp = {{ choice = ["none", "none", "crop", "bob", "wavy", "bun"] }}
beard = {{ choice = ["none", "none", "short", "full"] }}
moustache = {{ choice = ["none", "natural"] }}
"""
APART = 9  # pixels between markers of one picture
RADIUS = 1.6  # pixels, of a marker
SHORT = 1e-4  # metres that a ray may end before the point that it sees


class Told(NamedTuple):
    """What a sample's files tell."""

    landmarks: np.ndarray
    points: np.ndarray
    depth: np.ndarray
    triangle: np.ndarray
    classes: np.ndarray | None


def recipe_of(model: str, size: int, samples: int, with_classes: bool = True) -> Recipe:
    """Heads, views and lenses of all kinds."""
    masks = '"class"' if with_classes else ""
    return read_recipe(VARIED.format(model=model, size=size, samples=samples, masks=masks))


def told_of(recipe: Recipe, posed: Posed) -> Told:
    """The labels as a reader of the files finds them: landmarks (n, 3), points (n, 3), maps (H, W)."""
    blank = np.zeros((recipe.image.height, recipe.image.width, 3), np.uint8)
    files = sample_files(recipe, posed, blank, {})
    told = json.loads(files["json"])["landmarks"]
    numbers, maps = (np.load(io.BytesIO(files[kind]), allow_pickle=False) for kind in ("npz", "maps.npz"))
    return Told(
        np.array([row for name in told for row in told[name]]),
        np.concatenate([numbers[f"{name}_3d"] for name in told]),
        maps["depth"],
        maps["triangle"],
        pixels_of(files["seg.png"]) if "seg.png" in files else None,
    )


class Rays:
    """Blender's rays at the meshes that are rendered, through corneas and tears, from the scene's own camera."""

    def __init__(self, scene: SampleScene, posed: Posed) -> None:
        scene.scene.view_layers[0].update()
        self.camera = scene.scene.camera
        corners: list[Any] = []
        polygons: list[tuple[int, ...]] = []
        for shown in scene.scene.objects:  # in the order of the labels: the head, and then its hair
            if shown.type == "MESH" and not shown.hide_render:
                begin = len(corners)
                corners += [each.co.copy() for each in shown.data.vertices]
                polygons += [tuple(begin + vertex for vertex in each.vertices) for each in shown.data.polygons]
        self.classes = posed.in_sight[1].classes
        self.numbers = np.flatnonzero(~posed.in_sight[1].clear)
        met = [polygons[number] for number in self.numbers.tolist()]
        self.tree = mathutils.bvhtree.BVHTree.FromPolygons(corners, met)
        self.origin = self.camera.matrix_world.translation.copy()
        self.forward = self.camera.matrix_world.to_3x3() @ mathutils.Vector((0, 0, -1))
        self.corners = [self.camera.matrix_world @ each for each in self.camera.data.view_frame(scene=scene.scene)]
        self.width, self.height = posed.camera.width, posed.camera.height

    def through(self, x: float, y: float) -> tuple[int, float]:
        """Triangle (-1: none) and depth of what is met through a place of the picture, in pixels."""
        right_top, _, left_bottom, left_top = self.corners
        place = left_top + (right_top - left_top) * (x / self.width) + (left_bottom - left_top) * (y / self.height)
        met, _, face, _ = self.tree.ray_cast(self.origin, (place - self.origin).normalized())
        return (-1, 0.0) if met is None else (int(self.numbers[face]), (met - self.origin).dot(self.forward))

    def sees(self, point: np.ndarray) -> bool:
        """Whether nothing lies before a point (3,), FLAME's axes."""
        place = mathutils.Vector(to_blender(point[None])[0].tolist())
        met, _, _, distance = self.tree.ray_cast(self.origin, (place - self.origin).normalized())
        return met is None or distance > (place - self.origin).length - SHORT


def pixel_faults(rays: Rays, told: Told, step: int) -> dict[str, np.ndarray]:
    """For each ``step``-th pixel on the head: whether triangle and class are what rays find; depth's error, mm."""
    same, classes, depths = [], [], []
    for row in range(step // 2, rays.height, step):
        for column in range(step // 2, rays.width, step):
            face, depth = rays.through(column + 0.5, row + 0.5)
            ours = told.triangle[row, column]
            if face < 0 and ours < 0:
                continue
            same.append(face == ours)
            if told.classes is not None:
                classes.append(face >= 0 and rays.classes[face] == told.classes[row, column])
            if face >= 0 and ours >= 0:
                depths.append(abs(depth - told.depth[row, column]) * 1000)
    return {"triangle": np.array(same), "class": np.array(classes), "depth": np.array(depths)}


def visibility_right(rays: Rays, told: Told) -> np.ndarray:
    """(n,) whether each landmark's 0, 1 or 2 is what Blender's camera and rays say."""
    x, y, flags = told.landmarks.T
    inside = (x >= 0) & (x < rays.width) & (y >= 0) & (y < rays.height)
    seen = np.array([rays.sees(point) for point in told.points])
    return flags == np.where(inside, np.where(seen, 2, 1), 0)


def marker_distances(scene: SampleScene, told: Told, folder: Path, most: int | None = None) -> np.ndarray:
    """(n,) pixels between landmarks and the middles of balls of light that are rendered there, some in one picture.

    In at most ``most`` pictures.
    """
    for each in scene.scene.objects:
        each.hide_render = each.type != "CAMERA"
    scene.scene.view_settings.view_transform = "Standard"
    scene.scene.world = None
    found = []
    for chosen in islice(groups(told.landmarks, scene.recipe.image.width, scene.recipe.image.height), most):
        balls = [ball(scene, told.points[number]) for number in chosen]
        light = linear(scene.render(folder))
        for each in balls:
            bpy.data.objects.remove(each)
        found += [np.hypot(*(middle(light, *told.landmarks[n, :2]) - told.landmarks[n, :2])) for n in chosen]
    return np.array(found)


def groups(landmarks: np.ndarray, width: int, height: int) -> Iterator[list[int]]:
    """Landmarks well inside the picture, in groups that lie apart."""
    left = [
        number for number, (x, y, _) in enumerate(landmarks) if APART < x < width - APART and APART < y < height - APART
    ]
    while left:
        chosen: list[int] = []
        for number in left:
            if all(np.hypot(*(landmarks[number, :2] - landmarks[other, :2])) > APART for other in chosen):
                chosen.append(number)
        yield chosen
        left = [number for number in left if number not in chosen]


def ball(scene: SampleScene, point: np.ndarray) -> Any:
    """A ball of light at a point (3,), FLAME's axes, of a few pixels."""
    camera = scene.scene.camera
    place = mathutils.Vector(to_blender(point[None])[0].tolist())
    depth = (place - camera.matrix_world.translation).dot(camera.matrix_world.to_3x3() @ mathutils.Vector((0, 0, -1)))
    size = RADIUS * depth * camera.data.sensor_width / camera.data.lens / scene.recipe.image.width
    mesh = bpy.data.meshes.get("Ball") or new_ball()
    made = bpy.data.objects.new("Ball", mesh)
    made.location, made.scale = place, (size, size, size)
    scene.scene.collection.objects.link(made)
    return made


def new_ball() -> Any:
    import bmesh

    mesh = bpy.data.meshes.new("Ball")
    shape = bmesh.new()
    bmesh.ops.create_uvsphere(shape, u_segments=32, v_segments=16, radius=1)
    shape.to_mesh(mesh)
    shape.free()
    material: Any = bpy.data.materials.new("Ball")
    if bpy.app.version < (5, 0):
        material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    light, output = tree.nodes.new("ShaderNodeEmission"), tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(light.outputs[0], output.inputs["Surface"])
    mesh.materials.append(material)
    return mesh


def linear(pixels: np.ndarray) -> np.ndarray:
    """(H, W) light of sRGB pixels."""
    shares = pixels.mean(2) / 255
    return np.where(shares < 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def middle(light: np.ndarray, x: float, y: float) -> np.ndarray:
    """(2,) where the light about a place has its middle, pixels."""
    reach = APART // 2
    top, left = int(y) - reach, int(x) - reach
    part = light[top : top + 2 * reach + 1, left : left + 2 * reach + 1]
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]] + 0.5
    return np.array([(part * columns).sum(), (part * rows).sum()]) / part.sum() + (left, top)


def proofs(recipe: Recipe, indices: range, step: int, most: int | None = None) -> dict[str, np.ndarray]:
    """All that is compared, of some samples, of each at most ``most`` pictures of markers."""
    parts: list[dict[str, np.ndarray]] = []
    with tempfile.TemporaryDirectory() as folder:
        for index in indices:
            scene = SampleScene(recipe, None)  # anew: markers take the light away
            posed = scene.pose(index)
            told, rays = told_of(recipe, posed), Rays(scene, posed)
            parts.append(
                {
                    **pixel_faults(rays, told, step),
                    "visibility": visibility_right(rays, told),
                    "marker": marker_distances(scene, told, Path(folder), most),
                }
            )
            scene.close()
            bpy.data.scenes.remove(scene.scene)
    return {name: np.concatenate([each[name] for each in parts]) for name in parts[0]}


def main(count: int) -> None:
    """Print the figures of some samples of the built-in head, most with hair or a beard."""
    from flame_blender import registration

    registration.register()
    found = proofs(recipe_of("Built-in Head", 256, 32), range(count), 2)
    depth, marker = found["depth"], found["marker"]
    for name in ("triangle", "class", "visibility"):
        print(f"{name}: {100 * found[name].mean():.3f} % of {len(found[name])} right")
    print(f"depth: {100 * (depth < 0.05).mean():.3f} % within 0.05 mm, at most {depth.max():.4f} mm")
    print(f"markers: {marker.mean():.3f} px off in the mean over {len(marker)}, at most {marker.max():.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 6)
