"""Other programs get the head's colours: the skin's picture, a clear cornea, the photo; the scene keeps its own."""

from __future__ import annotations

import colorsys
import json
import re
import struct

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import FlameError
from flame_blender.export import scene_files
from flame_blender.export.skin_tone import toned
from flame_blender.head.materials import CLEAR, CORNEA, SKIN_TONE
from flame_blender.looks.complexion import Complexion, coloured
from flame_blender.looks.gaze import IRIS_COLOUR
from flame_blender.shading.eye_material import EYE, EYES
from flame_blender.texture_models.encoding import as_light, as_srgb

SKIN, PICTURE, PARTS = "FLAME Skin (Built-in Head)", "builtin_head_skin", ("", "_relief", "_marks")
READERS = {
    ".glb": "import_scene.gltf",
    ".gltf": "import_scene.gltf",
    ".fbx": "import_scene.fbx",
    ".usda": "wm.usd_import",
}


@pytest.fixture
def head(built_in_head):
    """The built-in head: only it has a picture and a cornea of its own. Two frames show what one shows, not 250."""
    bpy.context.scene.frame_end = 2
    return built_in_head


def looks():
    """Names, nodes and links of all materials, and the images: what an export must leave."""
    return (
        {
            material.name: (
                sorted((node.name, node.type) for node in material.node_tree.nodes),
                sorted(
                    (link.from_node.name, link.to_node.name, link.to_socket.name) for link in material.node_tree.links
                ),
            )
            for material in bpy.data.materials
        },
        sorted(image.name for image in bpy.data.images),
    )


def read_back(path):
    """The materials of a file, by name, in an empty scene."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    group, name = READERS[path.suffix].split(".")
    getattr(getattr(bpy.ops, group), name)(filepath=str(path))
    return {in_usd(material.name): material for material in bpy.data.materials}


def in_usd(name):
    """USD's names are identifiers."""
    return re.sub(r"\W", "_", name)


def shader_of(material):
    return next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")


def opacity_of(material):
    """Light is let through by alpha or, read from USD by Blender 5.2, by transmission."""
    inputs = shader_of(material).inputs
    return min(inputs["Alpha"].default_value, 1 - inputs["Transmission Weight"].default_value)


def picture_of(material):
    """(S, S, 4) of the picture that is the material's colour."""
    (link,) = shader_of(material).inputs["Base Color"].links
    return pixels_of(link.from_node.image)


def pixels_of(image):
    pixels = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    return pixels.reshape(image.size[1], image.size[0], 4)


def painted_skin(**changes):
    """(S, S, 3) as a file has it, sRGB: by what the nodes say, from the pictures themselves."""
    skin, relief, marks = (pixels_of(bpy.data.images[f"{PICTURE}{part}.png"])[..., :3] for part in PARTS)
    return as_srgb(coloured(as_light(skin), relief, marks, Complexion(**changes)))


def with_nodes(name):
    material = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0):  # always on since
        material.use_nodes = True
    return material


def set_tone(**values):
    tone = bpy.data.materials[SKIN].node_tree.nodes[SKIN_TONE]
    for name, value in values.items():
        tone.inputs[name].default_value = value


@pytest.mark.parametrize("suffix", [pytest.param(".glb", marks=pytest.mark.newest), ".gltf", ".fbx", ".usda"])
def test_the_file_holds_the_picture_and_a_clear_cornea(head, tmp_path, suffix):
    if scene_files.unavailable(suffix):
        pytest.skip(scene_files.unavailable(suffix))
    before, painted = looks(), painted_skin()
    api.export_scene(head, tmp_path / f"head{suffix}")
    assert looks() == before
    found = read_back(tmp_path / f"head{suffix}")
    np.testing.assert_allclose(picture_of(found[in_usd(SKIN)])[..., :3], painted, atol=2 / 255)
    assert not shader_of(found[in_usd(SKIN)]).inputs["Specular IOR Level"].links, "brows' shine is Blender's alone"
    assert opacity_of(found[in_usd(CORNEA)]) < 0.1
    assert opacity_of(found[in_usd("FLAME Eye")]) == 1


@pytest.mark.newest
@pytest.mark.usefixtures("whole_picture")
def test_the_whole_picture_is_in_the_file(head, tmp_path):
    """The head as users have it; the other tests here have it with a small picture."""
    painted = painted_skin()
    api.export_scene(head, tmp_path / "head.glb")
    found = picture_of(read_back(tmp_path / "head.glb")[in_usd(SKIN)])
    assert found.shape == (2048, 2048, 4)
    np.testing.assert_allclose(found[..., :3], painted, atol=2 / 255)


