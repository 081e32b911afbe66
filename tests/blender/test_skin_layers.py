"""The painted skin's nodes: what they show against NumPy, each head by itself, and what goes into files and rigs."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import ParameterError
from flame_blender.export.skin_picture import complexion_of, skin_picture
from flame_blender.head.properties import flame_of
from flame_blender.looks.complexion import Complexion, coloured
from flame_blender.looks.people import PIGMENTS
from flame_blender.shading.material_nodes import new_material
from flame_blender.shading.pictures import pixels_of
from flame_blender.shading.skin_layers import PICTURES, REST, paint
from flame_blender.texture_models.encoding import as_srgb

pytestmark = pytest.mark.oldest_and_newest
SIDE = 8
LIKE = {"skin_tone": 0.7, "skin_undertone": -0.6, "skin_age": 68.0, "freckles": 0.5, "painted_brows": 0.8}


def image_of(name: str, values: np.ndarray, colours: bool) -> bpy.types.Image:
    image = bpy.data.images.new(name, SIDE, SIDE)
    image.colorspace_settings.name = "sRGB" if colours else "Non-Color"
    pixels = np.ones((SIDE, SIDE, 4), np.float32)
    pixels[..., :3] = values
    image.pixels.foreach_set(pixels.ravel())
    image.pack()
    return image


@pytest.mark.parametrize("like", [{}, LIKE])
def test_the_nodes_show_what_numpy_says(like, tmp_path: Path):
    """A plane that has a head's properties, seen from above, its colour given off."""
    skin, relief, marks = np.random.default_rng(3).random((3, SIDE, SIDE, 3))
    skin = 0.05 + 0.5 * skin
    stored = [np.round(255 * each) / 255 for each in (as_srgb(skin), relief, marks)]
    pictures = {name: image_of(name, each, name == "Skin") for name, each in zip(PICTURES, stored, strict=True)}
    material = new_material("FLAME Skin (Test)")
    paint(material, pictures)
    bpy.ops.mesh.primitive_plane_add(size=1)
    plane = bpy.context.object
    plane.data.materials.append(material)
    for name, value in like.items():
        setattr(flame_of(plane), name, value)
    light = np.where(stored[0] <= 0.04045, stored[0] / 12.92, ((stored[0] + 0.055) / 1.055) ** 2.4)
    wanted = coloured(light, stored[1], stored[2], complexion_of(plane))
    assert complexion_of(plane).tone == pytest.approx(like.get("skin_tone", Complexion().tone))
    np.testing.assert_allclose(seen_from_above(material, tmp_path), wanted, atol=4e-3)
    shown = pixels_of(skin_picture(plane, material))[..., :3]
    np.testing.assert_allclose(shown, as_srgb(wanted), atol=1.5 / 255)


def seen_from_above(material: bpy.types.Material, folder: Path) -> np.ndarray:
    tree = material.node_tree
    (tone,) = (node for node in tree.nodes if node.type == "HUE_SAT")
    for node in tree.nodes:
        if node.type == "TEX_IMAGE":
            node.interpolation = "Closest"
    glow, output = tree.nodes.new("ShaderNodeEmission"), next(n for n in tree.nodes if n.type == "OUTPUT_MATERIAL")
    tree.links.new(tone.outputs["Color"], glow.inputs["Color"])
    tree.links.new(glow.outputs[0], output.inputs["Surface"])
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale, camera.location = "ORTHO", 1.0, (0, 0, 1)
    scene = bpy.context.scene
    scene.collection.objects.link(camera)
    scene.camera, scene.render.engine, scene.cycles.samples = camera, "CYCLES", 1
    scene.cycles.pixel_filter_type, scene.cycles.use_denoising, scene.cycles.filter_width = "BOX", False, 0.01
    scene.render.resolution_x = scene.render.resolution_y = SIDE
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format, scene.render.image_settings.color_depth = "OPEN_EXR", "32"
    scene.render.filepath = str(folder / "seen.exr")
    bpy.ops.render.render(write_still=True)
    return pixels_of(bpy.data.images.load(str(folder / "seen.exr")))[..., :3]


def test_pores_lie_in_the_neutral_head(head):
    """Whatever the face does, so that they move with the skin."""
    api.set_params(head, jaw=(0.2, 0, 0))
    rest = np.empty((len(head.data.vertices), 3), np.float32)
    head.data.attributes[REST].data.foreach_get("vector", rest.ravel())
    np.testing.assert_array_equal(rest, api.model(head).v_template.astype(np.float32))


def test_a_rig_and_a_file_look_as_the_head(head, tmp_path):
    for name, value in LIKE.items():
        setattr(head.flame, name, value)
    head.flame.iris_colour = (0.3, 0.2, 0.1)
    skin = api.make_rig(head).skin
    assert complexion_of(skin) == complexion_of(head)
    assert tuple(flame_of(skin).iris_colour) == tuple(head.flame.iris_colour)


def test_looks_are_drawn_from_a_seed(head):
    api.randomise_looks(head, 3)
    first = complexion_of(head), tuple(head.flame.iris_colour)
    api.randomise_looks(head, 4)
    assert (complexion_of(head), tuple(head.flame.iris_colour)) != first
    head.flame.painted_brows = 0.25
    api.randomise_looks(head, 3)
    assert (complexion_of(head)._replace(brows=1.0), tuple(head.flame.iris_colour)) == first
    assert head.flame.painted_brows == 0.25
    with pytest.raises(ParameterError, match="seed"):
        api.randomise_looks(head, -1)
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.randomise_params(seed=9, looks=False) == {"FINISHED"}
    assert complexion_of(head).tone == first[0].tone
    assert bpy.ops.flame.randomise_params(seed=9) == {"FINISHED"}
    assert complexion_of(head).tone != first[0].tone


def test_eyes_of_a_pigment(head):
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.set_eyes(pigment="hazel") == {"FINISHED"}
    assert tuple(head.flame.iris_colour) == pytest.approx(PIGMENTS["hazel"][0])
    assert tuple(head.flame.iris_centre) == pytest.approx(PIGMENTS["hazel"][1]) and head.flame.iris_centre_amount == 1
    with pytest.raises(ParameterError, match="pigments"):
        api.set_eyes(head, "pink")
