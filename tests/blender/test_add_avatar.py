"""Gaussian avatars out of files: a training's folder as head, avatar, clip and camera; splats bound to nothing yet."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender import operators as ops
from flame_blender.avatars import avatar_object
from flame_blender.errors import AvatarError, ParameterError
from flame_blender.geometry.axes import TO_BLENDER, to_blender
from flame_blender.splats.harmonics import turned
from flame_blender.splats.splat_files import read_splats
from flame_blender.splats.splats import Splats
from tests.blender.test_avatars import bound_by_chance, follows, shown
from tests.splats.made_up import camera_to_json, columns_of, random_splats, write_ply

pytestmark = pytest.mark.newest
FRAMES = 3


def write_training(folder: Path, splats: Splats, rng: np.random.Generator) -> Path:
    """As GaussianAvatars leaves it."""
    iteration = folder / "point_cloud" / "iteration_600000"
    iteration.mkdir(parents=True)
    write_ply(iteration / "point_cloud.ply", columns_of(splats))
    clip = {name: rng.normal(0, 0.1, (FRAMES, 3)) for name in ("rotation", "neck_pose", "jaw_pose", "translation")}
    clip |= {"eyes_pose": rng.normal(0, 0.1, (FRAMES, 6)), "expr": rng.normal(size=(FRAMES, 100))}
    offsets = rng.normal(0, 1e-3, (1, 5143, 3))
    clip |= {"shape": rng.normal(size=300), "static_offset": offsets}
    np.savez(iteration / "flame_param.npz", **{name: np.float32(array) for name, array in clip.items()})
    turn = np.diag([1.0, -1.0, -1.0])
    (folder / "cameras.json").write_text(json.dumps([camera_to_json(0, turn, np.array([0.0, 0.1, 1.2]))]))
    return folder


@pytest.fixture
def training(flame_model, tmp_path, rng) -> Path:
    head = api.add_head(flame_model)
    splats = bound_by_chance(head, True)
    bpy.data.objects.remove(head)
    return write_training(tmp_path / "somebody", splats, rng)


def test_a_training_is_head_avatar_clip_and_camera_in_one_step(training, flame_model):
    added = api.add_avatar(training)
    head, made = added.head, added.avatar
    assert api.avatars_of(head) == [made] and made.parent == head and made.name.startswith("somebody")
    assert head.flame_avatars.shown == "AVATAR" and head.hide_render
    assert added.count == 600 and len(added.clip.clip) == FRAMES
    lines = added.summary()
    assert lines[0] == f"600 splats follow {head.name}." and "The camera is number 0 of 1 in cameras.json." in lines
    assert not any("teeth" in line for line in lines)
    splats = read_splats(training / "point_cloud" / "iteration_600000" / "point_cloud.ply")
    with np.load(training / "point_cloud" / "iteration_600000" / "flame_param.npz") as file:
        offsets, jaws = file["static_offset"][0], file["jaw_pose"]
    np.testing.assert_allclose(api.get_params(head).offsets, offsets[:5023], atol=1e-6)
    for frame in (3, 1, 2):
        bpy.context.scene.frame_set(frame)
        np.testing.assert_allclose(api.get_params(head).jaw, jaws[frame - 1], atol=1e-6)
        assert follows(head, made, splats, teeth=offsets[5023:])
    camera = bpy.context.scene.camera
    np.testing.assert_allclose(
        np.array(camera.matrix_world.translation), to_blender(np.array([0.0, 0.1, 1.2])), atol=1e-6
    )
    assert (bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y) == (802, 550)


def test_only_what_is_asked_for_comes(training, flame_head):
    before = bpy.context.scene.camera
    added = api.add_avatar(training, flame_head)
    assert added.head == flame_head and added.clip is None and flame_head.animation_data is None
    assert bpy.context.scene.camera == before
    again = api.add_avatar(training, flame_head, clip=training / "point_cloud/iteration_600000/flame_param.npz")
    assert len(again.clip.clip) == FRAMES and len(api.avatars_of(flame_head)) == 2
    alone = api.add_avatar(training, play=False, camera=False)
    assert alone.head != flame_head and alone.clip is None and alone.notes == ()


def world_splats(count: int = 300) -> Splats:
    """Standing about where a head stands, in Blender's world."""
    rng, splats = np.random.default_rng(5), random_splats(count, 2)
    centres = rng.normal(0, 0.07, (count, 3)).astype(np.float32) + np.float32([0.5, 0.2, 1.0])
    return dataclasses.replace(splats, centres=centres, scales=splats.scales * np.float32(0.01))


