"""Folds of the skin in Blender: the mesh's attribute, live and by nodes, against the formula; what renders show."""

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.looks.folds import folds_of
from flame_blender.shading.fold_nodes import NAME
from flame_blender.shading.skin_layers import FOLDS
from tests.blender.conftest import shown

SIZE = 96  # of 3 mm on the face: in twice as large ones furrows of the second sculpt are hardly more than noise


def amounts(mesh):
    found = np.empty(len(mesh.vertices), np.float32)
    mesh.attributes[FOLDS].data.foreach_get("value", found)
    return found


def evaluated(obj):
    return amounts(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data)


def make_a_face(head, strength=1.0):
    """Move the head as faces move, turned besides; reproducible."""
    rng = np.random.default_rng(3)
    expression = strength * rng.standard_normal(api.model(head).n_expression)
    if api.model(head).release == api.BUILT_IN:
        expression = np.clip(0.5 * expression, 0, 1)
    api.set_params(head, expression=expression, jaw=(0.1, 0, 0), neck=(0.1, 0.3, 0), global_rotation=(0, 0.4, 0.1))


def expected(head, at_rest, now):
    """By vertices (V, 3) of the same head in FLAME's axes."""
    folds = folds_of(api.model(head))
    return folds.folded(now.astype(float), folds.lengths(at_rest.astype(float)))


def test_a_live_head_is_folded_as_its_vertices_say(any_head):
    api.set_params(any_head, shape=(1.0, -1.5, 0.5))
    at_rest = shown(any_head)
    assert amounts(any_head.data).max() == 0
    make_a_face(any_head)
    found = amounts(any_head.data)
    assert found.max() > 0.2 and np.abs(found - expected(any_head, at_rest, shown(any_head))).max() < 1e-4
    any_head.scale = (2, 2, 2)  # and applied: the same face, twice as large
    bpy.context.view_layer.objects.active = any_head
    any_head.select_set(True)
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    any_head.data.attributes[FOLDS].data.foreach_set("value", np.zeros_like(found))
    api.set_params(any_head, jaw=(0.10001, 0, 0))
    assert np.abs(amounts(any_head.data) - found).max() < 1e-3


def test_frames_fold_it_too(any_head):
    for frame, strength in ((1, 0.0), (11, 1.0)):
        make_a_face(any_head, strength)
        api.keyframe(any_head, frame)
    scene = bpy.context.scene
    scene.frame_set(1)
    smooth = amounts(any_head.data).max()
    scene.frame_set(11)
    folded = amounts(any_head.data)
    assert folded.max() > smooth + 0.1
    scene.frame_set(1)
    assert amounts(any_head.data).max() == smooth


def test_without_wrinkles_nothing_is_worked_out_until_they_are_wanted(any_head):
    any_head.flame.wrinkles = 0
    make_a_face(any_head)
    assert FOLDS not in any_head.data.attributes or amounts(any_head.data).max() == 0
    any_head.flame.wrinkles = 0.5
    bpy.context.view_layer.update()
    assert amounts(any_head.data).max() > 0.2


@pytest.mark.every_version
def test_a_head_saved_before_has_them_once_it_is_loaded(any_head, tmp_path):
    make_a_face(any_head)
    found, name = amounts(any_head.data), any_head.name
    any_head.data.attributes.remove(any_head.data.attributes[FOLDS])
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "before.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "before.blend"))
    assert np.allclose(amounts(bpy.data.objects[name].data), found)


@pytest.mark.every_version
def test_a_baked_head_is_folded_by_nodes_and_freed_without_them(any_head, tmp_path):
    at_rest, scene = shown(any_head), bpy.context.scene
    for frame, strength in ((1, 0.0), (3, 1.0)):
        make_a_face(any_head, strength)
        api.keyframe(any_head, frame)
    groups = set(bpy.data.node_groups)
    api.bake_cache(any_head, path=tmp_path / "face.pc2", frames=(1, 3))
    for frame in (3, 2):
        scene.frame_set(frame)
        found = evaluated(any_head)
        assert found.max() > 0.1 and np.abs(found - expected(any_head, at_rest, shown(any_head))).max() < 1e-3
    assert [each.name for each in any_head.modifiers].index(NAME) == 1
    api.free_cache(any_head)
    assert NAME not in any_head.modifiers and set(bpy.data.node_groups) == groups


def test_a_rig_is_folded_by_nodes(any_head):
    at_rest = shown(any_head)
    make_a_face(any_head)
    rig = api.make_rig(any_head, animated=False)
    found = evaluated(rig.skin)
    assert found.max() > 0.1 and np.abs(found - expected(any_head, at_rest, shown(rig.skin))).max() < 1e-3
    for key in rig.skin.data.shape_keys.key_blocks:
        key.value = 0
    bpy.context.view_layer.update()
    assert evaluated(rig.skin).max() < found.max() / 2


@pytest.mark.newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_a_render_shows_furrows_where_the_skin_is_folded(any_head, whole_picture, tmp_path):
    """Brows up: the forehead's pixels change with Wrinkles, those of the chin do not."""
    api.set_arkit(any_head, {"browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0})
    with_them, without = (rendered(any_head, wrinkles, tmp_path) for wrinkles in (1.0, 0.0))
    changed = np.abs(with_them - without).reshape(SIZE, SIZE)  # rows up
    assert changed[SIZE // 2 :].mean() > 6 * changed[: SIZE // 3].mean() and changed[SIZE // 2 :].max() > 0.02


def rendered(head, wrinkles, folder):
    """(SIZE * SIZE,) brightness of the face, lit from above."""
    head.flame.wrinkles = wrinkles
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples, scene.cycles.seed = "CYCLES", 16, 1
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.render.image_settings.color_depth = "16"
    if scene.camera is None:
        camera, light = (
            bpy.data.objects.new(name, data)
            for name, data in (
                ("camera", bpy.data.cameras.new("camera")),
                ("light", bpy.data.lights.new("light", "SUN")),
            )
        )
        for obj in (camera, light):
            scene.collection.objects.link(obj)
        scene.camera, camera.location, camera.rotation_euler = camera, (0, -0.7, 0.03), (np.pi / 2, 0, 0)
        camera.data.lens, light.rotation_euler = 100, (0.5, 0.3, 0)
    scene.render.filepath = str(folder / "face.png")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath, check_existing=False)
    pixels = np.array(image.pixels).reshape(-1, 4)[:, :3].mean(1)
    bpy.data.images.remove(image)
    return pixels
