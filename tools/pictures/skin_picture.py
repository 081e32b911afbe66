"""Renders heads with random skins of a made-up texture model, for docs/skin.md.

make skin-picture

The texture model is the painted skin of the built-in head as its mean, and what makes people's skins differ, guessed:
melanin, blood, lips, shadows under the eyes and of beards, brows, freckles. It is written as FLAME_texture.npz is.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sheet import beside, rendered, save_picture
from studio import api, make_studio

PACKAGE = "bl_ext.user_default.flame_blender"
assets = importlib.import_module(f"{PACKAGE}.assets")
landmarks = importlib.import_module(f"{PACKAGE}.flame.landmarks")
face_uvs = importlib.import_module(f"{PACKAGE}.textures.face_uvs")
texel_table = importlib.import_module(f"{PACKAGE}.textures.texels")

SIZE, TILE, SAMPLES = 512, 300, 24
SEEDS = (None, 44, 18, 34, 30)  # None is the mean
BROWS, NOSE, UNDER_EYES, LIPS = range(17, 27), range(29, 36), (40, 41, 46, 47), range(48, 68)  # of iBUG's 68 landmarks
CHEEKS, CHIN = (2, 14, 31, 35), (6, 7, 8, 9, 10, 57)


def main(out: Path) -> None:
    """One row: the mean, and random skins on random heads."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y, scene.cycles.samples = TILE, int(1.2 * TILE), SAMPLES
    head: Any = api.add_head(model=api.BUILT_IN)
    head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made_up_texture.npz"
        arrays: dict[str, Any] = made_up_texture(api.model(head))
        np.savez(path, **arrays)
        tiles = []
        for seed in SEEDS:
            api.set_texture(head, path, ())
            if seed is not None:
                api.randomise(head, seed, groups=["texture"])
                api.randomise(head, seed, 0.7)
            tiles.append(rendered(scene))
        save_picture(beside(tiles), out)


def made_up_texture(model: Any) -> dict[str, np.ndarray]:
    """The arrays of a texture model in the built-in head's UVs."""
    display = model.display
    uvs = face_uvs.on_triangles(model.faces, display.polygons, display.uv_polygons, display.uv_coords)
    texels = texel_table.texels_of_triangles(
        model.v_template, model.faces, uvs.coords[uvs.faces], np.ones(len(model.faces), bool), SIZE
    )
    places = np.zeros((SIZE * SIZE, 3))
    places[texels.used] = texels.points(model.v_template)
    mean = painted_skin()
    found = landmarks.landmark_points(model.v_template, model.faces, model.landmarks["ibug"])
    directions = np.stack(list(skin_directions(mean, places.reshape(SIZE, SIZE, 3), found)), -1)
    as_written = slice(None, None, -1), slice(None), slice(None, None, -1)  # rows going down, BGR
    return {
        "mean": mean[as_written],
        "tex_dir": directions[as_written].astype(np.float32),
        "vt": uvs.coords,
        "ft": uvs.faces.astype(np.uint32),
    }


def painted_skin() -> np.ndarray:
    """(SIZE, SIZE, 3), 0 to 255, rows going up: the built-in head's."""
    image: Any = bpy.data.images.load(str(assets.SKIN_TEXTURE))
    image.scale(SIZE, SIZE)
    pixels = np.empty(4 * SIZE * SIZE, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return 255 * pixels.reshape(SIZE, SIZE, 4)[..., :3].astype(np.float64)


def skin_directions(mean: np.ndarray, places: np.ndarray, points: np.ndarray) -> Any:
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
    rng = np.random.default_rng(5)
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


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--") + 1 if "--" in sys.argv else 1]))
