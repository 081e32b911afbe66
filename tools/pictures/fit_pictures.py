"""Renders the pictures of docs/fitting.md: a fitted scan with its errors, a photo and its head, dragged landmarks.

make fit-pictures; make flame-pictures draws the same with a FLAME file: fit_pictures.py OUT --flame [NAMES]
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import flame_file
from labels import add_label, frame_label
from portrait_fit import take_portrait
from sheet import beside, pixels_of, rendered, save_picture
from studio import CLAY, api, make_studio, new_material

TILE, SAMPLES = (480, 560), 48
PHOTO_SIZE = 560
STATIC_51 = np.arange(17, 68)
NOISE = 0.0002  # metres, of the scan
DRAGGED, HOW_FAR = (30, 8), ((0, -0.012, 0.003), (0, -0.004, -0.012))  # nose and chin, metres


def main(out: Path, *names: str, flame: bool = False) -> None:
    """Write every picture, or those that are named, into the folder ``out``; of a FLAME file, named flame_..."""
    pictures = {
        "fit_scan": scan_tiles,
        "fit_photo": photo_tiles,
        "fit_portrait": portrait_tiles,
        "fit_drag": drag_tiles,
    }
    for name, draw in pictures.items():
        if names and name not in names:
            continue
        scene = make_studio()
        scene.render.resolution_x, scene.render.resolution_y = TILE
        scene.cycles.samples = SAMPLES
        tiles = draw(scene, flame_file() if flame else api.BUILT_IN)
        if not tiles:
            print(f"fit pictures: no {name} without ../shared", flush=True)
            continue
        path = out / f"{'flame_' if flame else ''}{name}.jpg"
        save_picture(beside(tiles), path)
        print(f"fit pictures: wrote {path}", flush=True)


def somebody(seed: int, model: Path | str) -> bpy.types.Object:
    """A head with an identity and, the built-in one, a slight smile, else an expression."""
    head = api.add_head(model)
    api.randomise(head, seed, 0.6)
    if model == api.BUILT_IN:
        api.set_arkit(head, {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.4, "jawOpen": 0.08, "browInnerUp": 0.3})
    else:
        api.set_params(head, expression=0.7 * np.random.default_rng(seed).standard_normal(40))
    return head


def scan_tiles(scene: bpy.types.Scene, model: Path | str) -> list[np.ndarray]:
    """The scan, the head that was fitted, and their distance on both."""
    label = add_label(scene)
    scan, points = make_scan(model)
    fitted = api.fit_scan(scan, landmarks=points, indices=STATIC_51, model=model)
    print("\n".join(fitted.summary()), flush=True)
    head = fitted.head
    tiles = []
    for text, shown in (("scan, face only, 0.2 mm noise", scan), ("fitted head", head)):
        tiles.append(tile(scene, label, text, [scan, head], shown, 24))
    painted = api.paint_distances(head, scan, limit_mm=1.0)
    print(f"scan to head: median {np.median(painted.scan_mm):.3f} mm, red from {painted.limit_mm:g} mm", flush=True)
    scene.view_settings.view_transform = "Standard"
    for text, shown in (("distance of the scan", scan), ("distance of the head", head)):
        tiles.append(tile(scene, label, text, [scan, head], shown, 0, 0.055))
    return tiles


def make_scan(model: Path | str) -> tuple[bpy.types.Object, np.ndarray]:
    """Somebody's face with a bump that no model knows and noise, and landmarks (51, 3) that are 2 mm off."""
    head, rng = somebody(4, model), np.random.default_rng(3)
    known = api.model(head)
    vertices = api.evaluate(head, space="world").astype(float)
    front = (vertices[:, 1] < 0.01) & (vertices[:, 2] > -0.12)
    faces = known.faces[front[known.faces].all(1)]
    cheek = np.array([-0.04, vertices[:, 1].min() + 0.04, -0.045])
    bump = 0.004 * np.exp(-((np.linalg.norm(vertices - cheek, axis=1) / 0.016) ** 2))
    vertices[:, 1] -= bump
    marks = api.landmarks(head, space="world")[STATIC_51] + rng.normal(size=(51, 3)) * 0.002
    mesh = bpy.data.meshes.new("Scan")
    mesh.from_pydata((vertices + rng.normal(size=vertices.shape) * NOISE).tolist(), [], faces.tolist())
    loose = sorted(set(range(len(vertices))) - set(faces.ravel().tolist()))
    remove_vertices(mesh, loose)
    mesh.shade_smooth()
    scan = bpy.data.objects.new("Scan", mesh)
    bpy.context.scene.collection.objects.link(scan)
    mesh.materials.append(new_material("Clay", CLAY))
    bpy.data.objects.remove(head)
    bpy.context.view_layer.update()
    return scan, marks


