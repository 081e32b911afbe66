"""Avatars changed in a scene: cut, coloured, put together, brought to another person; each taken back by undo."""

from __future__ import annotations

import dataclasses

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.avatars import avatar_object, teeth_object
from flame_blender.errors import AvatarError
from flame_blender.splats.triangle_frames import frames_of, posed
from tests.blender.test_avatars import bound_by_chance, expected, follows, shown
from tests.splats.made_up import random_splats

pytestmark = pytest.mark.newest


@pytest.fixture
def region(flame_head) -> tuple[str, np.ndarray]:
    """A vertex group of every vertex above a height, by name, and which triangles lie in it."""
    model = api.model(flame_head)
    above = model.v_template[:, 1] > np.median(model.v_template[:, 1])
    flame_head.vertex_groups.new(name="upper half").add(np.flatnonzero(above).tolist(), 1.0, "REPLACE")
    return "upper half", above[model.faces].sum(1) >= 2


@pytest.fixture
def avatar(flame_head) -> bpy.types.Object:
    return avatar_object.add(flame_head, bound_by_chance(flame_head, True), "Somebody")


def in_region(head, made, region) -> np.ndarray:
    triangles = avatar_object.bound_splats(made).triangles
    return np.append(region[1], np.zeros(168, bool))[triangles]


def test_a_region_is_cut_away(flame_head, avatar, region):
    here, before = in_region(flame_head, avatar, region), avatar_object.bound_splats(avatar)
    name = avatar.data.name
    assert api.crop_avatar(avatar, region="upper half") == here.sum() > 0
    found = avatar_object.bound_splats(avatar)
    np.testing.assert_array_equal(found.triangles, before.triangles[~here])
    np.testing.assert_array_equal(found.scales, before.scales[~here])
    assert avatar.data.name == name and len(bpy.data.pointclouds) == 1
    api.set_params(flame_head, jaw=(0.3, 0.0, 0.0))
    assert follows(flame_head, avatar, found)


def test_all_but_a_region_is_cut_away(flame_head, avatar, region):
    here = in_region(flame_head, avatar, region)
    assert api.crop_avatar(avatar, region="upper half", rest=True) == (~here).sum() > 0
    assert in_region(flame_head, avatar, region).all()
    assert follows(flame_head, avatar, avatar_object.bound_splats(avatar))


def test_teeth_and_shoulders(flame_head, avatar):
    model = api.model(flame_head)
    toothed = avatar_object.bound_splats(avatar).triangles >= len(model.faces)
    assert api.crop_avatar(avatar, region="teeth") == toothed.sum() == 200
    assert "shoulders" not in api.avatar_regions(flame_head)
    low = np.flatnonzero(model.v_template[:, 1] < np.quantile(model.v_template[:, 1], 0.2))
    flame_head.vertex_groups.new(name="neck").add(low.tolist(), 1.0, "REPLACE")
    assert {"neck", "shoulders", "teeth"} <= set(api.avatar_regions(flame_head))
    of_neck = np.isin(model.faces, low).sum(1) >= 2
    count = of_neck[avatar_object.bound_splats(avatar).triangles].sum()
    assert api.crop_avatar(avatar, region="shoulders") == count > 0


def test_what_floats_off_the_mesh_is_cut_away(flame_head):
    """Every tenth stands 5 cm off its triangle; how far it is off all of them, points all over the mesh tell."""
    api.set_params(flame_head, jaw=(0.2, 0.0, 0.0))
    faces, vertices = api.model(flame_head).faces, api.evaluate(flame_head).astype(float)
    splats = random_splats(300, 0, len(faces), 4)
    away = np.zeros((300, 3), np.float32)
    away[::10, 1] = 0.05 / frames_of(vertices, faces).sizes[splats.triangles[::10]]
    made = avatar_object.add(flame_head, dataclasses.replace(splats, centres=away), "Somebody")
    weights = np.random.default_rng(1).dirichlet(np.ones(3), 8)
    points = np.concatenate([np.einsum("k,fka->fa", each, vertices[faces]) for each in weights])
    centres = posed(avatar_object.bound_splats(made), vertices, faces).centres
    far = np.array([np.linalg.norm(points - centre, axis=1).min() for centre in centres])
    wanted = far > 0.03
    assert 10 < wanted.sum() <= 30 and not (np.abs(far - 0.03) < 0.001).any()
    assert api.crop_avatar(made, beyond=0.06) == 0
    assert api.crop_avatar(made, beyond=0.03) == wanted.sum()
    np.testing.assert_array_equal(avatar_object.bound_splats(made).triangles, splats.triangles[~wanted])


