"""Avatars that leave Blender, and such as are made of a head: what is written is read back by others."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from mathutils.kdtree import KDTree

from flame_blender import api
from flame_blender.avatars import avatar_object
from flame_blender.avatars.splat_cloud import splats_of
from flame_blender.errors import AvatarError
from flame_blender.geometry.axes import to_blender
from flame_blender.shading.pictures import pixels_of
from flame_blender.splats.harmonics import colours
from flame_blender.splats.splat_files import read_splats
from tests.blender.test_add_avatar import looks_like
from tests.blender.test_avatars import bound_by_chance, expected, follows, shown

pytestmark = pytest.mark.newest


@pytest.fixture
def moving(flame_head) -> tuple:
    """An avatar with teeth on a head that stands somewhere and moves from frame 1 to 3."""
    splats = bound_by_chance(flame_head, True)
    made = avatar_object.add(flame_head, splats, "Somebody")
    flame_head.location, flame_head.rotation_euler, flame_head.scale = (0.3, 0.2, 0.1), (0.1, 0.0, 0.6), (1.5, 1.5, 1.5)
    for frame, jaw in ((1, 0.0), (3, 0.4)):
        api.set_params(flame_head, jaw=(jaw, 0.0, 0.0), translation=(jaw, 0.0, 0.0))
        api.keyframe(flame_head, frame)
    bpy.context.scene.frame_set(1)
    return flame_head, made, splats


def test_frames_are_written_where_the_splats_are(moving, tmp_path):
    _, made, _ = moving
    written = api.export_avatar(made, tmp_path / "somebody.ply", frames=(1, 3, 2))
    assert [path.name for path in written.paths] == [f"somebody_{frame:04d}.ply" for frame in (1, 3, 2)]
    assert written.deviation_mm <= 1e-3 and bpy.context.scene.frame_current == 1
    for frame, path in zip((1, 3, 2), written.paths, strict=True):
        bpy.context.scene.frame_set(frame)
        looks_like(read_splats(path), shown(made))
    bpy.context.scene.frame_set(2)
    bpy.ops.wm.ply_import(filepath=str(written.paths[2]))  # by Blender's own reader
    looks_like(splats_of(bpy.context.object.data), shown(made))


def test_flames_axes_are_the_heads_own(moving, tmp_path):
    head, made, splats = moving
    bpy.context.scene.frame_set(3)
    api.export_avatar(made, tmp_path / "somebody.ply", axes="FLAME")
    found, wanted = read_splats(tmp_path / "somebody.ply"), expected(head, splats)
    np.testing.assert_allclose(found.centres, wanted.centres, atol=2e-6)
    np.testing.assert_allclose(found.scales, wanted.scales, rtol=2e-4)
    np.testing.assert_allclose(found.harmonics, wanted.harmonics, atol=1e-5)


def test_what_is_bound_comes_back_as_the_same_avatar(moving, tmp_path):
    head, made, splats = moving
    head.flame_avatars.shown = "HEAD"
    api.export_avatar(made, tmp_path / "point_cloud.ply", axes="BOUND")
    found = read_splats(tmp_path / "point_cloud.ply", 10_144)
    looks_like(found, splats)
    np.testing.assert_array_equal(found.triangles, splats.triangles)
    again = api.add_avatar(tmp_path, head).avatar
    assert follows(head, again, splats, 2e-6)
    api.export_avatar(made, tmp_path / "world.ply")
    assert made.hide_viewport, "hidden as before"


def test_what_cannot_be_written_is_refused(moving, tmp_path):
    head, made, _ = moving
    with pytest.raises(AvatarError, match=r"expected a name ending in \.ply, found \.abc"):
        api.export_avatar(made, tmp_path / "somebody.abc")
    with pytest.raises(AvatarError, match="expected an avatar, found another object"):
        api.export_avatar(head, tmp_path / "somebody.ply")
    with pytest.raises(AvatarError, match="expected at least one frame, found none"):
        api.export_avatar(made, tmp_path / "somebody.ply", frames=())
    assert not list(tmp_path.iterdir())


def test_a_made_avatar_has_the_heads_colours(built_in_head):
    api.set_params(built_in_head, jaw=(0.2, 0.0, 0.0))
    added = api.make_avatar(built_in_head, count=4000, lit=False, seed=3)
    made = added.avatar
    assert added.count == 4000 and api.avatars_of(built_in_head) == [made] and built_in_head.hide_render
    found = shown(made)
    surface = api.evaluate(built_in_head, space="world")
    tree = KDTree(len(surface))
    for number, point in enumerate(surface):
        tree.insert(point, number)
    tree.balance()
    far = [tree.find(point)[2] for point in found.centres]
    assert np.quantile(far, 0.9) < 0.006 and max(far) < 0.03
    image = next(each for each in bpy.data.images if "skin" in each.name and "relief" not in each.name)
    tone = np.median(pixels_of(image)[..., :3].reshape(-1, 3), 0)
    seen = colours(found.harmonics, np.tile(np.float32([0, 1, 0]), (4000, 1)))
    face = (found.centres[:, 1] < -0.06) & (found.centres[:, 2] > 0)
    assert np.abs(np.median(seen[face], 0) - tone).max() < 0.12, (np.median(seen[face], 0), tone)
    assert seen.std(0).max() > 0.03, "eyes, lips and brows differ"
    lit = shown(api.make_avatar(built_in_head, count=4000, seed=3).avatar)
    np.testing.assert_allclose(lit.centres, found.centres, atol=1e-6)
    assert (colours(lit.harmonics, np.tile(np.float32([0, 1, 0]), (4000, 1))) <= seen + 1e-4).all()


def test_a_made_avatar_follows_and_is_written(head, tmp_path):
    made = api.make_avatar(head, count=2000).avatar
    kept = avatar_object.bound_splats(made)
    assert follows(head, made, kept, 2e-6)
    api.set_params(head, jaw=(0.4, 0.1, 0.0))
    assert follows(head, made, kept, 2e-6)
    api.export_avatar(made, tmp_path / "made.ply", axes="BOUND")
    other = api.add_head(head.flame.model_name)
    again = api.add_avatar(tmp_path / "made.ply", other).avatar
    api.set_params(other, shape=np.full(5, 1.5))
    assert follows(other, again, kept, 2e-6), "the same avatar on another person"


def test_grown_hair_lies_along_its_strands(built_in_head):
    """Brows and lashes whole, of scalp hair what there is room for: where Blender's own nodes have the strands."""
    api.grow_hair(built_in_head, scalp="CROP", brows="NATURAL", lashes="LONG", density=0.1, seed=5)
    api.set_params(built_in_head, expression=np.ones(6), neck=(0.1, 0.2, 0.0))
    bpy.context.view_layer.update()
    middles, pieces = [], []
    for obj in api.hair_of(built_in_head).values():
        evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        points = np.empty((len(evaluated.points), 3), np.float32)
        evaluated.attributes["position"].data.foreach_get("vector", points.ravel())
        points = points.reshape(len(evaluated.curves), -1, 3)
        middles.append(((points[:, 1:] + points[:, :-1]) / 2).reshape(-1, 3))
        pieces.append(len(obj.data.points) - len(obj.data.curves))
    made = api.make_avatar(built_in_head, count=1500, hair=4000, seed=2).avatar
    assert 1500 + sum(pieces[1:]) < len(made.data.points) <= 1500 + 4000 < 1500 + sum(pieces)
    tree = KDTree(len(made.data.points))
    for number, centre in enumerate(shown(made).centres):
        tree.insert(centre, number)
    tree.balance()
    for own in middles[1:]:  # of these pieces views show all strands
        assert max(tree.find(middle)[2] for middle in own) < 5e-6
    assert np.median([tree.find(middle)[2] for middle in middles[0][:500]]) < 5e-6
    kept = avatar_object.bound_splats(made)
    api.set_params(built_in_head, jaw=(0.3, 0.0, 0.0), neck=(0.0, -0.2, 0.1))
    assert follows(built_in_head, made, kept, 2e-6)
    assert len(api.make_avatar(built_in_head, count=1500, hair=0).avatar.data.points) == 1500


def test_what_cannot_be_made_is_refused(head):
    for count in (10, 3_000_000):
        with pytest.raises(AvatarError, match="count: expected 1000 to 2e"):
            api.make_avatar(head, count=count)
    assert not api.avatars_of(head)


def test_the_operators(built_in_head, tmp_path):
    bpy.context.view_layer.objects.active = built_in_head
    assert not bpy.ops.flame.export_avatar.poll()
    assert bpy.ops.flame.make_avatar(count=1500) == {"FINISHED"}
    path = tmp_path / "made.ply"
    assert bpy.ops.flame.export_avatar(filepath=str(path), axes="BOUND") == {"FINISHED"}
    assert len(read_splats(path)) == 1500 and to_blender(read_splats(path).centres).shape == (1500, 3)