def remove_vertices(mesh: bpy.types.Mesh, rows: list[int]) -> None:
    """Vertices that no face uses."""
    import bmesh  # noqa: PLC0415  (only here)

    shape = bmesh.new()
    shape.from_mesh(mesh)
    shape.verts.ensure_lookup_table()
    bmesh.ops.delete(shape, geom=[shape.verts[row] for row in rows], context="VERTS")
    shape.to_mesh(mesh)
    shape.free()


def tile(
    scene: bpy.types.Scene,
    label: bpy.types.Object,
    text: str,
    objects: list[bpy.types.Object],
    shown: bpy.types.Object,
    turn: float,
    aside: float = 0.0,
) -> np.ndarray:
    """(height, width, 4) of one object, the camera going round by ``turn`` degrees, or ``aside`` by metres."""
    for obj in objects:
        obj.hide_render = obj != shown
    look_from(scene, turn, aside)
    frame_label(scene, label, text)
    return rendered(scene)


def look_from(scene: bpy.types.Scene, turn: float, aside: float = 0.0) -> None:
    """The camera in front of the head, ``turn`` degrees to its left."""
    angle = math.radians(turn)
    camera = scene.camera
    camera.location = (0.95 * math.sin(angle) + aside, -0.95 * math.cos(angle), -0.02)
    camera.rotation_euler = (math.pi / 2, 0, angle)


def photo_tiles(scene: bpy.types.Scene, model: Path | str) -> list[np.ndarray]:
    """A rendered photo, the fitted head over it, its texture from another side, where the model has UVs."""
    folder = Path(tempfile.mkdtemp())
    photo, pixels = take_photo(scene, folder / "photo.png", model)
    fitted = api.fit_photo(photo, pixels, indices=STATIC_51, model=model)
    print("\n".join(fitted.summary()), flush=True)
    head = fitted.head
    shot = pixels_of(str(photo))
    overlay = overlaid(scene, shot, head)
    if head.data.uv_layers:
        made = api.project_photo(head, size=1024)
        print(f"{100 * made.seen:.0f} % of the texture was seen", flush=True)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.data.lens = 85
    scene.camera = camera
    api.set_params(head, global_rotation=(0, 0, 0), neck=(0, 0, 0))
    look_from(scene, -35)
    return [shot, overlay, rendered(scene)]


def portrait_tiles(scene: bpy.types.Scene, model: Path | str) -> list[np.ndarray]:
    """A portrait of somebody else's head, one of ``model`` fitted to it, and both from the side."""
    taken = take_portrait(scene, PHOTO_SIZE)
    if taken is None:
        return []
    person, photo, pixels = taken
    studio = scene.camera
    person.hide_render = True
    fitted = api.fit_photo(photo, pixels, indices=STATIC_51, model=model)
    print("\n".join(fitted.summary()), flush=True)
    tiles = [overlaid(scene, pixels_of(str(photo)), fitted.head)]
    scene.camera = studio
    label = add_label(scene)
    for head, text in ((fitted.head, "fitted, from the side"), (person, "the person")):
        api.set_params(head, global_rotation=(0, 0, 0), neck=(0, 0, 0))
        look_from(scene, 75)
        tiles.append(tile(scene, label, text, [person, fitted.head], head, 75))
    return [pixels_of(str(photo)), *tiles]


def overlaid(scene: bpy.types.Scene, shot: np.ndarray, head: bpy.types.Object) -> np.ndarray:
    """(height, width, 4): the photo with the head over it as wires."""
    scene.render.film_transparent = True
    over = render_wires(scene, head)
    scene.render.film_transparent = False
    alpha = over[..., 3:]
    return (shot * (1 - 0.8 * alpha) + 0.8 * np.array([1.0, 0.8, 0.2, 1.0]) * alpha).astype(np.float32)


