"""Recipes made from the open scene, and samples of them to look at, which leave nothing behind."""

from math import radians

import bpy
import numpy as np
import pytest

from flame_blender import api, panels
from flame_blender.datasets.recipe_files import load_recipe
from flame_blender.sample_renders.open_scene import scene_values
from flame_blender.sample_renders.preview import MARK, previewed
from tests.blender.test_panels import drawn_by


@pytest.fixture
def studio(built_in_head):
    """The head, a camera at its left and above, and a lamp at its right."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "AREA"))
    for each in (camera, lamp):
        scene.collection.objects.link(each)
    camera.data.lens, camera.data.sensor_width = 50, 24
    lamp.data.energy, lamp.data.size = 12, 0.4
    points = np.array([each.co for each in built_in_head.data.vertices])
    middle = (points.min(0) + points.max(0)) / 2
    camera.location = middle + np.array([np.sin(radians(30)), -np.cos(radians(30)), 0])
    lamp.location = middle + np.array([-0.5, -0.5, 0])
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 640, 480, 50
    bpy.context.view_layer.update()
    bpy.context.view_layer.objects.active = built_in_head
    yield scene
    api.remove_preview()


def counts() -> dict[str, int]:
    kinds = ("scenes", "objects", "meshes", "materials", "worlds", "lights", "cameras", "node_groups", "images")
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


def test_a_recipe_has_what_the_scene_has(studio, built_in_head, tmp_path):
    built_in_head.flame.skin_tone, built_in_head.flame.skin_age = 0.7, 62.0
    assert bpy.ops.flame.write_recipe(filepath=str(tmp_path / "mine"), count=12, shard_size=4, seed=3) == {"FINISHED"}
    found = load_recipe(tmp_path / "mine.toml")
    assert (found.name, found.count, found.shard_size, found.seed) == ("faces", 12, 4, 3)
    assert (found.image.width, found.image.height) == (320, 240)
    values = {table: {key: each.at(0.5) for key, each in keys.items()} for table, keys in found.factors.items()}
    camera, light = values["camera"], values["light"]
    assert values["model"]["name"] == api.BUILT_IN and camera["framing"] == "head"
    assert camera["focal"] == pytest.approx(75) and camera["yaw"] == pytest.approx(30, abs=0.1)
    assert camera["pitch"] == pytest.approx(0, abs=0.1) and camera["distance"] == pytest.approx(1, abs=2e-3)
    assert light["lamp_power"] == 12 and light["lamp_yaw"] == pytest.approx(-45, abs=0.1)
    assert light["lamp_distance"] == pytest.approx(0.5**0.5, abs=1e-2) and light["lamp_size"] == pytest.approx(0.4)
    assert values["skin"]["tone"] == pytest.approx(0.7) and values["skin"]["age"] == 62
    assert light["world"] == "none", "the lamp lights alone, as it does in the scene"
    assert bpy.context.window_manager.flame.recipe == str(tmp_path / "mine.toml")
    bpy.context.window_manager.flame.recipe = ""


def brightness(scene, lamp, middle) -> float:
    """Of a white plate at the head's middle that faces a lamp which is alone: the light that comes there."""
    mesh = bpy.data.meshes.new("plate")
    mesh.from_pydata([(-0.01, -0.01, 0), (0.01, -0.01, 0), (0.01, 0.01, 0), (-0.01, 0.01, 0)], [], [(0, 1, 2, 3)])
    plate = bpy.data.objects.new("plate", mesh)
    material = bpy.data.materials.new("white")
    if bpy.app.version < (5, 0):
        material.use_nodes = True
    tree = material.node_tree
    diffuse = tree.nodes.new("ShaderNodeBsdfDiffuse")
    diffuse.inputs["Color"].default_value = (1, 1, 1, 1)
    output = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL")
    tree.links.new(diffuse.outputs[0], output.inputs["Surface"])
    mesh.materials.append(material)
    own = bpy.data.scenes.new("lit")
    camera = bpy.data.objects.new("eye", bpy.data.cameras.new("eye"))
    for each in (plate, camera, lamp):
        own.collection.objects.link(each)
    plate.location, plate.rotation_euler = middle, lamp.rotation_euler
    bpy.context.view_layer.update()
    toward = lamp.rotation_euler.to_matrix().col[2]
    camera.location, camera.rotation_euler = plate.location + 0.2 * toward, lamp.rotation_euler
    camera.data.lens, camera.data.clip_start, own.camera = 400, 0.01, camera
    own.render.engine, own.cycles.samples, own.cycles.use_denoising = "CYCLES", 64, False
    own.render.resolution_x = own.render.resolution_y = 4
    own.view_settings.view_transform = "Standard"
    path = bpy.app.tempdir + "lit.png"
    own.render.filepath, own.render.image_settings.color_depth = path, "16"
    with bpy.context.temp_override(scene=own):
        bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(path)
    found = np.array(image.pixels[:]).reshape(-1, 4)[:, :3].mean()
    bpy.data.images.remove(image)
    bpy.data.scenes.remove(own)
    return float(((found + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("kind", ["SUN", "POINT"])
def test_the_lamp_of_a_recipe_lights_as_the_scenes_does(studio, built_in_head, kind):
    """Rendered: a plate where the head is, by the scene's lamp and by the recipe's disk."""
    studio.objects["Lamp"].data.energy = 1  # weaker
    data = bpy.data.lights.new(kind, kind)
    data.energy = {"SUN": 1.2, "POINT": 40}[kind]
    if kind == "SUN":
        data.angle = radians(5)
    lamp = bpy.data.objects.new(kind, data)
    points = np.array([each.co for each in built_in_head.data.vertices])
    middle = (points.min(0) + points.max(0)) / 2
    lamp.rotation_euler = (radians(60), 0, radians(35))  # from in front, the left and above
    bpy.context.view_layer.update()
    outwards = np.array(lamp.rotation_euler.to_matrix().col[2])
    lamp.location = (100, 100, 100) if kind == "SUN" else middle + 1.5 * outwards
    studio.collection.objects.link(lamp)
    bpy.context.view_layer.update()
    found = scene_values(bpy.context)
    value = {key: found["light", key] for key in ("lamp_power", "lamp_yaw", "lamp_pitch", "lamp_distance", "lamp_size")}
    assert value["lamp_yaw"] == pytest.approx(35, abs=0.1) and value["lamp_pitch"] == pytest.approx(30, abs=0.1)
    disk = bpy.data.objects.new("disk", bpy.data.lights.new("disk", "AREA"))
    disk.data.shape, disk.data.energy, disk.data.size = "DISK", value["lamp_power"], value["lamp_size"]
    disk.location = middle + value["lamp_distance"] * outwards
    disk.rotation_euler = lamp.rotation_euler
    assert brightness(studio, disk, middle) == pytest.approx(brightness(studio, lamp, middle), rel=0.02)


def test_a_picture_of_the_worlds_own_is_said_to_be_left_out(studio):
    studio.world = bpy.data.worlds.new("own")
    if bpy.app.version < (5, 0):
        studio.world.use_nodes = True
    node = studio.world.node_tree.nodes.new("ShaderNodeTexEnvironment")
    for name, world in (("//skies/mine.hdr", "none"), ("//studiolights/world/forest.exr", "forest")):
        node.image = bpy.data.images.new("sky", 4, 4)
        node.image.source, node.image.filepath = "FILE", name
        assert scene_values(bpy.context)["light", "world"] == world
        said = " ".join(drawn_by(panels.FLAME_PT_data_sets))
        assert ("own picture is not taken: name its folder in the recipe, light.folder" in said) == (world == "none")


def test_a_sample_is_looked_at_and_goes_again(studio, built_in_head, tmp_path):
    before = counts()
    assert bpy.ops.flame.preview_sample(sample=2) == {"FINISHED"}
    (scene,) = (each for each in bpy.data.scenes if previewed(each))
    assert scene.camera is not None and scene[MARK] == studio and counts()["scenes"] == before["scenes"] + 1
    if bpy.context.window is not None:
        assert bpy.context.window.scene == scene
    api.write_recipe(tmp_path / "mine.toml", count=5)
    with pytest.raises(api.DatasetError, match="samples: expected some of 0 to 4"):
        api.preview_sample(tmp_path / "mine.toml", 5)
    again = api.preview_sample(tmp_path / "mine.toml", 4)
    assert [each for each in bpy.data.scenes if previewed(each)] == [again] and again[MARK] == studio
    assert bpy.ops.flame.remove_preview() == {"FINISHED"} and counts() == before
    assert not any(MARK in each for each in bpy.data.materials) and built_in_head.name in studio.objects
    if bpy.context.window is not None:
        assert bpy.context.window.scene == studio
    api.remove_preview()
    assert counts() == before


def test_what_the_user_takes_of_a_preview_stays(studio, built_in_head):
    scene = api.preview_sample(None, 0)
    (head,) = (each for each in scene.objects if each.type == "MESH")
    material = head.data.materials[0]
    built_in_head.data.materials.append(material)
    api.remove_preview()
    assert built_in_head.data.materials[-1] == material and MARK not in material
    bpy.data.materials.remove(material)


def test_a_recipe_that_is_wrong_leaves_nothing(studio, tmp_path):
    path, before = tmp_path / "wrong.toml", counts()
    path.write_text('name = "a"\nseed = 1\ncount = 1\nshard_size = 1\n[model]\nname = "nobody"\n')
    with pytest.raises(RuntimeError, match="expected an installed model"):
        bpy.ops.flame.preview_sample(recipe=str(path))
    assert counts() == before


def test_without_camera_and_head_the_example_is_written(tmp_path):
    bpy.context.scene.camera = None
    found = load_recipe(api.write_recipe(tmp_path / "plain.toml"))
    assert found.factors["light"]["world"].values and found.name == "faces"
