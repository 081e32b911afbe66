"""A sample is what it is whatever was rendered before it: Cycles keeps its scene from one to the next."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.datasets.from_files.source_folders import listed
from flame_blender.datasets.recipe_files import load_recipe
from flame_blender.sample_renders.opened import opened_scene
from flame_blender.textures.png import png_bytes
from tests.blender.test_sample_pictures import save_light
from tests.blender.test_sample_shots import GREEN, RED, save_thing

# everything that differs from sample to sample: the model, what is in the scene, its light, lens and shutter
VARIED = """
name = "varied"
seed = 3
count = 4
shard_size = 4
[image]
width = 32
height = 28
samples = 2
denoise = false
[labels]
albedo = true
[model]
name = { choice = ["Built-in Head", "face_like"] }
[identity]
strength = 0.8
[expression]
strength = 0.3
[pose]
yaw = { normal = [0.0, 25.0] }
[skin]
value = { uniform = [0.4, 1.2] }
[camera]
focal = { uniform = [35, 100] }
framing = { choice = ["face", "head"] }
aperture = { choice = [1.4, 8.0] }
motion_blur = { choice = [0.0, 0.5] }
[clip]
frames = 2
yaw = { uniform = [-20, 20] }
[occluder]
folder = { choice = ["", "things"] }
[light]
folder = { choice = ["", "light"] }
world = { choice = ["city", "night", "none"] }
turn = { uniform = [0, 360] }
lamp_power = { choice = [0.0, 5.0] }
[background]
kind = { choice = ["world", "plain"] }
folder = { choice = ["", "photos"] }
"""


@pytest.mark.newest
def test_what_was_rendered_before_changes_no_sample(computed_face, tmp_path):
    computed_face.install()
    for folder in ("things", "light", "photos"):
        (tmp_path / folder).mkdir()
    save_thing(tmp_path / "things" / "green.blend", GREEN)
    save_thing(tmp_path / "things" / "red.blend", RED)
    save_light(tmp_path / "light" / "red.exr", (1.0, 0.0, 0.0))
    save_light(tmp_path / "light" / "blue.exr", (0.0, 0.2, 1.0))
    for name, shade in (("dark", 40), ("bright", 200)):
        (tmp_path / "photos" / f"{name}.png").write_bytes(png_bytes(np.full((30, 40, 3), shade, np.uint8)))
    path = tmp_path / "varied.toml"
    path.write_text(VARIED)
    recipe = load_recipe(path)
    listing = listed(recipe)

    def rendered(indices: list[int], *, kept: bool) -> dict[int, dict[str, bytes]]:
        with opened_scene(recipe, None, listing) as scene:
            assert scene.scene.render.use_persistent_data
            scene.scene.render.use_persistent_data = kept
            return {index: scene.files_of(index, {}, tmp_path) for index in indices}

    in_order, anew = rendered([0, 1, 2, 3], kept=True), rendered([3, 0, 2, 0, 1], kept=False)
    assert in_order == anew
    assert len(set(map(str, in_order.values()))) == 4
