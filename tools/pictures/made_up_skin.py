"""A made-up texture model in a head's UVs: its painted skin as mean, and a guess at what makes people's skins differ.

Melanin, blood, lips, shadows under the eyes and of beards, brows, blotches, freckles; written as FLAME_texture.npz is.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import bpy
import numpy as np

PACKAGE = "bl_ext.user_default.flame_blender"
landmarks = importlib.import_module(f"{PACKAGE}.flame.landmarks")
materials = importlib.import_module(f"{PACKAGE}.head.materials")
face_uvs = importlib.import_module(f"{PACKAGE}.textures.face_uvs")
texel_table = importlib.import_module(f"{PACKAGE}.textures.texels")

SIZE = 512
BROWS, NOSE, UNDER_EYES, LIPS = range(17, 27), range(29, 36), (40, 41, 46, 47), range(48, 68)  # of iBUG's 68 landmarks
CHEEKS, CHIN = (2, 14, 31, 35), (6, 7, 8, 9, 10, 57)
FRECKLES = 5  # the seed of what is drawn at random


def made_up_texture(model: Any, seed: int = FRECKLES, points: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """The arrays of a texture model in a painted model's UVs; ``points`` (68, 3): where it has no landmarks itself."""
    uvs = uvs_of(model)
    mean = painted_skin(materials.skin_of(model).picture)
    if points is None:
        points = landmarks.landmark_points(model.v_template, model.faces, model.landmarks["ibug"])
    directions = np.stack(list(skin_directions(mean, places_of(model), points, seed)), -1)
    as_written = slice(None, None, -1), slice(None), slice(None, None, -1)  # rows going down, BGR
    return {
        "mean": mean[as_written],
        "tex_dir": directions[as_written].astype(np.float32),
        "vt": uvs.coords,
        "ft": uvs.faces.astype(np.uint32),
    }


def uvs_of(model: Any) -> Any:
    """The model's own UVs, on its triangles."""
    display = model.display
    return face_uvs.on_triangles(model.faces, display.polygons, display.uv_polygons, display.uv_coords)


def places_of(model: Any) -> np.ndarray:
    """(SIZE, SIZE, 3) metres: where on the mean head each texel lies, 0 where none does; rows going up."""
    uvs = uvs_of(model)
    texels = texel_table.texels_of_triangles(
        model.v_template, model.faces, uvs.coords[uvs.faces], np.ones(len(model.faces), bool), SIZE
    )
    places = np.zeros((SIZE * SIZE, 3))
    places[texels.used] = texels.points(model.v_template)
    return places.reshape(SIZE, SIZE, 3)


def painted_skin(path: Path) -> np.ndarray:
    """(SIZE, SIZE, 3), 0 to 255, rows going up."""
    image: Any = bpy.data.images.load(str(path))
    image.scale(SIZE, SIZE)
    pixels = np.empty(4 * SIZE * SIZE, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return 255 * pixels.reshape(SIZE, SIZE, 4)[..., :3].astype(np.float64)


def skin_directions(mean: np.ndarray, places: np.ndarray, points: np.ndarray, seed: int) -> Any:
    """What one standard deviation adds, each (SIZE, SIZE, 3), 0 to 255, RGB."""

    def around(chosen: Any, width: float) -> np.ndarray:
        away = np.min([((places - point) ** 2).sum(-1) for point in points[list(chosen)]], 0)
        return np.exp(-away / (2 * width**2))[..., None]

    yield -mean * [0.21, 0.26, 0.29]  # melanin
    yield mean * [0.01, -0.025, -0.025]  # blood
    yield mean * [0.005, 0.0, -0.03]  # carotene
    yield around([*CHEEKS, *NOSE], 0.016) * [5, -5, -4]
    yield around(LIPS, 0.004) * [4, -8, -5]
    yield around(UNDER_EYES, 0.007) * [-5, -6, -4]
    yield around(CHIN, 0.02) * [-6, -6, -4]
    yield around(BROWS, 0.004) * [-12, -12, -10]
    yield around(NOSE, 0.008) * [3, -3, -2]
    rng = np.random.default_rng(seed)
    for often in (40, 60, 90, 130):  # blotches, alike on both sides
        waves = sum(
            np.cos(np.abs(places) @ rng.normal(0, often, 3) + rng.uniform(0, 2 * np.pi))[..., None] for _ in range(6)
        )
        yield waves * [0.5, -0.6, -0.5]
    specks = rng.normal(size=(SIZE, SIZE))
    for _ in range(2):
        for axis in (0, 1):
            specks = (np.roll(specks, 1, axis) + specks + np.roll(specks, -1, axis)) / 3
    freckles = np.clip(specks / specks.std() - 1.2, 0, 1.2)[..., None]
    yield freckles * around([*CHEEKS, *NOSE], 0.02) * [-8, -10, -9]
