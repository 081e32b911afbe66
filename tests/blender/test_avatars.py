"""Gaussian avatars in a scene: splats lie in the frames of their triangles of what Blender evaluates the head to."""

from __future__ import annotations

import dataclasses
import gc
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.avatars import avatar_object, seen, teeth_object
from flame_blender.avatars.seen import settings_of
from flame_blender.avatars.splat_cloud import read
from flame_blender.errors import AvatarError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.geometry.axes import TO_BLENDER, to_blender
from flame_blender.head.frame import frame_of
from flame_blender.splats.harmonics import colours
from flame_blender.splats.splats import Splats
from flame_blender.splats.teeth import with_teeth
from flame_blender.splats.triangle_frames import posed
from tests.blender.conftest import random_fields
from tests.splats.made_up import random_splats

pytestmark = pytest.mark.newest  # splats came with Blender 5.3
COUNT = 600


def bound_by_chance(head: bpy.types.Object, toothed: bool, count: int = COUNT, degree: int = 3) -> Splats:
    """Of every kind of triangle some: a third on teeth, where there are such."""
    n_faces = len(api.model(head).faces)
    splats = random_splats(count, degree, n_faces, 7)
    triangles = splats.triangles.copy()
    if toothed:
        triangles[::3] = n_faces + np.arange(len(triangles[::3])) % 168
    return dataclasses.replace(splats, triangles=triangles)


def expected(head: bpy.types.Object, splats: Splats, teeth: np.ndarray | None = None) -> Splats:
    """Where NumPy has them in FLAME's axes: the formulas that tests/splats holds against torch and smplx."""
    model = api.model(head)
    whole = with_teeth(model) if splats.triangles.max() >= len(model.faces) else model
    params = api.get_params(head)
    if whole is not model and params.offsets is not None:
        offsets = np.concatenate([params.offsets, np.zeros((120, 3)) if teeth is None else teeth])
        params = dataclasses.replace(params, offsets=offsets)
    return posed(splats, FlameEvaluator(whole).vertices(params), whole.faces)


def shown(avatar: bpy.types.Object) -> Splats:
    bpy.context.view_layer.update()
    return avatar_object.posed_splats(avatar, bpy.context.evaluated_depsgraph_get())


def follows(
    head: bpy.types.Object,
    avatar: bpy.types.Object,
    splats: Splats,
    close: float = 1e-6,
    teeth: np.ndarray | None = None,
) -> bool:
    found, wanted = shown(avatar), expected(head, splats, teeth)
    matrix = np.array(head.matrix_world, np.float64)
    linear = matrix[:3, :3] @ frame_of(head).linear
    centres = wanted.centres @ linear.T + matrix[:3, :3] @ frame_of(head).origin + matrix[:3, 3]
    scale = np.cbrt(np.linalg.det(linear))
    np.testing.assert_allclose(found.centres, centres, atol=close)
    np.testing.assert_allclose(found.scales, wanted.scales * scale, rtol=2e-4)  # of vertices rounded elsewhere
    return True


@pytest.fixture(params=[False, True], ids=["face", "teeth"])
def avatar(request, head) -> tuple[bpy.types.Object, bpy.types.Object, Splats]:
    splats = bound_by_chance(head, request.param)
    return head, avatar_object.add(head, splats, "Somebody"), splats


def test_it_follows_whatever_moves_the_head(avatar, rng):
    head, made, splats = avatar
    assert made.parent == head and seen.avatars_of(head) == [made]
    assert follows(head, made, splats)
    before = shown(made).centres
    for _ in range(2):
        api.set_params(head, **random_fields(head, rng))
        assert follows(head, made, splats)
    assert np.abs(shown(made).centres - before).max() > 0.01
    head.location, head.rotation_euler, head.scale = (0.3, 0.2, 0.1), (0.4, 0.2, 0.7), (1.5, 1.5, 1.5)
    assert follows(head, made, splats, 2e-6)
    with bpy.context.temp_override(active_object=head, selected_editable_objects=[head], selected_objects=[head]):
        bpy.ops.object.transform_apply()
    bpy.context.view_layer.update()
    assert follows(head, made, splats, 4e-6)
    api.set_params(head, jaw=(0.4, 0.0, 0.0))
    assert follows(head, made, splats, 4e-6)


def test_it_is_saved_and_opened(avatar, tmp_path):
    head, made, splats = avatar
    api.set_params(head, jaw=(0.3, 0.0, 0.0))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "avatar.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "avatar.blend"))
    (head,) = [obj for obj in bpy.data.objects if api.is_head(obj)]
    (made,) = seen.avatars_of(head)
    assert follows(head, made, splats)
    api.set_params(head, jaw=(0.1, 0.1, 0.0), neck=(0.2, 0.0, 0.0))
    assert follows(head, made, splats)
    kept = avatar_object.bound_splats(made)
    np.testing.assert_allclose(kept.harmonics, splats.harmonics, atol=2e-6)
    np.testing.assert_array_equal(kept.triangles, splats.triangles)


