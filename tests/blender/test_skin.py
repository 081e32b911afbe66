"""Heads with the skin of a texture model: the picture follows the coefficients, wherever they come from."""

from __future__ import annotations

import logging
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import models
from flame_blender.head.mesh import read_uvs, shown_uvs
from flame_blender.keyframes import sampling
from flame_blender.skin import following, picture_image, uv_map
from flame_blender.skin.skin_material import COLOUR, SHINE
from tests.texture_models.files import albedo_for_head, for_head

SIZE, COUNT = 64, 8
LEVEL = 0.51  # of 255: whole numbers


@pytest.fixture
def texture(flame_head, tmp_path: Path) -> dict[str, np.ndarray]:
    """The arrays of FLAME_texture.npz, installed."""
    model = api.model(flame_head)
    arrays = for_head(tmp_path / "FLAME_texture.npz", model.v_template, model.faces, SIZE, COUNT)
    api.install(tmp_path / "FLAME_texture.npz")
    return arrays


@pytest.fixture
def skinned(flame_head, texture) -> bpy.types.Object:
    """A head that has it."""
    api.set_texture(flame_head)
    return flame_head


def pixels(image: bpy.types.Image) -> np.ndarray:
    """(N, N, 3) as OpenCV has it: BGR, rows going down."""
    found = np.empty(4 * image.size[0] * image.size[1], np.float32)
    image.pixels.foreach_get(found)
    return found.reshape(image.size[1], image.size[0], 4)[::-1, :, 2::-1]


def off(head: bpy.types.Object, texture, numbers) -> float:
    """Levels by which the head's picture is off what the released script computes."""
    coefficients = np.zeros(COUNT)
    coefficients[: len(numbers)] = numbers
    expected = np.clip(texture["mean"] + texture["tex_dir"] @ coefficients, 0, 255)
    return float(np.abs(255 * pixels(head.flame.texture_image) - expected).max())


def update() -> None:
    bpy.context.view_layer.update()


def test_a_head_gets_a_picture_and_a_material_of_its_own(skinned, texture):
    other = api.add_head(skinned.flame.model_name)
    image, slot = skinned.flame.texture_image, skinned.material_slots[0]
    assert tuple(image.size) == (SIZE, SIZE) and image.packed_file and image.colorspace_settings.name == "sRGB"
    assert slot.link == "OBJECT" and slot.material.node_tree.nodes[COLOUR].image == image
    assert skinned.material_slots[1].material == other.material_slots[1].material, "the eyes are as they were"
    assert other.material_slots[0].material != slot.material and api.texture_of(other) is None
    assert api.texture_of(skinned) == "FLAME_texture" and off(skinned, texture, ()) < LEVEL
    assert [item.name for item in skinned.flame.texture][:2] == ["Texture 1", "Texture 2"]


def test_sliders_scripts_keys_and_drivers_are_followed(skinned, texture):
    numbers = np.zeros(COUNT)
    for index, value in ((2, 1.5), (2, -1.0), (5, 2.0), (2, 0.0)):
        skinned.flame.texture[index].value = numbers[index] = value
        update()
        assert off(skinned, texture, numbers) < LEVEL
    numbers[:3] = 1, 2, 3
    api.set_texture(skinned, coefficients=numbers[:3])
    assert np.array_equal(api.texture_params(skinned), [1, 2, 3, 0, 0, 0, 0, 0])
    assert off(skinned, texture, [1, 2, 3]) < LEVEL
    assert api.keyframe(skinned, 1, ["texture"]) == COUNT
    api.set_texture(skinned, coefficients=[-1.0])
    api.keyframe(skinned, 11, ["texture"])
    driver = skinned.driver_add("flame.texture[7].value").driver
    driver.expression = "frame / 10"
    bpy.context.scene.frame_set(6)
    shown = api.texture_params(skinned)
    assert shown[0] == pytest.approx(0.0, abs=1e-6) and shown[7] == pytest.approx(0.6)
    assert off(skinned, texture, shown) < LEVEL
    assert sampling._columns(skinned, skinned.flame) == [], "whatever reads the face's curves passes over them"


