"""Renders a head with a texture and a detail mesh as DECA writes them, of a made-up person, for docs/skin.md.

make mesh-looks-picture
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import FLAME_FILE, models
from labels import add_label, frame_label
from sheet import beside, rendered, save_picture
from studio import api, make_studio

from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.textures.texels import texels_of_triangles
from tests.textured_meshes.writers import cylinder_uvs, halved, upsampled, write_deca, write_deca_detail

SIZE, SAMPLES = 512, 48
WIDTH, HEIGHT, LENS, LOW, TURN = 330, 380, 108.0, -0.025, 18.0
Balls = list[tuple[np.ndarray, float]]  # centres and radii of the eyes
WHITE, IRIS, PUPIL = np.array([0.88, 0.86, 0.84]), np.array([0.33, 0.42, 0.45]), np.array([0.04, 0.04, 0.05])
SKIN, RED, DARK = np.array([0.80, 0.60, 0.50]), np.array([0.70, 0.36, 0.34]), np.array([0.25, 0.17, 0.13])


def main(out: Path) -> None:
    """The head with its texture, with its detail mesh, and with another expression."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y, scene.cycles.samples = WIDTH, HEIGHT, SAMPLES
    scene.camera.data.lens = LENS
    scene.camera.location = math.sin(math.radians(TURN)), -math.cos(math.radians(TURN)), LOW
    scene.camera.rotation_euler = math.pi / 2, 0, math.radians(TURN)
    label = add_label(scene)
    head = api.add_head(models()[FLAME_FILE])
    api.randomise(head, seed=4)
    vertices = api.evaluate(head)
    model, tiles = api.model(head), []
    eyes = [vertices[ball.vertices] for ball in eyeballs_of(model.v_template, model.faces) or ()]
    balls = [((eye.min(0) + eye.max(0)) / 2, float(np.ptp(eye, axis=0).max() / 2)) for eye in eyes]
    with tempfile.TemporaryDirectory() as folder:
        detail = write_person(Path(folder), vertices, model.faces, balls)
        api.take_looks(head, detail.with_name("face.obj"))
        for caption in ("texture", "with the detail mesh", "another expression"):
            if caption == "with the detail mesh":
                api.add_detail_mesh(head, detail)
            if caption == "another expression":
                api.set_params(head, expression=[1.6, -1.2, 0.9], jaw=(0.16, 0, 0), neck=(0, 0.12, 0))
            frame_label(scene, label, caption)
            tiles.append(rendered(scene))
    save_picture(beside(tiles), out / "mesh_looks.jpg")


def write_person(folder: Path, vertices: np.ndarray, faces: np.ndarray, balls: Balls) -> Path:
    """face.obj with its texture, and face_detail.obj of four times four triangles for each."""
    uvs = cylinder_uvs(vertices, faces)
    texels = texels_of_triangles(vertices, faces, uvs.vt[uvs.ft], np.ones(len(faces), bool), SIZE)
    picture = np.tile(SKIN, (SIZE * SIZE, 1))
    picture[texels.used] = colours_at(texels.points(vertices), vertices, [])
    rows = np.round(255 * picture.reshape(SIZE, SIZE, 3)[::-1]).astype(np.uint8)
    write_deca(folder / "face.obj", vertices, faces, uvs, rows)
    dense, triangles = vertices.astype(float), faces
    for last in (False, True):
        corners, weights, finer = halved(triangles)
        normals = smooth_normals(dense, triangles)
        places = (dense[corners] * weights[..., None]).sum(1)
        heights = wrinkles_at(places, vertices) if last else np.zeros(len(places))
        dense, triangles = upsampled(dense, normals, corners, weights, heights), finer
    colours = np.round(255 * colours_at(dense, vertices, balls)).astype(int)
    return write_deca_detail(folder / "face_detail.obj", dense, triangles, colours)


def frame_of_face(vertices: np.ndarray) -> tuple[np.ndarray, float]:
    """The tip of the nose, and the height of the head, metres."""
    return vertices[vertices[:, 2].argmax()].astype(float), float(np.ptp(vertices[:, 1]))


def colours_at(points: np.ndarray, vertices: np.ndarray, balls: Balls) -> np.ndarray:
    """(P, 3) sRGB: redder cheeks and lips, brows, eyes, some unevenness."""
    tip, height = frame_of_face(vertices)
    x, y, z = ((points - tip) / height).T
    uneven = sum(np.sin(f * x + 2 * f * y + f) * np.cos(1.7 * f * z) for f in (60.0, 131.0, 197.0)) / 3
    colour = SKIN * (1 + 0.05 * uneven[:, None])
    front = 1 / (1 + np.exp(-(z + 0.22) * 40))
    blush = np.exp(-(((np.abs(x) - 0.12) / 0.06) ** 2) - ((y + 0.02) / 0.06) ** 2)
    lips = np.exp(-((x / 0.075) ** 4) - ((y + 0.115) / 0.026) ** 4)
    bow = 0.175 - 8 * (np.abs(x) - 0.1) ** 2
    brows = np.exp(-(((np.abs(x) - 0.1) / 0.055) ** 4) - ((y - bow) / 0.014) ** 4)
    for amount, goal in ((0.35 * blush, RED), (0.75 * lips, RED), (0.8 * brows, DARK)):
        share = (amount * front)[:, None]
        colour = colour * (1 - share) + goal * share
    for centre, radius in balls:
        towards = (points - centre) / np.linalg.norm(points - centre, axis=1, keepdims=True)
        on_ball = np.linalg.norm(points - centre, axis=1) < 1.03 * radius
        iris, pupil = towards[:, 2] > 0.89, towards[:, 2] > 0.985
        colour[on_ball] = np.where(pupil[:, None], PUPIL, np.where(iris[:, None], IRIS, WHITE))[on_ball]
    return np.clip(colour, 0, 1)


def wrinkles_at(points: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """(P,) metres: furrows of the forehead, folds beside nose and mouth, crow's feet."""
    tip, height = frame_of_face(vertices)
    x, y, z = ((points - tip) / height).T
    front = 1 / (1 + np.exp(-(z + 0.2) * 40))
    forehead = np.exp(-(((y - 0.27) / 0.055) ** 4) - (x / 0.13) ** 4)
    furrows = -0.0014 * forehead * np.maximum(np.sin(230 * (y + 0.25 * x * x)), 0) ** 3
    fold = np.abs(x) - 0.085 - 0.35 * np.maximum(-0.01 - y, 0)
    folds = -0.0011 * np.exp(-((fold / 0.007) ** 2) - ((y + 0.06) / 0.055) ** 4)
    feet = np.exp(-(((np.abs(x) - 0.205) / 0.03) ** 2) - ((y - 0.12) / 0.035) ** 2)
    crow = -0.0008 * feet * np.maximum(np.sin(260 * (y - 0.12) * (1 + 3 * (np.abs(x) - 0.2))), 0) ** 2
    return front * (furrows + folds + crow)


def smooth_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) by area."""
    corners = vertices[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    np.add.at(normals, faces, across[:, None])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
