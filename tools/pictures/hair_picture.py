"""Renders docs/images/fit_hair.jpg: a scan with hair and shoulders of a FLAME file's head, and two heads on it.

make hair-picture FLAME_FILE=generic_model.pkl
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fit_pictures import remove_vertices, tile
from labels import add_label
from sheet import beside, save_picture
from studio import CLAY, api, make_studio, new_material

covered = importlib.import_module("bl_ext.user_default.flame_blender.fitting.scans.covered")
legend = importlib.import_module("bl_ext.user_default.flame_blender.distances.legend")

TILE, SAMPLES = (340, 420), 20
REAL_IDENTITIES = 60
NOISE, HAIR = 3e-4, 0.018  # metres
LIMIT = 5.0  # mm: red
LEGEND_UP = 0.09  # metres: over the label
TURN, ASIDE = 32, 0.05  # degrees, metres: so that the legend is seen


def main(out: Path, file: str) -> None:
    """Write the picture into the folder ``out``; ``file`` is the FLAME file whose head is scanned."""
    scene = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples = SAMPLES
    label = add_label(scene)
    api.install(file)
    scan = make_scan(Path(file).stem)
    tiles = [tile(scene, label, "scan, 0.3 mm noise", [scan], scan, TURN)]
    for name, said in (("Built-in Head", "built-in head"), (Path(file).stem, "FLAME file's head")):
        fitted = api.fit_scan(scan, model=name, units="M", axes="Z_UP_FACE_TO_MINUS_Y")
        print("\n".join(fitted.summary()), flush=True)
        scene.view_settings.view_transform = "AgX"
        tiles.append(tile(scene, label, said, [scan, fitted.head], fitted.head, TURN))
        api.paint_distances(fitted.head, scan, limit_mm=LIMIT)
        for part in legend.parts_of(fitted.head):
            part.location.z += LEGEND_UP
        scene.view_settings.view_transform = "Standard"
        tiles.append(tile(scene, label, f"distance, red {LIMIT:g} mm", [scan, fitted.head], fitted.head, TURN, ASIDE))
        api.clear_distances(fitted.head)
        bpy.data.objects.remove(fitted.head)
    save_picture(beside(tiles), out / "fit_hair.jpg")


def make_scan(model_name: str) -> bpy.types.Object:
    """A head of the model with hair on its scalp, ears that were seen in part, no eyes, noise, and shoulders."""
    rng = np.random.default_rng(5)
    head = api.add_head(model=model_name)
    api.set_params(head, shape=rng.normal(size=REAL_IDENTITIES))
    model, vertices = api.model(head), api.evaluate(head, space="world").astype(float)
    bpy.data.objects.remove(head)
    cover, faces = covered.covered(model), model.faces
    of_vertices = np.zeros(len(vertices))
    np.maximum.at(of_vertices, faces.ravel(), np.repeat(cover, 3))
    corners = vertices[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    np.add.at(normals, faces.ravel(), np.repeat(across, 3, axis=0))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    rising = (of_vertices == covered.HAIR).astype(float)
    for _ in range(6):  # so that the hair begins smoothly
        rising = np.minimum(rising, smoothed(rising, faces))
    waves = 1 + 0.4 * np.cos(vertices @ rng.normal(0, 70, (3, 5))).mean(1)
    vertices += normals * (HAIR * rising * waves)[:, None] + rng.normal(size=vertices.shape) * NOISE
    ragged = np.cos(corners.mean(1) @ rng.normal(0, 150, (3, 6))).sum(1) > -0.3
    body = len(vertices) - 2 * 546 if len(vertices) == 5023 else len(vertices)  # FLAME's eyeballs come last
    faces = faces[~((cover == covered.EARS) & ragged) & (faces < body).all(1)]
    mesh = bpy.data.meshes.new("Scan")
    mesh.from_pydata(vertices.tolist(), [], faces.tolist())
    remove_vertices(mesh, sorted(set(range(len(vertices))) - set(faces.ravel().tolist())))
    mesh.shade_smooth()
    scan = bpy.data.objects.new("Scan", mesh)
    bpy.context.scene.collection.objects.link(scan)
    bpy.ops.mesh.primitive_uv_sphere_add(radius=1, segments=64, ring_count=32, location=(0, 0.03, -0.29))
    shoulders = bpy.context.object
    shoulders.scale = (0.21, 0.1, 0.13)
    for each in (scan, shoulders):
        each.select_set(True)
    bpy.context.view_layer.objects.active = scan
    bpy.ops.object.join()
    mesh.materials.append(new_material("Clay", CLAY))
    bpy.context.view_layer.update()
    return scan


def smoothed(values: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V,) each the mean of the triangles around it."""
    sums, counts = np.zeros(len(values)), np.zeros(len(values))
    np.add.at(sums, faces.ravel(), np.repeat(values[faces].mean(1), 3))
    np.add.at(counts, faces.ravel(), 1)
    return sums / np.maximum(counts, 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
