"""Renders docs/images/displacement.jpg: a head without and with a displacement map as DECA writes it.

make displacement-picture

The map is made up: wrinkles drawn as lines between landmarks, each a furrow between two soft banks.
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import character, flame_file
from labels import add_label, frame_label, heading
from mesh_looks_picture import smooth_normals
from sheet import beside, rendered, save_picture
from studio import api, make_studio

from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.flame.landmarks import landmark_points
from flame_blender.textures.texels import texels_of_triangles
from tests.textured_meshes.writers import Unwrapped, cylinder_uvs, write_deca, write_mat

TILE, SAMPLES, LENS, TURN = (420, 470), 20, 106.0, 24.0
SIDE, LEVELS = 256, 3  # of DECA's maps, pixels; of subdivision
PERSON, STRIP = 12, 42  # seed; pixels, of what is said
MM = 0.001
Line = tuple[np.ndarray, float, float]  # points (n, 2) seen from the front, half width and depth in metres


def main(out: Path) -> None:
    """Write the picture: the map, the head without it, and with it."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples, scene.camera.data.lens = SAMPLES, LENS
    angle = math.radians(TURN)
    scene.camera.location = 0.84 * math.sin(angle), -0.84 * math.cos(angle), -0.012
    scene.camera.rotation_euler = math.pi / 2, 0, angle
    label = add_label(scene)
    head: Any = character(flame_file())
    api.randomise(head, PERSON, 0.8)
    modifier: Any = head.modifiers.new("Subdivision", "SUBSURF")
    modifier.levels, modifier.render_levels = 0, LEVELS
    model, vertices = api.model(head), api.evaluate(head).astype(float)
    points = landmark_points(vertices, model.faces, model.landmarks["ibug"])
    uvs = face_first(cylinder_uvs(model.v_template, model.faces))
    eyes = np.concatenate([ball.vertices for ball in eyeballs_of(model.v_template, model.faces) or ()])
    display = model.display
    kinds = np.array(display.material_names)[display.polygon_materials]  # of its triangles, which it shows one by one
    chosen = ~np.isin(model.faces[:, 0], eyes) & np.isin(kinds, ("skin", "lips"))
    texels = texels_of_triangles(vertices, model.faces, uvs.vt[uvs.ft], chosen, SIDE)
    heights = np.zeros(SIDE * SIDE)
    normals = texels.points(smooth_normals(vertices, model.faces))
    facing = np.clip((normals[:, 2] / np.linalg.norm(normals, axis=1) - 0.15) / 0.3, 0, 1)
    heights[texels.used] = facing * wrinkled(texels.points(vertices), points)
    heights = heights.reshape(SIDE, SIDE)
    said = heading(scene, label, f"the map, {SIDE} x {SIDE} texels", TILE[0], STRIP)
    tiles = [as_grey(heights, said)]
    frame_label(scene, label, "without")
    tiles.append(rendered(scene))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "face.mat"
        write_deca(path.with_suffix(".obj"), vertices, model.faces, uvs, np.zeros((4, 4, 3), np.uint8))
        write_mat(path, displacement_map=heights[None, ::-1].astype(np.float32))
        made = api.add_displacement(head, path)
    print(f"lifts or sinks by {1000 * made.largest:.2f} mm at most; {made.notes}")
    frame_label(scene, label, "with the displacement")
    tiles.append(rendered(scene))
    save_picture(beside(tiles), out)


def face_first(uvs: Unwrapped) -> Unwrapped:
    """More of the picture for the face, less for the back of the head and the neck, as FLAME's own UVs have it."""
    around, up = (uvs.vt[:, 0] - 0.1) / 0.55 - 0.5, uvs.vt[:, 1]
    across = 0.44 + 0.43 * np.tanh(3.4 * around)
    down = 0.5 + 0.5 * np.tanh(2.6 * (up - 0.55)) / math.tanh(2.6 * 0.55)
    return Unwrapped(np.stack([across, 0.02 + 0.94 * np.clip(down, 0, 1)], 1), uvs.ft)


