"""The built-in head's texture: shared, packed, there after a reload and an append; a FLAME file's eyes."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.assets import SKIN_TEXTURE, pictures_beside
from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.head import materials
from flame_blender.model_files.loading import load_model
from flame_blender.shading.eye_material import EYES
from flame_blender.shading.pictures import pixels_of


def textures() -> list[bpy.types.Image]:
    """The pictures of the skin, its relief and its marks."""
    return sorted(
        (image for image in bpy.data.images if image.name.startswith(SKIN_TEXTURE.stem)),
        key=lambda image: ("marks" in image.name, "relief" in image.name),
    )


@pytest.mark.every_version
@pytest.mark.usefixtures("whole_picture")
def test_one_packed_texture_for_all_heads(built_in_head):
    api.add_head(api.BUILT_IN)
    found, skin = textures(), built_in_head.material_slots["FLAME Skin (Built-in Head)"].material
    for image, path in zip(found, pictures_beside(SKIN_TEXTURE), strict=True):
        assert image.packed_file is not None and tuple(image.size) == (2048, 2048)
        assert image.packed_file.data == path.read_bytes()
        assert (image.colorspace_settings.name == "sRGB") == (path == SKIN_TEXTURE)
        assert image in [node.image for node in skin.node_tree.nodes if node.type == "TEX_IMAGE"]
    assert materials.SKIN_TONE in skin.node_tree.nodes


def test_it_survives_a_reload_and_an_append(built_in_head, tmp_path: Path):
    path = str(tmp_path / "head.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert [image.packed_file is not None for image in textures()] == [True] * 3
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path) as (_there, wanted):
        wanted.objects = ["FLAME Head"]
    assert [image.packed_file is not None for image in textures()] == [True] * 3
    api.add_head(api.BUILT_IN)
    assert len(textures()) == 3


@pytest.mark.usefixtures("whole_picture")
def test_lips_and_brows_are_in_the_picture(built_in_head):
    """The lips' pixels are redder than the cheek's, and a hair lies within each brow, among the marks."""
    pictures = [pixels_of(image)[..., :3] for image in textures()]
    model = api.model(built_in_head)
    rows, corners = model.display.uv_polygons, model.display.polygons
    uv_of = dict(zip(corners[corners >= 0].tolist(), model.display.uv_coords[rows[rows >= 0]], strict=True))

    def colours(points: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        names = np.array(model.display.material_names)[model.display.polygon_materials]
        skin = np.unique(corners[np.isin(names, ["skin", "lips"])])
        skin = skin[skin >= 0]
        found = []
        for point in points:
            vertex = skin[np.linalg.norm(model.v_template[skin] - point, axis=1).argmin()]
            u, v = (uv_of[vertex] * 2048).astype(int)
            found.append(pixels[v - 12 : v + 12, u - 12 : u + 12].reshape(-1, 3))
        return np.array(found)

    landmarks = api.landmarks(built_in_head)
    lower_lip, brows = (landmarks[[57]] + landmarks[[66]]) / 2, landmarks[17:27]
    forehead = landmarks[[19, 24]] + (0, 0.03, 0)
    light = pictures[0] ** 2.2  # about linear
    lips, skin = colours(lower_lip, light).mean((0, 1)), colours(forehead, light).mean((0, 1))
    assert lips[0] / lips[1] > 1.3 * skin[0] / skin[1]
    assert (colours(brows, pictures[2])[..., 2].max(1) > 0.7).all()
    assert colours(forehead, pictures[2])[..., 2].max() < 0.05


def install_template(flame_file, folder: Path) -> None:
    """A made-up head_template.obj for FLAME's topology."""
    model = load_model(flame_file)
    lines = [f"v {x} {y} {z}\nvt {0.5 + 2 * x:.6f} {0.6 + 2 * y:.6f}" for x, y, z in model.v_template.tolist()]
    lines += ["f " + " ".join(f"{corner}/{corner}" for corner in face) for face in (model.faces + 1).tolist()]
    (folder / "head_template.obj").write_text("\n".join(lines))
    api.install(folder / "head_template.obj")


@pytest.mark.parametrize("with_template", [False, True])
def test_both_eyes_of_a_flame_file_are_alike(flame_file, tmp_path, with_template):
    """A template's triangles come padded with -1, which is the right eye's last vertex to NumPy."""
    if with_template:
        install_template(flame_file, tmp_path)
    head = api.add_head(flame_file)
    assert bool(head.data.uv_layers) == with_template
    model = api.model(head)
    slots = np.array([head.material_slots[polygon.material_index].name for polygon in head.data.polygons])
    balls = [ball.vertices for ball in eyeballs_of(model.v_template, model.faces)]
    for ball in balls:
        assert set(slots[np.isin(model.faces, ball).any(1)]) == set(EYES)
    assert set(slots[~np.isin(model.faces, np.concatenate(balls)).any(1)]) == {"FLAME Skin"}


def test_other_models_stay_plain(flame_head):
    assert not textures()
    assert {slot.material.name for slot in flame_head.material_slots} == {"FLAME Skin", *EYES}


def test_a_model_without_eyeballs_is_all_skin(faceless_head):
    """Its eye joints move vertices of the one part that it has."""
    assert {slot.material.name for slot in faceless_head.material_slots} == {"FLAME Skin"}