def render_wires(scene: bpy.types.Scene, head: bpy.types.Object) -> np.ndarray:
    """(height, width, 4): the head's edges as wires, with nothing of what the head itself hides."""
    links = [(slot.link, slot.material) for slot in head.material_slots]
    hole = new_material("Hole")
    tree = hole.node_tree
    output = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL")
    tree.links.new(tree.nodes.new("ShaderNodeHoldout").outputs[0], output.inputs["Surface"])
    for slot in head.material_slots:
        slot.link, slot.material = "OBJECT", hole
    wire = bpy.data.materials.new("Wire")
    head.data.materials.append(wire)
    wires = head.modifiers.new("Wires", "WIREFRAME")
    wires.thickness, wires.use_replace, wires.material_offset = 0.0003, False, len(links)
    picture = rendered(scene)
    head.modifiers.remove(wires)
    head.data.materials.pop()
    for slot, (link, material) in zip(head.material_slots, links, strict=True):
        slot.link, slot.material = link, material
    return picture


def take_photo(scene: bpy.types.Scene, path: Path, model: Path | str) -> tuple[Path, np.ndarray]:
    """A picture of somebody who looks aside, and (51, 2) landmarks that are a pixel off."""
    from bpy_extras.object_utils import world_to_camera_view  # noqa: PLC0415  (only here)
    from mathutils import Vector  # noqa: PLC0415

    head = somebody(11, model)
    api.set_params(head, global_rotation=(0.05, 0.3, -0.06))
    scene.render.resolution_x = scene.render.resolution_y = PHOTO_SIZE
    scene.camera.location = (0, -0.8, 0)
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    views = [world_to_camera_view(scene, scene.camera, Vector(each)) for each in api.landmarks(head, space="world")]
    pixels = np.array([(view.x, 1 - view.y) for view in views])[STATIC_51] * PHOTO_SIZE
    bpy.data.objects.remove(head)
    return path, pixels + np.random.default_rng(1).normal(size=pixels.shape)


def drag_tiles(scene: bpy.types.Scene, model: Path | str) -> list[np.ndarray]:
    """A head with its landmarks, and after nose and chin were dragged."""
    label, head = add_label(scene), somebody(2, model)
    api.add_landmarks(head)
    bpy.context.view_layer.update()
    tiles = [with_landmarks(scene, label, head, "landmarks")]
    for row, by in zip(DRAGGED, HOW_FAR, strict=True):
        empty = head.flame.landmarks[row].empty
        empty.location = [at + step for at, step in zip(empty.location, by, strict=True)]
        bpy.context.view_layer.update()
        aim = empty.matrix_world.translation.copy()
        api.reshape_to_landmarks(head)
        name = "nose" if row == DRAGGED[0] else "chin"
        tiles.append(with_landmarks(scene, label, head, f"{name} dragged {1000 * np.linalg.norm(by):.0f} mm", aim))
    return tiles


def with_landmarks(scene: bpy.types.Scene, label: bpy.types.Object, head: bpy.types.Object, text: str, aim=None):
    """A tile with a dot at each landmark, and a larger one where one was dragged to."""
    dots = [dot(place, 0.0017, (0.1, 0.8, 0.3, 1)) for place in api.landmarks(head, space="world")]
    if aim is not None:
        dots.append(dot(aim, 0.0032, (1.0, 0.4, 0.0, 1)))
    look_from(scene, 40)
    frame_label(scene, label, text)
    picture = rendered(scene)
    for each in dots:
        bpy.data.objects.remove(each)
    return picture


def dot(place, radius: float, colour: tuple[float, float, float, float]) -> bpy.types.Object:
    """A ball that glows."""
    bpy.ops.mesh.primitive_uv_sphere_add(radius=radius, location=tuple(place), segments=12, ring_count=8)
    ball = bpy.context.object
    name = str(colour)
    ball.data.materials.append(bpy.data.materials.get(name) or new_material(name, colour, glow=0.6))
    return ball


if __name__ == "__main__":
    said = argparse.ArgumentParser()
    said.add_argument("out", type=Path)
    said.add_argument("names", nargs="*")
    said.add_argument("--flame", action="store_true")
    chosen = said.parse_args()
    main(chosen.out, *chosen.names, flame=chosen.flame)