def looks_like(found: Splats, wanted: Splats) -> None:
    np.testing.assert_allclose(found.centres, wanted.centres, atol=2e-5)
    np.testing.assert_allclose(found.scales, wanted.scales, rtol=2e-4)
    np.testing.assert_allclose(np.abs((found.rotations * wanted.rotations).sum(1)), 1, atol=1e-4)
    np.testing.assert_allclose(found.harmonics, wanted.harmonics, atol=1e-5)
    np.testing.assert_allclose(found.opacities, wanted.opacities, atol=1e-5)


@pytest.fixture
def posed_head(head, rng) -> bpy.types.Object:
    head.location, head.rotation_euler, head.scale = (0.5, 0.2, 1.0), (0.1, -0.2, 0.7), (1.2, 1.2, 1.2)
    api.set_params(head, jaw=(0.2, 0.0, 0.0), neck=(0.1, 0.1, 0.0))
    bpy.context.view_layer.update()
    return head


def test_splats_that_stand_by_themselves_are_bound_where_they_stand(posed_head, tmp_path):
    wanted = world_splats()
    path = write_ply(tmp_path / "scan.ply", columns_of(wanted))
    made = api.add_avatar(path, posed_head).avatar
    looks_like(shown(made), wanted)
    api.set_params(posed_head, jaw=(0.5, 0.0, 0.0))
    moved = np.linalg.norm(shown(made).centres - wanted.centres, axis=1)
    assert moved.max() > 0.005 and (moved < 1e-4).any(), "the chin's go along, the crown's stay"
    api.set_params(posed_head, jaw=(0.2, 0.0, 0.0))
    looks_like(shown(made), wanted)


def test_splats_told_in_flames_axes(posed_head, tmp_path):
    own = dataclasses.replace(world_splats(), centres=world_splats().centres - np.float32([0.5, 0.2, 1.0]))
    made = api.add_avatar(write_ply(tmp_path / "scan.ply", columns_of(own)), posed_head, axes="HEAD").avatar
    matrix = np.array(posed_head.matrix_world, np.float64)
    centres = to_blender(own.centres) @ matrix[:3, :3].T + matrix[:3, 3]
    found = shown(made)
    np.testing.assert_allclose(found.centres, centres, atol=2e-5)
    turn = matrix[:3, :3] / np.cbrt(np.linalg.det(matrix[:3, :3])) @ TO_BLENDER
    np.testing.assert_allclose(found.harmonics, turned(own.harmonics, turn), atol=1e-5)


def test_a_cloud_of_blenders_own_import_is_bound(posed_head, tmp_path):
    """Blender's reader of .ply is independent of ours."""
    wanted = world_splats()
    bpy.ops.wm.ply_import(filepath=str(write_ply(tmp_path / "scan.ply", columns_of(wanted))))
    cloud = bpy.context.view_layer.objects.active
    assert api.is_splat_cloud(cloud)
    added = api.bind_avatar(cloud, posed_head)
    assert cloud.hide_render and api.is_splat_cloud(cloud) and not api.is_splat_cloud(added.avatar)
    looks_like(shown(added.avatar), wanted)
    with pytest.raises(AvatarError, match="expected a cloud of splats that follows no head yet"):
        api.bind_avatar(added.avatar, posed_head)


def in_scene() -> tuple:
    return set(bpy.data.objects), set(bpy.data.pointclouds), set(bpy.data.cameras), bpy.context.scene.frame_end


