"""LAM's and SplattingAvatar's avatars in a scene: head and splats in one step, where the tool has them."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.avatars import avatar_object
from flame_blender.errors import AvatarError
from flame_blender.geometry.axes import to_blender
from tests.blender.test_avatars import follows, shown
from tests.splats.tool_files import write_embedded, write_lam, zipped

pytestmark = pytest.mark.newest


@pytest.fixture
def person(flame_model) -> tuple[np.ndarray, np.ndarray]:
    """Somebody's vertices in FLAME's axes, and the triangles."""
    head = api.add_head(flame_model)
    api.set_params(head, shape=np.linspace(-1.5, 1.5, 10))
    found = api.evaluate(head, space="flame").astype(float), api.model(head).faces
    bpy.data.objects.remove(head)
    return found


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_lams_person_is_a_new_head(person, tmp_path, kind):
    places, _ = write_lam(tmp_path / "p2-1", *person)
    path = tmp_path / "p2-1" if kind == "folder" else zipped(tmp_path / "p2-1", tmp_path / "p2-1.zip")
    camera = bpy.context.scene.camera
    added = api.add_avatar(path)
    assert added.count == 20018 and added.avatar.name.startswith("p2-1") and added.notes == ()
    assert added.head.hide_render and bpy.context.scene.camera == camera
    np.testing.assert_allclose(api.evaluate(added.head, space="flame"), person[0], atol=2e-6)
    np.testing.assert_allclose(shown(added.avatar).centres, to_blender(places), atol=3e-6)
    api.set_params(added.head, jaw=(0.3, 0.0, 0.0), expression=np.ones(5))
    assert follows(added.head, added.avatar, avatar_object.bound_splats(added.avatar), 2e-6)


def test_lams_splats_take_the_shape_of_a_head_that_is_there(person, flame_head, tmp_path):
    write_lam(tmp_path / "p", *person)
    api.set_params(flame_head, shape=np.ones(4))
    before = api.evaluate(flame_head)
    added = api.add_avatar(tmp_path / "p", flame_head)
    np.testing.assert_array_equal(api.evaluate(flame_head), before)
    assert follows(flame_head, added.avatar, avatar_object.bound_splats(added.avatar), 2e-6)
    (tmp_path / "p" / "skin.glb").unlink()
    again = api.add_avatar(tmp_path / "p", flame_head)
    assert any("no skin.glb lies with them" in line for line in again.summary())


def test_splatting_avatar_on_flame(person, flame_head, built_in_head, tmp_path):
    places = write_embedded(tmp_path / "somebody" / "point_cloud" / "iteration_7", 4 * person[0], person[1])
    added = api.add_avatar(tmp_path / "somebody", flame_head)
    api.set_params(flame_head, shape=np.linspace(-1.5, 1.5, 10))
    np.testing.assert_allclose(shown(added.avatar).centres, to_blender(places / 4), atol=3e-6)
    before = set(bpy.data.objects)
    with pytest.raises(AvatarError, match="expected a head with the 9,976 triangles that the avatar was trained on"):
        api.add_avatar(tmp_path / "somebody", built_in_head)
    assert set(bpy.data.objects) == before


def test_the_operator_takes_a_zip(person, tmp_path):
    write_lam(tmp_path / "p", *person)
    path = zipped(tmp_path / "p", tmp_path / "p.zip")
    assert bpy.ops.flame.add_avatar(filepath=str(path), new_head=True) == {"FINISHED"}
    assert api.is_avatar(bpy.context.object) and len(bpy.context.object.data.points) == 20018