def test_copies_have_pictures_of_their_own(skinned, texture):
    copy = skinned.copy()
    bpy.context.collection.objects.link(copy)
    copy.flame.texture[0].value = 2.0
    update()
    assert copy.flame.texture_image != skinned.flame.texture_image
    assert copy.material_slots[0].material.node_tree.nodes[COLOUR].image == copy.flame.texture_image
    assert skinned.material_slots[0].material.node_tree.nodes[COLOUR].image == skinned.flame.texture_image
    assert off(copy, texture, [2.0]) < LEVEL and off(skinned, texture, ()) < LEVEL


def test_undo_puts_the_picture_back(skinned, texture):
    bpy.ops.ed.undo_push(message="before")
    skinned.flame.texture[1].value = 2.5
    update()
    bpy.ops.ed.undo_push(message="slider")
    name = skinned.name
    for undo, value in ((bpy.ops.ed.undo, 0.0), (bpy.ops.ed.redo, 2.5)):
        undo()
        head = bpy.data.objects[name]
        assert head.flame.texture[1].value == value and off(head, texture, [0, value]) < LEVEL


def test_it_is_saved_with_the_file_and_needs_no_texture_model_there(skinned, texture, tmp_path, caplog):
    name, path = skinned.name, str(tmp_path / "head.blend")
    skinned.flame.texture[3].value = 1.25
    update()
    bpy.ops.wm.save_as_mainfile(filepath=path)
    api.remove_texture("FLAME_texture")
    bpy.ops.wm.open_mainfile(filepath=path)
    head = bpy.data.objects[name]
    assert off(head, texture, [0, 0, 0, 1.25]) < LEVEL
    with caplog.at_level(logging.WARNING):
        for value in (1.0, 2.0, 3.0):
            head.flame.texture[0].value = value
            update()
    assert "'FLAME_texture' is not installed" in following.trouble(head) and not caplog.records
    assert off(head, texture, [0, 0, 0, 1.25]) < LEVEL, "the picture stays"
    with pytest.raises(api.ParameterError, match="not installed"):
        api.set_texture(head, coefficients=[1.0])
    with pytest.raises(api.ParameterError, match="not installed"):
        api.randomise(head, 1, groups=["texture"])
    api.install(tmp_path / "FLAME_texture.npz")
    head.flame.texture[0].value = 2.0
    update()
    assert following.trouble(head) is None and off(head, texture, [2, 0, 0, 1.25]) < LEVEL
    written = following._shown[head.session_uid].written
    bpy.ops.wm.save_as_mainfile(filepath=path)
    assert np.array_equal(picture_image.packed_with(head.flame.texture_image), written)


def test_taken_off_the_head_has_its_own_materials(skinned):
    api.keyframe(skinned, 1, ["texture"])
    api.set_texture(skinned, None)
    assert not len(skinned.flame.texture) and api.texture_of(skinned) is None and not bpy.data.images
    assert skinned.material_slots[0].link == "DATA" and uv_map.LAYER not in skinned.data.uv_layers
    api.set_texture(skinned, None)
    assert api.texture_params(skinned).shape == (0,) and api.keyframe(skinned, 1, ["texture"]) == 0


def test_random_reset_copy_and_paste(skinned, texture):
    api.randomise(skinned, 7, groups=["identity", "texture"])
    together, identity = api.texture_params(skinned), api.get_params(skinned).shape
    api.reset_params(skinned)
    assert not api.texture_params(skinned).any() and off(skinned, texture, ()) < LEVEL
    api.randomise(skinned, 7, groups=["texture"])
    assert np.array_equal(api.texture_params(skinned), together) and np.abs(together).max() > 0.5
    assert not np.array_equal(identity, api.get_params(skinned).shape)
    text, plain = api.copy_params(skinned), api.add_head(skinned.flame.model_name)
    assert "texture" in api.paste_params(plain, text)
    assert np.array_equal(api.texture_params(plain), together) and off(plain, texture, together) < LEVEL
    assert "texture" not in api.paste_params(skinned, api.copy_params(api.add_head(skinned.flame.model_name)))
    assert np.array_equal(api.texture_params(skinned), together), "what has no texture leaves it"
    with pytest.raises(api.ParameterError, match="texture must be finite numbers"):
        api.paste_params(skinned, text.replace('"texture": [', '"texture": ["x", '))


