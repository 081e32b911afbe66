"""Samples of a FLAME file's heads: mouth and lashes that it has not, random skins of a texture model."""

from __future__ import annotations

import json
import tarfile

import numpy as np
import pytest

from flame_blender import api
from flame_blender.datasets.labels.classes import CLASSES, MATERIALS
from flame_blender.datasets.labels.label_maps import class_mask, material_mask, seen_triangles
from flame_blender.datasets.recipe_files import load_recipe
from flame_blender.film.own_data import own_data
from flame_blender.sample_renders.sample_scene import SampleScene
from flame_blender.textures.png import pixels_of
from tests.blender.test_sample_renders import counts
from tests.texture_models.files import for_head

WHOLE = """
name = "files"
seed = 4
count = 3
shard_size = 3
[image]
width = 48
height = 48
samples = 8
denoise = false
[model]
name = "face_like"
mouth = "added"
[texture]
model = { choice = ["", "FLAME_texture"], weights = [1, 2] }
strength = 2.0
[expression]
face = "Tongue Out"
[pose]
yaw = { uniform = [-30, 30] }
jaw = 22
[camera]
fill = 0.9
[background]
kind = "plain"
grey = 0.0
[labels]
landmarks = ["ibug"]
"""
TEXELS, COEFFICIENTS = 32, 5


@pytest.mark.oldest_and_newest
def test_a_file_gets_teeth_in_pictures_and_labels_and_random_skins(computed_face, tmp_path):
    computed_face.install()
    path = tmp_path / "files.toml"
    path.write_text(WHOLE)
    with pytest.raises(api.DatasetError, match=r"texture\.model: expected an installed texture model"):
        api.render_shards(path, tmp_path / "set")
    model = api.model(api.add_head("face_like"))
    for_head(tmp_path / "FLAME_texture.npz", model.v_template, model.faces, TEXELS, COEFFICIENTS)
    api.install(tmp_path / "FLAME_texture.npz")
    before = counts()
    with own_data() as own:
        scene = SampleScene(load_recipe(path), None)
        own.collect()
        skins = set()
        for index in range(3):
            posed = scene.pose(index)
            scene.scene.view_layers[0].update()
            vertices, surface = posed.in_sight
            seen = seen_triangles(posed.camera, vertices, surface.faces, surface.clear)
            placed = [each for each in scene.scene.objects if each.type == "MESH" and not each.hide_render]
            assert len(placed) == 2 and len(posed.parts) == 1
            mesh = np.concatenate([[list(v.co) for v in each.data.vertices] for each in placed])
            assert mesh.shape == vertices.shape
            assert np.abs(mesh[:, [0, 2, 1]] * [1, 1, -1] - vertices).max() < 1e-6, "what is rendered is labelled"
            counted = np.bincount(material_mask(seen, surface).ravel(), minlength=12)
            assert counted[MATERIALS["teeth"]] > 5 and counted[MATERIALS["tongue"]] > 2
            inside = np.isin(material_mask(seen, surface), [MATERIALS[each] for each in ("teeth", "gums", "tongue")])
            assert (class_mask(seen, surface)[inside] == CLASSES["mouth_interior"]).all()
            name = posed.sample.values["texture"]["model"]
            assert (posed.texture is not None) == bool(name)
            linked = {slot.link for slot in placed[0].material_slots}
            assert ("OBJECT" in linked) == bool(name)
            skins.add(name)
        assert skins == {"", "FLAME_texture"}
        scene.close()
    assert counts() == before
    api.render_shards(path, tmp_path / "set")
    with tarfile.open(tmp_path / "set" / "files-000000.tar") as tar:
        told = [json.load(tar.extractfile(f"00000000{index}.json")) for index in range(3)]
        pictures = [pixels_of(tar.extractfile(f"00000000{index}.png").read()).astype(int) for index in range(3)]
        arrays = [dict(np.load(tar.extractfile(f"00000000{index}.npz"))) for index in range(3)]
    for each, numbers in zip(told, arrays, strict=True):
        named = each["factors"].get("texture", {}).get("model")
        assert each["factors"]["model"]["mouth"] == "added" and ("texture" in numbers) == bool(named)
        assert not named or np.abs(numbers["texture"]).max() > 0.3
    assert all(picture.max() > 80 for picture in pictures)
    assert counts() == before