def test_colours_of_a_region(flame_head, avatar, region):
    here, before = in_region(flame_head, avatar, region), avatar_object.bound_splats(avatar)
    assert api.grade_avatar(avatar, region="upper half", gain=(0.5, 0.5, 0.5), opacity=0.5) == here.sum()
    found = avatar_object.bound_splats(avatar)
    light = lambda splats: 0.5 + 0.28209479 * splats.harmonics[:, 0]  # noqa: E731
    np.testing.assert_allclose(light(found), light(before) * np.where(here, 0.5, 1)[:, None], atol=1e-5)
    np.testing.assert_allclose(found.opacities, before.opacities * np.where(here, 0.5, 1), atol=1e-6)
    np.testing.assert_allclose(shown(avatar).opacities, found.opacities, atol=1e-6)
    assert follows(flame_head, avatar, before)


@pytest.mark.parametrize("replace", [True, False])
def test_hair_of_another(flame_head, flame_model, avatar, region, replace):
    """The other follows another person's head, in another pose; what comes follows this one's."""
    there = api.add_head(flame_model)
    api.set_params(there, shape=np.full(5, 1.5), jaw=(0.4, 0.0, 0.0))
    there.vertex_groups.new(name="upper half").add(
        np.flatnonzero(api.model(there).v_template[:, 1] > np.median(api.model(there).v_template[:, 1])).tolist(),
        1.0, "REPLACE",
    )  # fmt: skip
    splats = random_splats(500, 1, len(api.model(there).faces), 11)
    other = avatar_object.add(there, splats, "Other")
    own = avatar_object.bound_splats(avatar)
    mine, theirs = in_region(flame_head, avatar, region), region[1][splats.triangles]
    assert api.merge_avatars(avatar, other, region="upper half", replace=replace) == theirs.sum()
    found = avatar_object.bound_splats(avatar)
    kept = ~mine if replace else np.ones(len(own), bool)
    np.testing.assert_array_equal(found.triangles, np.concatenate([own.triangles[kept], splats.triangles[theirs]]))
    np.testing.assert_allclose(found.scales, np.concatenate([own.scales[kept], splats.scales[theirs]]), rtol=1e-6)
    np.testing.assert_allclose(found.harmonics[kept.sum() :, :4], splats.harmonics[theirs], atol=1e-6)
    assert found.degree == 3 and len(avatar_object.bound_splats(other)) == 500
    api.set_params(flame_head, jaw=(0.2, 0.0, 0.0))
    assert follows(flame_head, avatar, found)


def test_teeth_come_to_an_avatar_that_had_none(flame_head):
    plain = avatar_object.add(flame_head, bound_by_chance(flame_head, False), "Plain")
    toothed = avatar_object.add(flame_head, bound_by_chance(flame_head, True), "Toothed")
    assert api.merge_avatars(plain, toothed, region="teeth") == 200
    api.set_params(flame_head, jaw=(0.3, 0.0, 0.0), shape=np.ones(4))
    assert follows(flame_head, plain, avatar_object.bound_splats(plain))
    api.remove_avatar(toothed)
    assert teeth_object.object_of(flame_head) is not None, "the other needs them now"
    assert follows(flame_head, plain, avatar_object.bound_splats(plain))