@pytest.mark.newest
def test_gltf_says_that_the_cornea_blends(head, tmp_path):
    """Read as any viewer does, from the file's own JSON."""
    api.export_scene(head, tmp_path / "head.glb")
    data = (tmp_path / "head.glb").read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    materials = {each["name"]: each for each in json.loads(data[20 : 20 + length])["materials"]}
    for name in CLEAR:
        assert materials[name]["alphaMode"] == "BLEND"
        assert materials[name]["pbrMetallicRoughness"]["baseColorFactor"][3] < 0.1
        assert "extensions" not in materials[name]
    assert all(each.get("alphaMode", "OPAQUE") == "OPAQUE" for name, each in materials.items() if name not in CLEAR)


@pytest.mark.newest
@pytest.mark.parametrize("suffix", [".glb", ".fbx"])
def test_the_tone_of_the_skin_goes_with_it(head, tmp_path, suffix):
    set_tone(Value=0.5, Saturation=1.2)
    api.export_scene(head, tmp_path / f"plain{suffix}")
    pixels = painted_skin()
    assert [image.name for image in bpy.data.images if "toned" in image.name] == []
    wanted = toned(pixels[..., :3], 0.5, 1.2, 0.5, encoded=True)
    found = picture_of(read_back(tmp_path / f"plain{suffix}")[in_usd(SKIN)])
    np.testing.assert_allclose(found[..., :3], wanted, atol=2 / 255)


@pytest.mark.newest
@pytest.mark.parametrize("suffix", [".glb", ".fbx"])
def test_a_material_of_the_object_goes_instead_of_its_meshs(head, tmp_path, suffix):
    """As the photo's is, which other heads do not share."""
    photo = with_nodes("Photo")
    shader_of(photo).inputs["Base Color"].default_value = (0.1, 0.2, 0.3, 1)
    head.material_slots[0].link = "OBJECT"
    head.material_slots[0].material = photo
    api.export_scene(head, tmp_path / f"head{suffix}")
    found = read_back(tmp_path / f"head{suffix}")
    assert in_usd(SKIN) not in found
    np.testing.assert_allclose(
        shader_of(found["Photo"]).inputs["Base Color"].default_value[:3], (0.1, 0.2, 0.3), atol=1e-3
    )


def test_the_rig_shows_what_the_head_shows(head):
    photo = with_nodes("Photo")
    head.material_slots[0].link = "OBJECT"
    head.material_slots[0].material = photo
    skin = api.make_rig(head).skin
    assert skin.material_slots[0].material == photo
    assert skin.material_slots[1].material == head.material_slots[1].material
    assert head.data.materials[0].name == SKIN


def test_a_failed_export_leaves_the_materials(head, tmp_path, monkeypatch):
    before = looks()

    def fails(*_):
        assert looks() != before
        raise FlameError("no")

    monkeypatch.setattr(scene_files, "_call", fails)
    with pytest.raises(FlameError, match="no"):
        api.export_scene(head, tmp_path / "head.glb")
    assert looks() == before


def test_toned_as_python_would(rng):
    """Against the standard library's colours, one by one."""
    colours = rng.uniform(0, 1, (200, 3))
    colours[:20] = rng.uniform(0, 1, (20, 1))  # greys have no hue
    colours[20] = 0
    hue, saturation, value, amount = 0.62, 1.4, 0.8, 0.7
    wanted = []
    for colour in colours:
        h, s, v = colorsys.rgb_to_hsv(*colour)
        changed = colorsys.hsv_to_rgb((h + hue - 0.5) % 1, min(s * saturation, 1), v * value)
        wanted.append(colour + amount * (np.array(changed) - colour))
    np.testing.assert_allclose(toned(colours, hue, saturation, value, amount), wanted, atol=1e-12)


def test_toned_as_blender_would(rng, tmp_path):
    """Against a render of the node."""
    colours = rng.uniform(0, 1, (8, 8, 3))
    values = {"Hue": 0.43, "Saturation": 0.7, "Value": 1.3}
    np.testing.assert_allclose(toned(colours, *values.values()), rendered(colours, values, tmp_path), atol=2e-3)