def test_the_uvs_are_the_texture_models_corner_by_corner(skinned, texture):
    """Those of a quad's corners too; the head's own stay, and stay those that renders use."""
    mesh, model = skinned.data, api.model(skinned)
    layer = skinned.material_slots[0].material.node_tree.nodes["FLAME Skin Places"].uv_map
    uvs = read_uvs(mesh.uv_layers[layer])
    corners = {(face, vertex): row for face in range(len(model.faces)) for vertex, row in zip(
        model.faces[face].tolist(), texture["ft"][face].tolist(), strict=True)}  # fmt: skip
    faces = {frozenset(face): number for number, face in enumerate(model.faces.tolist())}
    for polygon in mesh.polygons:
        vertices = list(polygon.vertices)
        face = next(faces[frozenset(three)] for three in (vertices[:3], vertices[1:]) if frozenset(three) in faces)
        for loop, vertex in zip(polygon.loop_indices, vertices, strict=True):
            if (face, vertex) in corners:
                assert np.allclose(uvs[loop], texture["vt"][corners[face, vertex]], atol=1e-6)
    if len(mesh.uv_layers) > 1:
        assert shown_uvs(mesh).name != layer


def test_a_mesh_without_the_uvs_gets_them_again(skinned, texture):
    """As a head that was converted to another model, whose mesh is a new one."""
    copy = skinned.copy()
    copy.data = api.add_head(skinned.flame.model_name).data.copy()
    bpy.context.collection.objects.link(copy)
    copy.flame.texture[0].value = 1.0
    update()
    layer = copy.material_slots[0].material.node_tree.nodes["FLAME Skin Places"].uv_map
    found, asked = (read_uvs(each.data.uv_layers[layer]) for each in (copy, skinned))
    assert np.array_equal(found, asked) and off(copy, texture, [1.0]) < LEVEL


def test_where_uvs_are_missing_it_is_said(flame_head, tmp_path):
    model = api.model(flame_head)
    arrays = for_head(tmp_path / "whole.npz", model.v_template, model.faces, SIZE, COUNT)
    bare = {"MU": arrays["mean"].ravel() / 255, "PC": arrays["tex_dir"].reshape(-1, COUNT) / 255}
    np.savez(tmp_path / "from_bfm.npz", **bare)
    api.install(tmp_path / "from_bfm.npz")
    installed = {what: there for what, _, there in models.inventory()}["UVs"]
    if not installed:
        with pytest.raises(api.ModelError, match=r"without UVs: install head_template\.obj, or FLAME_texture\.npz"):
            api.set_texture(flame_head)
        assert api.texture_of(flame_head) is None and not bpy.data.images
    api.install(tmp_path / "whole.npz")
    api.set_texture(flame_head, "from_bfm")
    assert api.texture_of(flame_head) == "from_bfm"
    with pytest.raises(api.ModelError, match="is for a mesh of"):
        api.set_texture(api.add_head(api.BUILT_IN), "whole")
    np.savez(tmp_path / "other.npz", **arrays | {"ft": arrays["ft"][::-1]})
    with pytest.raises(api.ModelError, match="in another order"):
        api.set_texture(flame_head, tmp_path / "other.npz")
    assert api.texture_of(flame_head) == "from_bfm"


def test_albedo_is_light_and_shines(flame_head, tmp_path):
    model = api.model(flame_head)
    arrays = albedo_for_head(tmp_path / "albedo.npz", model.v_template, model.faces, SIZE, COUNT)
    numbers = np.random.default_rng(1).normal(size=COUNT)
    api.set_texture(flame_head, tmp_path / "albedo.npz", numbers)
    head = flame_head.flame
    assert head.texture_image.is_float and head.texture_image.colorspace_settings.name == "Linear Rec.709"
    assert not head.specular_image.is_float and head.specular_image.colorspace_settings.name == "Non-Color"
    for image, mean, parts, most in (
        (head.texture_image, "MU", "PC", 1e-4), (head.specular_image, "specMU", "specPC", 0.51 / 255),
    ):  # fmt: skip
        expected = np.clip(arrays[mean] + arrays[parts] @ numbers.astype(np.float32), 0, 1)
        assert np.abs(pixels(image) - expected).max() < most
    nodes = flame_head.material_slots[0].material.node_tree.nodes
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    assert shader.inputs["Specular IOR Level"].links[0].from_node == nodes[SHINE]
    assert shader.inputs["Roughness"].is_linked