def test_the_same_avatar_on_another_person(flame_head, flame_model, avatar):
    """Identities differ, with offsets of the teeth: each splat stays in the frame of its triangle on either head."""
    kept, offsets = avatar_object.bound_splats(avatar), np.full((120, 3), 1e-3, np.float32)
    teeth_object.add(flame_head, api.model(flame_head), offsets)
    other = api.add_head(flame_model)
    api.set_params(other, shape=np.linspace(-2, 2, 10), expression=np.ones(4), jaw=(0.2, 0.0, 0.1))
    other.location = (0.5, 0.0, 0.0)
    added = api.copy_avatar(avatar, other)
    assert added.head == other and added.count == len(kept) and api.avatars_of(other) == [added.avatar]
    assert other.hide_render and not flame_head.hide_render
    np.testing.assert_array_equal(teeth_object.offsets_of(teeth_object.object_of(other)), offsets)
    found = shown(added.avatar).centres - np.array([0.5, 0.0, 0.0])
    params = dataclasses.replace(api.get_params(other), offsets=np.zeros((5023, 3), np.float32))
    api.set_params(other, offsets=params.offsets)
    wanted = expected(other, kept, offsets)
    np.testing.assert_allclose(found, wanted.centres @ np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]), atol=2e-6)


def test_another_topology_is_refused(flame_head, avatar, built_in_head):
    made = api.make_avatar(built_in_head, count=1000).avatar
    with pytest.raises(AvatarError, match=r"expected a head with the triangles of .*, found .* triangles instead"):
        api.copy_avatar(avatar, built_in_head)
    with pytest.raises(AvatarError, match="expected a head with the triangles of"):
        api.merge_avatars(avatar, made)
    assert api.crop_avatar(made, region="scalp") > 0 and "shoulders" in api.avatar_regions(built_in_head)


def test_what_cannot_be_changed_is_refused(flame_head, avatar):
    before = avatar.data
    for told, said in (
        ({"region": "tail"}, "tail: expected a region of .*, one of teeth"),
        ({}, "expected splats to be left, found that all would go"),
    ):
        with pytest.raises(AvatarError, match=said):
            api.crop_avatar(avatar, **told)
    with pytest.raises(AvatarError, match="saturation: expected 0 or more, found -1"):
        api.grade_avatar(avatar, saturation=-1)
    with pytest.raises(AvatarError, match="expected another avatar to take splats from, found the same"):
        api.merge_avatars(avatar, avatar)
    with pytest.raises(AvatarError, match="expected an avatar, found another object"):
        api.copy_avatar(flame_head, flame_head)
    plain = avatar_object.add(flame_head, bound_by_chance(flame_head, False), "Plain")
    with pytest.raises(AvatarError, match="expected splats of teeth, found none"):
        api.merge_avatars(avatar, plain, region="teeth")
    assert avatar.data == before


def test_the_operators_and_their_undo(flame_head, flame_model, avatar):
    layer, count = bpy.context.view_layer, len(avatar.data.points)
    layer.objects.active = avatar
    name = avatar.name
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.flame.crop_avatar(region="teeth") == {"FINISHED"}
    bpy.ops.ed.undo_push(message="cropped")
    assert len(bpy.data.objects[name].data.points) == count - 200
    bpy.ops.ed.undo()
    avatar = bpy.data.objects[name]
    assert len(avatar.data.points) == count
    head = avatar.parent
    assert follows(head, avatar, avatar_object.bound_splats(avatar))
    layer = bpy.context.view_layer
    layer.objects.active = avatar
    dark = avatar_object.bound_splats(avatar).opacities
    assert bpy.ops.flame.grade_avatar(opacity=0.5) == {"FINISHED"}
    np.testing.assert_allclose(avatar_object.bound_splats(avatar).opacities, dark / 2, atol=1e-6)
    with pytest.raises(RuntimeError, match="expected a region"):
        bpy.ops.flame.crop_avatar(region="tail")
    assert not bpy.ops.flame.merge_avatars.poll() and not bpy.ops.flame.copy_avatar.poll()
    other = api.add_head(flame_model)
    for obj in bpy.data.objects:
        obj.select_set(obj in (avatar, other))
    layer.objects.active = other
    assert bpy.ops.flame.copy_avatar() == {"FINISHED"}
    (made,) = api.avatars_of(other)
    assert bpy.context.object == made and api.is_avatar(made) and not api.is_avatar(other)
    api.crop_avatar(avatar, region="teeth", rest=True)
    made.select_set(True)
    avatar.select_set(True)
    layer.objects.active = avatar
    assert bpy.ops.flame.merge_avatars(region="") == {"FINISHED"}
    assert len(avatar.data.points) == count, "all of it comes instead"