def test_it_is_appended_with_its_head(avatar, tmp_path):
    _head, made, splats = avatar
    name = made.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "avatar.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "avatar.blend")) as (_, wanted):
        wanted.objects = [name]
    for obj in bpy.data.objects:
        bpy.context.collection.objects.link(obj)
    (made,) = wanted.objects
    api.set_params(made.parent, jaw=(0.2, 0.0, 0.0))
    assert follows(made.parent, made, splats)


def test_a_copy_of_both_stands_alone(avatar):
    head, made, splats = avatar
    bpy.context.view_layer.update()
    for obj in bpy.data.objects:
        obj.hide_viewport, obj.hide_select = False, False
        obj.select_set(True)
    bpy.context.view_layer.objects.active = head
    bpy.ops.object.duplicate()
    copy = bpy.context.view_layer.objects.active
    (copied,) = seen.avatars_of(copy)
    assert copy != head and copied != made
    api.set_params(copy, jaw=(0.4, 0.0, 0.0))
    assert follows(copy, copied, splats) and follows(head, made, splats)


def test_a_copy_of_the_avatar_follows_the_same_head(avatar):
    head, made, splats = avatar
    other = made.copy()
    bpy.context.collection.objects.link(other)
    api.set_params(head, jaw=(0.4, 0.0, 0.0))
    assert set(seen.avatars_of(head)) == {made, other}
    assert follows(head, made, splats) and follows(head, other, splats)


def test_undo_and_redo(avatar):
    head, made, splats = avatar
    name, of = head.name, made.name
    bpy.ops.ed.undo_push(message="before")
    api.set_params(head, jaw=(0.4, 0.0, 0.0))
    bpy.ops.ed.undo_push(message="opened")
    bpy.ops.ed.undo()
    head, made = bpy.data.objects[name], bpy.data.objects[of]
    assert not np.any(api.get_params(head).jaw) and follows(head, made, splats)
    bpy.ops.ed.redo()
    head, made = bpy.data.objects[name], bpy.data.objects[of]
    assert np.any(api.get_params(head).jaw) and follows(head, made, splats)


def test_keys_and_drivers_move_it_though_the_head_is_hidden(avatar):
    head, made, splats = avatar
    settings_of(head).shown = "AVATAR"
    assert head.hide_render and head.hide_viewport and not made.hide_render
    for frame, jaw in ((1, 0.0), (5, 0.4)):
        api.set_params(head, jaw=(jaw, 0.0, 0.0))
        api.keyframe(head, frame)
    for frame in (2, 5, 1):
        bpy.context.scene.frame_set(frame)
        assert follows(head, made, splats)
    driver = head.driver_add("flame.translation", 0).driver
    driver.type = "SCRIPTED"
    driver.expression = "frame / 10"
    bpy.context.scene.frame_set(3)
    assert abs(api.get_params(head).translation[0] - 0.3) < 1e-6 and follows(head, made, splats)
    settings_of(head).shown = "HEAD"
    assert not head.hide_render and not head.hide_viewport and made.hide_render and made.hide_viewport
    settings_of(head).shown = "BOTH"
    assert not head.hide_viewport and not made.hide_viewport


def linked_in_another_file(avatar: bpy.types.Object, folder: Path) -> tuple[bpy.types.Object, bpy.types.Object]:
    """The avatar with its head, linked from a .blend into an empty one."""
    name = avatar.name
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "library.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(folder / "library.blend"), link=True) as (_, wanted):
        wanted.objects = [name]
    for obj in bpy.data.objects:
        bpy.context.collection.objects.link(obj)
    (made,) = wanted.objects
    assert made.library is not None and made.parent.library is not None
    return made.parent, made


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("linked", [False, True], ids=["own", "linked"])
def test_renders_have_each_frame(flame_head, tmp_path, linked):
    """Splats of the lower lip and teeth alone: they go down with the jaw, which a picture shows."""
    head = flame_head
    splats = bound_by_chance(head, True, 900, 0)
    lower = 9976 + 84 + np.arange(900) % 84
    splats = Splats(
        np.zeros((900, 3), np.float32), np.full((900, 3), 1.0, np.float32), splats.rotations,
        np.full(900, 0.99, np.float32), np.full((900, 1, 3), 1.5, np.float32), lower.astype(np.int32),
    )  # fmt: skip
    made = avatar_object.add(head, splats, "Teeth")
    settings_of(head).shown = "AVATAR"
    for frame, jaw in ((1, 0.0), (2, 0.5)):
        api.set_params(head, jaw=(jaw, 0.0, 0.0))
        api.keyframe(head, frame)
    if linked:
        head, made = linked_in_another_file(made, tmp_path)
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0.0, -0.6, 0.0), (np.pi / 2, 0.0, 0.0)
    scene.camera = camera
    scene.render.engine, scene.cycles.samples = "CYCLES", 8
    scene.render.resolution_x = scene.render.resolution_y = 64
    scene.render.resolution_percentage = 100
    scene.view_settings.view_transform = "Standard"
    scene.render.film_transparent = True
    scene.render.image_settings.file_format = "PNG"
    scene.frame_start, scene.frame_end = 1, 2
    scene.render.filepath = str(tmp_path / "####")
    bpy.ops.render.render(animation=True)
    gc.collect()  # Cycles' engine complains when Python lets go of it after Blender did: now, and not in another test
    heights = []
    for frame in (1, 2):
        image = bpy.data.images.load(str(tmp_path / f"{frame:04}.png"))
        alpha = np.array(image.pixels).reshape(64, 64, 4)[..., 3]
        assert alpha.max() > 0.5, frame
        heights.append((alpha.sum(1) * np.arange(64)).sum() / alpha.sum())
        scene.frame_set(frame)
        assert follows(head, made, splats)
        across = shown(made).centres[:, 2].mean() / 0.6
        wanted = 31.5 + 64 * camera.data.lens / 36 * across
        assert abs(heights[-1] - wanted) < 1.5, (frame, heights[-1], wanted)
    assert heights[1] < heights[0] - 2