@pytest.mark.parametrize("how", ["no head", "far", "no splats", "triangles", "built-in", "damaged clip"])
def test_what_is_refused_leaves_all_as_it_was(how, tmp_path, built_in_head, training):
    path, head = tmp_path / "scan.ply", built_in_head
    write_ply(path, columns_of(world_splats()))
    match how:
        case "no head":
            head, said = None, "expected splats that are bound to triangles, found such that stand by themselves"
        case "far":
            write_ply(path, columns_of(dataclasses.replace(world_splats(), centres=np.full((300, 3), 9, np.float32))))
            said = "expected splats within 2 m of FLAME Head, found none; move the head to where they show one"
        case "no splats":
            write_ply(path, [(axis, np.zeros(3)) for axis in "xyz"])
            said = "expected splats with f_dc_0"
        case "triangles":
            write_ply(path, columns_of(dataclasses.replace(random_splats(2), triangles=np.array([0, 99_999]))))
            said = "expected splats bound to triangles 0 to .* of this head, found 99999"
        case "built-in":
            path, head = training, None
            for name in [each for each in api.model_names() if each != api.BUILT_IN]:
                api.remove_model(name)
            said = "expected a model of FLAME's 5,023 vertices and 9,976 triangles, found"
        case "damaged clip":
            path, head = training, None
            (path / "point_cloud/iteration_600000/flame_param.npz").write_bytes(b"PK\x03\x04 and no more")
            said = "flame_param.npz"
    before = in_scene()
    with pytest.raises(api.FlameError, match=said):
        api.add_avatar(path, head)
    assert in_scene() == before
    assert not api.avatars_of(built_in_head) and not built_in_head.hide_render


def test_the_operators(training, flame_head, tmp_path):
    assert bpy.ops.flame.add_avatar(filepath=str(training), new_head=True) == {"FINISHED"}
    made = bpy.context.object
    head = made.parent
    assert head != flame_head and api.avatars_of(head) == [made] and bpy.context.scene.camera is not None
    bpy.ops.wm.ply_import(filepath=str(write_ply(tmp_path / "scan.ply", columns_of(random_splats(50)))))
    cloud = bpy.context.object
    assert not bpy.ops.flame.bind_avatar.poll(), "no head is selected"
    flame_head.select_set(True)
    assert bpy.ops.flame.bind_avatar() == {"FINISHED"} and bpy.context.object.parent == flame_head
    assert cloud.hide_viewport
    assert bpy.ops.flame.remove_avatar() == {"FINISHED"} and not api.avatars_of(flame_head)
    assert not flame_head.hide_viewport and bpy.context.object == flame_head
    assert not bpy.ops.flame.remove_avatar.poll()
    with pytest.raises(RuntimeError, match="expected a file or a folder, found none of that name"):
        bpy.ops.flame.add_avatar(filepath=str(tmp_path / "nothing.ply"))


def test_a_dropped_file_of_splats_is_no_mesh(training, flame_head, monkeypatch):
    cloud = training / "point_cloud" / "iteration_600000" / "point_cloud.ply"
    bpy.context.view_layer.objects.active = flame_head
    given = {"directory": str(cloud.parent), "files": [{"name": cloud.name}]}
    assert bpy.ops.flame.drop_meshes(**given) == {"FINISHED"}
    assert len(api.avatars_of(flame_head)) == 1
    handler = ops.FLAME_FH_meshes
    assert ".ply" in handler.bl_file_extensions and handler.bl_import_operator == "flame.drop_meshes"


def test_what_is_no_head_or_no_avatar(flame_head, training):
    cube = bpy.data.objects.new("Cube", bpy.data.meshes.new("Cube"))
    with pytest.raises(ParameterError):
        api.add_avatar(training, cube)
    with pytest.raises(ParameterError):
        api.avatars_of(cube)
    with pytest.raises(AvatarError, match="expected an avatar, found another object"):
        api.remove_avatar(cube)
    assert api.missing_splats() is None
    made = api.add_avatar(training, flame_head).avatar
    api.remove_avatar(made)
    assert api.avatars_of(flame_head) == [] and avatar_object.teeth_object.object_of(flame_head) is None
