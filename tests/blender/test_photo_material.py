"""A photo as a head's texture in Blender: the mesh's own UVs and materials, on both kinds of head."""

from __future__ import annotations

import dataclasses

import bmesh
import bpy
import numpy as np
import pytest
from mathutils import Matrix

from flame_blender import api
from flame_blender.clips import clip_camera, clip_pictures
from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.head import models
from flame_blender.model_files import saving
from tests.blender.conftest import MODELS
from tests.blender.fit_subjects import everything, same
from tests.flame.face_like import face_like_model, write_face_like_files

WIDTH, HEIGHT = 320, 400
TONE = np.array([0.8, 0.6, 0.5])  # as a screen shows it


@pytest.fixture
def companions(tmp_path):
    """Landmarks, masks and the template that belong to the FLAME file."""
    return write_face_like_files(tmp_path / "companions")


@pytest.fixture
def own_file(tmp_path):
    """A FLAME file of the mesh that these companions are made for, alone."""
    model = dataclasses.replace(face_like_model(), display=None, landmarks={}, regions={})
    saving.save_model(model, tmp_path / "face_like.npz")
    return tmp_path / "face_like.npz"


@pytest.fixture(params=MODELS)
def textured(request):
    """A head with UVs, its model's companions installed before it was made."""
    if request.param == "built-in":
        return api.add_head(models.BUILT_IN)
    own_file = request.getfixturevalue("own_file")
    models.resolve(own_file)
    for path in request.getfixturevalue("companions").values():
        api.install(path)
    return api.add_head(own_file)


@pytest.fixture
def camera(tmp_path):
    """Before a head at the origin; behind it a photo of skin that grows lighter upwards, before a blue wall."""
    image = bpy.data.images.new("photo", WIDTH, HEIGHT)
    pixels = np.ones((HEIGHT, WIDTH, 4), np.float32)
    pixels[..., :3] = TONE * np.linspace(0.9, 1.1, HEIGHT)[:, None, None]
    pixels[:, :30, :3] = pixels[:, -30:, :3] = (0.1, 0.2, 0.8)
    image.pixels.foreach_set(pixels.ravel())
    path = tmp_path / "photo.png"
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    bpy.data.images.remove(image)
    look = api.Camera([1000.0, 1000, WIDTH / 2, HEIGHT / 2], WIDTH, HEIGHT, np.diag([1.0, -1, -1]), (0, -0.02, 1.0))
    made = clip_camera.make_camera("Camera", bpy.context.scene.collection, look, Matrix())
    clip_pictures.show_pictures(clip_camera.camera_of(made), (str(path),), path.parent, 1)
    return made


def pixels_of(image):
    return np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)


@pytest.mark.oldest_and_newest
def test_stopped_anywhere_nothing_has_changed(camera):
    """Until the last share there is nothing to be put back."""
    head = api.add_head(models.BUILT_IN)
    before, shares = everything(), 0
    for share in api.projecting_photo(head, camera, api.PhotoTextureOptions(size=32)):
        assert same(before, everything()), f"at {share}"
        shares += 1
    assert shares > 3 and not same(before, everything())


def test_eyes_and_mouth_keep_their_materials(textured, camera):
    before = [slot.material for slot in textured.material_slots]
    made = api.project_photo(textured, camera, size=128)
    after = [slot.material for slot in textured.material_slots]
    changed = [one.name for one, other in zip(before, after, strict=True) if one != other]
    assert changed and all(name.startswith(("FLAME Skin", "FLAME Lips")) for name in changed)
    assert {other for one, other in zip(before, after, strict=True) if one != other} == {made.material}
    slots = np.array([polygon.material_index for polygon in textured.data.polygons])
    model = api.model(textured)
    balls = np.concatenate([ball.vertices for ball in eyeballs_of(model.v_template, model.faces)])
    of_eyes = np.isin([polygon.vertices[0] for polygon in textured.data.polygons], balls)
    assert of_eyes.sum() > 200
    assert made.material not in [after[slot] for slot in set(slots[of_eyes])]


@pytest.mark.oldest_and_newest
def test_all_of_the_skin_has_its_colour(textured, camera):
    """Neither black nor blue, whatever the camera saw."""
    made = api.project_photo(textured, camera, size=128)
    assert 0.1 < made.seen < 0.9
    uvs = np.empty((len(textured.data.loops), 2), np.float32)
    textured.data.uv_layers[0].uv.foreach_get("vector", uvs.ravel())
    places = np.clip((uvs * 128).astype(int), 0, 127)
    shown = [textured.material_slots[polygon.material_index].material for polygon in textured.data.polygons]
    counts = [polygon.loop_total for polygon in textured.data.polygons]
    skin = np.repeat([material == made.material for material in shown], counts)
    colours = pixels_of(made.image)[places[skin][:, 1], places[skin][:, 0], :3]
    assert np.abs(colours / TONE - 1).max() < 0.15


def test_solid_view_and_plain_programs_show_the_skins_tone(textured, camera):
    material = api.project_photo(textured, camera, size=64).material
    light = TONE**2.2
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    np.testing.assert_allclose(shader.inputs["Base Color"].default_value[:3], light, rtol=0.15)
    shown = np.array(material.diffuse_color[:3])
    assert shown[0] > shown[1] > shown[2] and np.ptp(shown / light**0.7) < 0.1 and material.diffuse_color[3] == 1


@pytest.mark.oldest_and_newest
def test_the_meshs_own_uvs_count(textured, camera):
    """A user who has moved the UVs to the left half gets the photo there, and nothing on the right."""
    layer = textured.data.uv_layers[0]
    uvs = np.empty((len(textured.data.loops), 2), np.float32)
    layer.uv.foreach_get("vector", uvs.ravel())
    whole = pixels_of(api.project_photo(textured, camera, size=256).mask)[..., 0] > 0
    layer.uv.foreach_set("vector", (uvs * [0.5, 1]).astype(np.float32).ravel())
    half = pixels_of(api.project_photo(textured, camera, size=256).mask)[..., 0] > 0
    assert whole[:, 140:].any() and not half[:, 132:].any()
    assert half.mean() == pytest.approx(whole.mean() / 2, rel=0.15)  # ramps stay as wide


@pytest.mark.oldest_and_newest
def test_heads_without_uvs_are_told_what_to_do(own_file, companions, camera):
    """Before the template is there, and after it was installed while the head was there already."""
    flame_head = api.add_head(own_file)
    for path in companions.values():
        if path.suffix != ".obj":
            api.install(path)
    before = everything()
    with pytest.raises(api.ModelError, match=r"has no UVs.*install head_template\.obj"):
        api.project_photo(flame_head, camera, size=64)
    api.install(companions["head_template.obj"])
    with pytest.raises(api.ModelError, match=r"has no UVs.*Update Heads"):
        api.project_photo(flame_head, camera, size=64)
    assert same(before, everything())


@pytest.mark.oldest_and_newest
def test_a_head_without_any_material_gets_one(textured, camera):
    textured.data.materials.clear()
    made = api.project_photo(textured, camera, size=64)
    assert textured.material_slots[0].material == made.material


def test_an_edited_mesh_is_refused(textured, camera):
    edited = bmesh.new()
    edited.from_mesh(textured.data)
    bmesh.ops.delete(edited, geom=edited.verts[:1])
    edited.to_mesh(textured.data)
    edited.free()
    with pytest.raises(api.FlameError, match="vertices"):
        api.project_photo(textured, camera, size=64)
