"""Skin of a texture model that leaves Blender as pictures and in files, and that is fitted to a picture."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.export.uvs import uvs_of
from flame_blender.skin import fit, picture_image
from flame_blender.skin.installed import texture_model
from flame_blender.textures.texels import texels_of_triangles
from tests.blender.test_skin import COUNT, SIZE, pixels
from tests.blender.test_skin import skinned as skinned  # for the tests
from tests.blender.test_skin import texture as texture
from tests.texture_models.files import albedo_for_head

NUMBERS = np.array([1.0, -2.0, 0.5, 1.5, -1.0, 0.0, 2.0, -0.5])


def read_png(path: Path) -> np.ndarray:
    """(N, N, 3) 0 to 255 as OpenCV has it."""
    image = bpy.data.images.load(str(path))
    return 255 * pixels(image)


def test_png_is_what_the_script_writes(skinned, texture, tmp_path):
    api.set_texture(skinned, coefficients=NUMBERS)
    (path,) = api.export_texture(skinned, tmp_path / "skin.png")
    expected = np.clip(texture["mean"] + texture["tex_dir"] @ NUMBERS, 0, 255)
    assert np.abs(read_png(path) - expected).max() < 0.51
    with pytest.raises(api.ParameterError, match=r"ending in \.png, found \.jpg"):
        api.export_texture(skinned, tmp_path / "skin.jpg")
    with pytest.raises(api.ParameterError, match="no specular part"):
        api.export_texture(skinned, tmp_path / "display.png", display=True)
    with pytest.raises(api.ParameterError, match="one without"):
        api.export_texture(api.add_head(skinned.flame.model_name), tmp_path / "skin.png")
    assert [each.name for each in tmp_path.glob("*.png")] == ["skin.png"]


def test_albedo_as_light_and_as_tf_flame_shows_it(flame_head, tmp_path):
    model = api.model(flame_head)
    arrays = albedo_for_head(tmp_path / "albedo.npz", model.v_template, model.faces, SIZE, COUNT)
    api.set_texture(flame_head, tmp_path / "albedo.npz", NUMBERS)
    diffuse, specular = (
        np.clip(arrays[mean] + arrays[parts] @ NUMBERS, 0, None) for mean, parts in (("MU", "PC"), ("specMU", "specPC"))
    )
    written = api.export_texture(flame_head, tmp_path / "skin.png")
    assert [each.name for each in written] == ["skin.png", "skin_specular.png"]
    light = np.clip(diffuse, 0, 1)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    assert np.abs(read_png(written[0]) - 255 * encoded).max() < 0.51
    assert np.abs(read_png(written[1]) - 255 * np.clip(specular, 0, 1)).max() < 0.51
    (shown,) = api.export_texture(flame_head, tmp_path / "shown.png", display=True)
    both = arrays["MU"] + arrays["PC"] @ NUMBERS + arrays["specMU"] + arrays["specPC"] @ NUMBERS
    assert np.abs(read_png(shown) - np.minimum(255 * (0.6 * np.clip(both, 0, None)) ** (1 / 2.2), 255)).max() < 1


@pytest.mark.newest
@pytest.mark.parametrize("kind", ["FLAME texture", "AlbedoMM"])
def test_files_have_the_picture_in_its_own_uvs(skinned, texture, tmp_path, kind):
    model = api.model(skinned)
    if kind == "AlbedoMM":
        albedo_for_head(tmp_path / "albedo.npz", model.v_template, model.faces, SIZE, COUNT)
        api.set_texture(skinned, tmp_path / "albedo.npz")
    api.set_texture(skinned, coefficients=NUMBERS)
    layers = [layer.name for layer in skinned.data.uv_layers]
    written = api.export_texture(skinned, tmp_path / "skin.png")
    api.export_scene(skinned, tmp_path / "head.glb", frames=(1, 1))
    assert [layer.name for layer in skinned.data.uv_layers] == layers, "the head in the scene is as it was"
    raw = (tmp_path / "head.glb").read_bytes()
    length = struct.unpack_from("<I", raw, 12)[0]
    tree, binary = json.loads(raw[20 : 20 + length]), raw[28 + length :]
    skin = next(each for each in tree["materials"] if "Skin" in each["name"])
    source = tree["textures"][skin["pbrMetallicRoughness"]["baseColorTexture"]["index"]]["source"]
    view = tree["bufferViews"][tree["images"][source]["bufferView"]]
    (tmp_path / "inside.png").write_bytes(binary[view["byteOffset"] :][: view["byteLength"]])
    assert np.abs(read_png(tmp_path / "inside.png") - read_png(written[0])).max() < 1.01
    bpy.ops.import_scene.gltf(filepath=str(tmp_path / "head.glb"))
    mesh = next(each for each in bpy.data.meshes if each != skinned.data and len(each.vertices) > 1000)
    uvs = np.empty((len(mesh.loops), 2), np.float32)
    mesh.uv_layers[0].uv.foreach_get("vector", uvs.ravel())
    slots = [n for n, each in enumerate(mesh.materials) if "Skin" in each.name]
    used = np.concatenate([list(each.loop_indices) for each in mesh.polygons if each.material_index in slots])
    known, found = ({tuple(row) for row in np.rint(1e4 * each).tolist()} for each in (texture["vt"], uvs[used]))
    assert len(found - known) < 0.01 * len(found)


@pytest.mark.newest
@pytest.mark.parametrize("suffix", [".fbx", ".usda"])
def test_other_files_have_a_picture_too(skinned, tmp_path, suffix):
    api.set_texture(skinned, coefficients=NUMBERS)
    api.export_scene(skinned, tmp_path / f"head{suffix}", frames=(1, 1))
    raw = (tmp_path / f"head{suffix}").read_bytes()
    pictures = list(tmp_path.rglob("*.png"))
    assert pictures or b"\x89PNG" in raw
    assert b"FLAME_Head_Skin" in raw or b"FLAME Head Skin" in raw


def painted(head: bpy.types.Object, numbers: np.ndarray, lit: bool, size: int = 96) -> bpy.types.Image:
    """The skin of these coefficients as an image in the head's own UVs, its left half unseen, under light or not."""
    model, texture = api.model(head), texture_model(head.flame.texture_model)
    found = uvs_of(head, model)
    texels = texels_of_triangles(
        model.v_template, model.faces, found.coords[found.faces], np.ones(len(model.faces), bool), size
    )
    corners = texture.uv_coords[texture.uv_faces[texels.triangles.ravel()[texels.used]]]
    at = np.einsum("nk,nki->ni", texels.weights.reshape(-1, 3)[texels.used], corners) * texture.size
    columns, rows = np.clip(at.astype(int), 0, texture.size - 1).T
    picture = texture.diffuse.mean + numbers @ (texture.diffuse.components * texture.diffuse.scales[:, None])
    colours = np.clip(picture.reshape(texture.size, texture.size, 3)[rows, columns], 0, 1)
    places = texels.points(model.v_template)
    if lit:
        colours = colours * (0.7 + 2.5 * places[:, :1]) * [1.0, 0.95, 0.9]
    whole, mask = np.ones((2, size * size, 4), np.float32)
    whole[texels.used, :3], mask[:, :3] = colours, 0
    mask[texels.used[places[:, 0] > 0], :3] = 1
    images = []
    for name, pixels_ in (("painted", whole), ("painted Mask", mask)):
        image = bpy.data.images.new(name, size, size)
        image.pixels.foreach_set(pixels_.ravel())
        images.append(image)
    return images[0]