@pytest.mark.parametrize("numbers", [[0.0] * (COUNT + 1), [np.nan], "abc", [[1.0, 2.0]]])
def test_wrong_coefficients_change_nothing(skinned, texture, numbers):
    api.set_texture(skinned, coefficients=[1.0])
    with pytest.raises(api.ParameterError, match="texture: expected at most 8 finite numbers"):
        api.set_texture(skinned, coefficients=numbers)
    assert off(skinned, texture, [1.0]) < LEVEL and api.texture_params(skinned)[0] == 1


def test_a_value_that_is_no_number_is_told(skinned, texture):
    skinned.flame.texture[0].value = float("nan")
    update()
    assert "finite numbers" in following.trouble(skinned) and off(skinned, texture, ()) < LEVEL
    skinned.flame.texture[0].value = 1.0
    update()
    assert following.trouble(skinned) is None and off(skinned, texture, [1.0]) < LEVEL


def test_a_render_of_an_animation_shows_each_frames_skin(skinned, tmp_path):
    """What is rendered is that frame's picture, as light."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    camera.data.type, camera.data.ortho_scale = "ORTHO", 0.1
    camera.location, camera.rotation_euler = (0, -2, 0), (np.pi / 2, 0, 0)
    scene.camera, scene.render.engine, scene.cycles.samples = camera, "CYCLES", 1
    scene.render.resolution_x = scene.render.resolution_y = 8
    scene.view_settings.view_transform, scene.render.filepath = "Raw", str(tmp_path / "frame_")
    scene.render.image_settings.file_format = "PNG"
    tree = skinned.material_slots[0].material.node_tree
    glow = tree.nodes.new("ShaderNodeEmission")
    output = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL")
    tree.links.new(tree.nodes[COLOUR].outputs["Color"], glow.inputs["Color"])
    tree.links.new(glow.outputs[0], output.inputs["Surface"])
    for frame, value in ((1, -5.0), (3, 5.0)):
        api.set_texture(skinned, coefficients=[value])
        api.keyframe(skinned, frame, ["texture"])
    scene.frame_start, scene.frame_end, scene.render.use_persistent_data = 1, 3, True
    bpy.ops.render.render(animation=True)
    assert scene.render.use_persistent_data
    for frame in (1, 2, 3):
        rendered = pixels(bpy.data.images.load(str(tmp_path / f"frame_{frame:04d}.png"))).mean((0, 1))
        scene.frame_set(frame)
        light = pixels(skinned.flame.texture_image).mean((0, 1)) ** 2.2
        assert np.abs(rendered - light).max() < 0.08, (frame, rendered, light)


def test_operators(skinned, texture):
    bpy.context.view_layer.objects.active = skinned
    fingerprint = skinned.flame.texture_model
    assert bpy.ops.flame.set_texture(texture="NONE") == {"FINISHED"} and api.texture_of(skinned) is None
    assert bpy.ops.flame.set_texture(texture=fingerprint) == {"FINISHED"}
    assert bpy.ops.flame.randomise_params(identity=False, texture=True, seed=4) == {"FINISHED"}
    drawn = api.texture_params(skinned)
    assert drawn.any() and off(skinned, texture, drawn) < LEVEL
    assert bpy.ops.flame.keyframe_params(
        expression=False, rotations=False, translation=False, texture=True
    ) == {"FINISHED"}  # fmt: skip
    bpy.context.scene.tool_settings.use_keyframe_insert_auto = True
    bpy.context.scene.frame_set(20)
    assert bpy.ops.flame.reset_params(identity=False, expression=False, pose=False) == {"FINISHED"}
    assert not api.texture_params(skinned).any()
    bpy.context.scene.frame_set(1)
    assert np.allclose(api.texture_params(skinned), drawn, atol=1e-6)
    assert bpy.ops.flame.remove_texture(texture="FLAME_texture") == {"FINISHED"} and not api.installed_textures()
