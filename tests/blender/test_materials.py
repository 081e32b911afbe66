"""The built-in head's texture: shared, packed, and there after a reload and an append."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

from flame_blender import api
from flame_blender.head import materials, models


def textures() -> list[bpy.types.Image]:
    return [image for image in bpy.data.images if image.name.startswith(materials.SKIN_TEXTURE)]


def test_one_packed_texture_for_all_heads(head):
    api.add_head()
    (image,) = textures()
    assert image.packed_file is not None and tuple(image.size) == (2048, 2048)
    assert image.packed_file.data == (models.model_folder() / materials.SKIN_TEXTURE).read_bytes()
    skin = head.material_slots["FLAME Skin (Built-in Head)"].material
    assert image in [node.image for node in skin.node_tree.nodes if node.type == "TEX_IMAGE"]
    assert materials.SKIN_TONE in skin.node_tree.nodes


def test_it_survives_a_reload_and_an_append(head, tmp_path: Path):
    path = str(tmp_path / "head.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert [image.packed_file is not None for image in textures()] == [True]
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path) as (_there, wanted):
        wanted.objects = ["FLAME Head"]
    assert [image.packed_file is not None for image in textures()] == [True]
    api.add_head()
    assert len(textures()) == 1


def test_lips_and_brows_are_in_the_picture(head):
    """The lips' pixels are redder than the cheek's, and a dark hair lies within each brow."""
    (image,) = textures()
    pixels = np.array(image.pixels[:], np.float32).reshape(2048, 2048, 4)[..., :3] ** 2.2  # about linear
    model = api.model(head)
    rows, corners = model.display.uv_polygons, model.display.polygons
    uv_of = dict(zip(corners[corners >= 0].tolist(), model.display.uv_coords[rows[rows >= 0]], strict=True))

    def colours(points: np.ndarray) -> np.ndarray:
        names = np.array(model.display.material_names)[model.display.polygon_materials]
        skin = np.unique(corners[np.isin(names, ["skin", "lips"])])
        skin = skin[skin >= 0]
        found = []
        for point in points:
            vertex = skin[np.linalg.norm(model.v_template[skin] - point, axis=1).argmin()]
            u, v = (uv_of[vertex] * 2048).astype(int)
            found.append(pixels[v - 12 : v + 12, u - 12 : u + 12].reshape(-1, 3))
        return np.array(found)

    landmarks = api.landmarks(head)
    lower_lip, brows = (landmarks[[57]] + landmarks[[66]]) / 2, landmarks[17:27]
    forehead = landmarks[[19, 24]] + (0, 0.03, 0)
    lips, skin = colours(lower_lip).mean((0, 1)), colours(forehead).mean((0, 1))
    assert lips[0] / lips[1] > 1.3 * skin[0] / skin[1]
    assert (colours(brows).sum(2).min(1) < 0.4 * skin.sum()).all()


def test_other_models_stay_plain(flame_head):
    assert not textures()
    assert {slot.material.name for slot in flame_head.material_slots} >= {"FLAME Skin", "FLAME Iris"}