def wrinkles(points: np.ndarray) -> list[Line]:
    """Of the forehead, between the brows, beside the eyes, under them, beside nose and mouth, of an elderly face."""
    at = points[:, :2]
    brow = at[[19, 24]].mean(0)
    lines: list[Line] = []
    rng = np.random.default_rng(4)
    for number, (up, width, depth) in enumerate(((11, 40, 0.9), (19, 46, 1.1), (27.5, 44, 0.9), (35, 34, 0.6))):
        x = np.linspace(-width, width, 25)
        bend = 3.0 * (np.abs(x) / width) ** 1.5 * -1 + 2.2 * np.sin(np.abs(x) / 11 + number) * 0.6
        y = up + bend + rng.normal(0, 0.15, len(x)).cumsum() * 0.5
        lines.append((brow + MM * np.stack([x + rng.normal(0, 2), y], 1), 1.5 * MM, depth * MM))
    for side, tilt in ((-1, 1.0), (1, 0.7)):
        foot = at[27] + MM * np.array([side * 4.5, 6.0])
        lines.append(
            (curve(foot, foot + MM * np.array([side * 1.5 * tilt, 15 * tilt]), side * 1.2), 1.3 * MM, 0.9 * MM)
        )
    for side, eye, wing, mouth in ((-1, range(36, 42), 31, 48), (1, range(42, 48), 35, 54)):
        corner = at[eye[0] if side < 0 else eye[3]]
        for rise, length, depth in ((5.5, 9, 0.35), (1.0, 11, 0.45), (-4.0, 11, 0.4), (-8, 9, 0.3)):
            start = corner + MM * np.array([side * 5, 0.5 * rise])
            lines.append((curve(start, start + MM * np.array([side * length, rise]), 0.8), 1.0 * MM, depth * MM))
        inner, outer = (at[eye[3]], at[eye[0]]) if side < 0 else (at[eye[0]], at[eye[3]])
        for drop, depth, width in ((8.5, 0.45, 1.3), (14.5, 0.6, 1.9)):
            start, end = inner + MM * np.array([side * 1.0, -drop * 0.8]), outer + MM * np.array([-side * 2, -drop])
            lines.append((curve(start, end, -4.5), width * MM, depth * MM))
        start = at[wing] + MM * np.array([side * 8, 7])
        lines.append((curve(start, at[mouth] + MM * np.array([side * 12, -1]), side * 5.0), 2.2 * MM, 1.4 * MM))
        start = at[mouth] + MM * np.array([side * 5, -4])
        lines.append((curve(start, start + MM * np.array([side * 4, -17]), side * 2.0), 1.7 * MM, 0.55 * MM))
    left, right = (at[57] + MM * np.array([side * 13, -9]) for side in (-1, 1))
    lines.append((curve(left, right, 3.0), 2.2 * MM, 0.9 * MM))
    return lines


def curve(start: np.ndarray, end: np.ndarray, bulge: float, count: int = 24) -> np.ndarray:
    """(count, 2) from start to end, its middle ``bulge`` mm aside: to the left of the way, looking along it."""
    share = np.linspace(0, 1, count)[:, None]
    along = (end - start) / np.linalg.norm(end - start)
    aside = np.array([-along[1], along[0]])
    return start + share * (end - start) + 4 * share * (1 - share) * bulge * MM * aside


def finely(line: np.ndarray) -> np.ndarray:
    """(m, 2) points of a line, so near to each other that they are no dots."""
    steps = np.r_[0, np.linalg.norm(np.diff(line, axis=0), axis=1).cumsum()]
    at = np.linspace(0, steps[-1], max(2, round(steps[-1] / (0.3 * MM))))
    return np.stack([np.interp(at, steps, line[:, axis]) for axis in (0, 1)], 1)


def wrinkled(places: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(n,) metres: furrows that fade at their ends, banks beside them, and skin that is a little uneven."""
    front = 1 / (1 + np.exp(-(places[:, 2] - points[:, 2].min() + 0.012) / 0.006))
    total = np.zeros(len(places))
    for line, width, depth in wrinkles(points):
        path = finely(line)
        share = np.linspace(0, 1, len(path))
        fading = np.sin(np.pi * np.clip(share, 0.02, 0.98)) ** 0.6
        away = np.linalg.norm(places[:, None, :2] - path, axis=2)
        near, fade = away.min(1), fading[away.argmin(1)]
        furrow = -np.exp(-((near / width) ** 2))
        bank = 0.45 * np.exp(-(((near - 2.3 * width) / (1.5 * width)) ** 2))
        total += depth * fade * (furrow + bank)
    return front * total


def as_grey(heights: np.ndarray, said: np.ndarray) -> np.ndarray:
    """The map as a tile: deep is dark; and what is said below it."""
    width, height = TILE
    side = 380
    rows = (np.arange(side) * SIDE / side).astype(int)
    grey = np.clip(0.5 + heights[np.ix_(rows, rows)] / 0.0028, 0, 1)
    tile = np.tile(np.float32([0.045, 0.05, 0.06, 1.0]), (height, width, 1))
    low, left = STRIP + (height - STRIP - side) // 2, (width - side) // 2
    tile[low : low + side, left : left + side, :3] = grey[..., None]
    tile[:STRIP] = said
    return tile


if __name__ == "__main__":
    main(Path(sys.argv[-1]).resolve())