def test_nothing_is_done_while_the_head_stays(avatar, monkeypatch):
    head, made, splats = avatar
    assert follows(head, made, splats)
    written = []
    monkeypatch.setattr(teeth_object.mesh, "put_positions", lambda *given: written.append(given))
    head.location.x += 0.1
    bpy.context.scene.frame_set(4)
    bpy.context.view_layer.update()
    updated = {update.id.name for update in bpy.context.evaluated_depsgraph_get().updates if update.is_updated_geometry}
    assert not written and made.data.name not in updated


def test_it_goes_without_a_trace(head):
    kinds = ("objects", "meshes", "pointclouds")
    before = {name: set(getattr(bpy.data, name)) for name in kinds}
    first = avatar_object.add(head, bound_by_chance(head, True), "First")
    second = avatar_object.add(head, bound_by_chance(head, True), "Second")
    plain = avatar_object.add(head, bound_by_chance(head, False), "Third")
    assert len(seen.avatars_of(head)) == 3 and teeth_object.object_of(head) is not None
    avatar_object.remove(first)
    assert teeth_object.object_of(head) is not None
    avatar_object.remove(second)
    assert teeth_object.object_of(head) is None
    avatar_object.remove(plain)
    assert before == {name: set(getattr(bpy.data, name)) for name in kinds}


def test_offsets_of_teeth_are_added_at_rest(flame_head):
    offsets = np.random.default_rng(3).normal(0, 1e-3, (120, 3)).astype(np.float32)
    made = avatar_object.add(flame_head, bound_by_chance(flame_head, True), "Somebody", offsets)
    api.set_params(flame_head, shape=np.ones(5), jaw=(0.2, 0.1, 0.0))
    whole = with_teeth(api.model(flame_head))
    params = api.get_params(flame_head)
    all_offsets = np.concatenate([np.zeros((5023, 3), np.float32), offsets])
    vertices = FlameEvaluator(whole).vertices(dataclasses.replace(params, offsets=all_offsets))
    wanted = posed(bound_by_chance(flame_head, True), vertices, whole.faces)
    np.testing.assert_allclose(shown(made).centres, to_blender(wanted.centres), atol=1e-6)


def test_colours_are_seen_along_blenders_axes(avatar):
    _head, made, splats = avatar
    directions = np.random.default_rng(1).normal(size=(len(splats), 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    seen = colours(shown(made).harmonics.astype(float), directions @ TO_BLENDER.T)
    np.testing.assert_allclose(seen, colours(splats.harmonics.astype(float), directions), atol=1e-5)
    assert read(made.data, "radiance:base", "FLOAT4").shape == (len(splats), 4)


def test_triangles_that_the_head_lacks_are_refused(built_in_head):
    splats = dataclasses.replace(random_splats(3, 0, 5), triangles=np.array([0, 1, 10**6], np.int32))
    before = set(bpy.data.objects)
    with pytest.raises(AvatarError, match=r"expected splats bound to triangles 0 to .* of this head, found 1000000"):
        avatar_object.add(built_in_head, splats, "Nobody")
    assert set(bpy.data.objects) == before


def test_a_baked_head_takes_it_along(avatar, tmp_path):
    head, made, splats = avatar
    for frame, jaw in ((1, 0.0), (4, 0.4)):
        api.set_params(head, jaw=(jaw, 0.0, 0.1), neck=(0.0, jaw / 2, 0.0))
        api.keyframe(head, frame)
    api.bake_cache(head, path=tmp_path / "head.pc2", frames=(1, 4))
    teeth = teeth_object.object_of(head)
    assert len(list(tmp_path.iterdir())) == (1 if teeth is None else 2)
    settings_of(head).shown = "AVATAR"
    for frame in (4, 2, 1, 3):
        bpy.context.scene.frame_set(frame)
        assert follows(head, made, splats)
    api.free_cache(head)
    assert teeth is None or not teeth.modifiers
    api.set_params(head, jaw=(0.1, 0.0, 0.0))
    assert follows(head, made, splats)