def test_half_a_picture_gives_the_whole_skin(skinned, texture):
    image = painted(skinned, NUMBERS, lit=False)
    shares = []
    options = api.TextureFitOptions(image=image.name, lit=False)
    steps = api.fitting_texture(skinned, options)
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            found = end.value
            break
    assert shares == sorted(shares) and len(shares) > COUNT and 0.3 < found.seen < 0.7
    assert np.abs(found.coefficients - NUMBERS).max() < 0.25 and found.error < 0.03
    assert np.array_equal(api.texture_params(skinned), found.coefficients)
    expected = np.clip(texture["mean"] + texture["tex_dir"] @ NUMBERS, 0, 255)
    off = np.abs(255 * pixels(skinned.flame.texture_image) - expected)
    assert off.mean() < 0.02 * 255 and image.use_fake_user


def test_light_is_left_out_and_a_stop_changes_nothing(skinned):
    image = painted(skinned, NUMBERS, lit=True)
    steps = api.fitting_texture(skinned, api.TextureFitOptions(image=image.name))
    for _ in range(6):
        next(steps)
    steps.close()
    assert not api.texture_params(skinned).any()
    off = {}
    for lit in (False, True):
        found = api.fit_texture(skinned, image=image.name, lit=lit)
        off[lit] = np.abs(found.coefficients - NUMBERS).mean()
    assert off[True] < 0.75 * off[False], off
    with pytest.raises(api.ParameterError, match="no projected photo"):
        api.fit_texture(skinned)
    with pytest.raises(api.ParameterError, match="expected the name of an image, found 'nobody'"):
        api.fit_texture(skinned, image="nobody")


def test_the_projected_photo_is_taken_by_its_name(skinned):
    image = painted(skinned, NUMBERS, lit=False)
    image.name, bpy.data.images["painted Mask"].name = (
        fit.PHOTO.format(skinned.name), fit.MASK.format(fit.PHOTO.format(skinned.name)),
    )  # fmt: skip
    bpy.context.view_layer.objects.active = skinned
    assert bpy.ops.flame.fit_texture(lit=False) == {"FINISHED"}
    assert np.abs(api.texture_params(skinned) - NUMBERS).max() < 0.25
    assert picture_image.packed_with(skinned.flame.texture_image) is not None