def rendered(colours, values, folder):
    """(8, 8, 3) what Cycles makes of an image with such colours under the node."""
    size = len(colours)
    image = bpy.data.images.new("colours", size, size, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    image.pixels.foreach_set(np.concatenate([colours, np.ones((size, size, 1))], -1).astype(np.float32).ravel())
    bpy.ops.mesh.primitive_plane_add(size=1)
    material = with_nodes("toned")
    tree = material.node_tree
    tree.nodes.clear()
    kinds = ("TexImage", "HueSaturation", "Emission", "OutputMaterial")
    picture, tone, glow, output = (tree.nodes.new(f"ShaderNode{kind}") for kind in kinds)
    picture.image, picture.interpolation = image, "Closest"
    for name, value in values.items():
        tone.inputs[name].default_value = value
    tree.links.new(picture.outputs["Color"], tone.inputs["Color"])
    tree.links.new(tone.outputs["Color"], glow.inputs["Color"])
    tree.links.new(glow.outputs[0], output.inputs["Surface"])
    bpy.context.object.data.materials.append(material)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale, camera.location = "ORTHO", 1.0, (0, 0, 1)
    scene = bpy.context.scene
    scene.collection.objects.link(camera)
    scene.camera, scene.render.engine, scene.cycles.samples = camera, "CYCLES", 1
    scene.cycles.pixel_filter_type, scene.cycles.use_denoising = "BOX", False
    scene.cycles.filter_width = 0.01
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format, scene.render.image_settings.color_depth = "OPEN_EXR", "32"
    scene.render.filepath = str(folder / "toned.exr")
    bpy.ops.render.render(write_still=True)
    shown = bpy.data.images.load(str(folder / "toned.exr"))
    pixels = np.empty(size * size * 4, np.float32)
    shown.pixels.foreach_get(pixels)
    return pixels.reshape(size, size, 4)[..., :3]


def test_fbx_shows_colours_in_solid_view(head, tmp_path):
    """Skin as skin, and for the cornea, which is opaque there, the iris behind it."""
    api.export_scene(head, tmp_path / "head.fbx", frames=(1, 2))
    own = {name: tuple(material.diffuse_color) for name, material in bpy.data.materials.items()}
    found = read_back(tmp_path / "head.fbx")
    for name in (SKIN, "FLAME Teeth", "FLAME Eye"):
        shown = np.array(found[in_usd(name)].diffuse_color[:3])
        assert np.abs(shown**0.7 - own[name][:3]).max() < 0.01
    shown = np.array(found[in_usd(CORNEA)].diffuse_color[:3])
    np.testing.assert_allclose(shown, IRIS_COLOUR, atol=1e-3)


def test_glb_shows_colours_in_solid_view_where_the_add_on_is(any_head, tmp_path):
    """Blender's importer asks the add-ons that are enabled; what is no head's stays as it is."""
    own = {name: tuple(material.diffuse_color) for name, material in bpy.data.materials.items()}
    api.export_scene(any_head, tmp_path / "head.glb", frames=(1, 2))
    addon = bpy.context.preferences.addons.new()
    addon.module = "flame_blender"
    try:
        found = read_back(tmp_path / "head.glb")
    finally:
        bpy.context.preferences.addons.remove(addon)
    skins = [name for name in own if name.startswith(("FLAME Skin", "FLAME Lips")) or name == EYE]
    assert len(skins) >= 2 and not any(name in found for name in EYES[1:]), "one picture has iris and pupil too"
    for name in skins:
        np.testing.assert_allclose(found[in_usd(name)].diffuse_color, own[name], atol=1e-5)


def test_a_photos_material_shows_its_tone_in_solid_view():
    """Its picture's median, as light; a material of anybody else's stays grey."""
    from flame_blender import glTF2ImportUserExtension

    image = bpy.data.images.new("skin", 64, 64)
    pixels = np.full((64, 64, 4), (0.8, 0.6, 0.5, 1.0), np.float32)
    pixels[:20] = (0.1, 0.1, 0.1, 1.0)  # hair
    image.pixels.foreach_set(pixels.ravel())
    for name in ("FLAME Head Photo", "Chair"):
        material = with_nodes(name)
        material.node_tree.nodes.new("ShaderNodeTexImage").image = image
        before = tuple(material.diffuse_color)
        glTF2ImportUserExtension().gather_import_material_after_hook(None, None, material, None)
        if name == "Chair":
            assert tuple(material.diffuse_color) == before
        else:
            expected = (np.array([0.8, 0.6, 0.5]) ** 2.2) ** 0.7
            np.testing.assert_allclose(material.diffuse_color[:3], expected, atol=0.01)
