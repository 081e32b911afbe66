"""Colours that turn with triangles: from 1,000 sides they are what each triangle's rotation makes of them."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.avatars import avatar_object, turning_nodes
from flame_blender.errors import AvatarError
from flame_blender.geometry.axes import TO_BLENDER, to_blender
from flame_blender.splats.harmonics import basis
from flame_blender.splats.splat_files import read_splats
from flame_blender.splats.splats import Splats
from flame_blender.splats.teeth import triangles as of_teeth
from tests.blender.conftest import random_fields
from tests.blender.test_avatars import bound_by_chance, follows, shown
from tests.splats.made_up import directions

pytestmark = pytest.mark.newest
COUNT, SIDES = 300, 1000


def axes_of(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F, 3, 3) in columns: the first edge, the normal, and what is across both; written out, in float64."""
    first, second, third = (vertices[faces[:, corner]].astype(np.float64) for corner in range(3))
    along = second - first
    normal = np.cross(along, third - first)
    axes = np.stack([along, normal, np.cross(along, normal)], 2)
    return axes / np.linalg.norm(axes, axis=1, keepdims=True)


def vertices_of(head: bpy.types.Object, toothed: bool) -> np.ndarray:
    """As the nodes are given them: float32, of Blender's evaluated meshes, teeth last."""
    bpy.context.view_layer.update()
    depsgraph, parts = bpy.context.evaluated_depsgraph_get(), []
    for obj in (head, head.flame_avatars.teeth) if toothed else (head,):
        mesh = obj.evaluated_get(depsgraph).data
        positions = np.empty((len(mesh.vertices), 3), np.float32)
        mesh.vertices.foreach_get("co", positions.ravel())
        parts.append(positions)
    return np.concatenate(parts)


def seen(harmonics: np.ndarray, along: np.ndarray) -> np.ndarray:
    """(N, D, 3) of harmonics (N, K, 3) along directions (N, D, 3), or (D, 3) for all."""
    degree = int(np.sqrt(harmonics.shape[1])) - 1
    return np.matmul(basis(along, degree), harmonics.astype(np.float64))


def turns_with_triangles(head: bpy.types.Object, made: bpy.types.Object, splats: Splats, rest: np.ndarray) -> bool:
    """What was seen along d is seen along the triangle's turn of d."""
    model, along = api.model(head), directions(SIDES)
    toothed = splats.triangles.max() >= len(model.faces)
    faces = np.concatenate([model.faces, of_teeth(5023)]) if toothed else model.faces
    turns = (axes_of(vertices_of(head, toothed), faces) @ axes_of(rest, faces).swapaxes(1, 2))[splats.triangles]
    before = seen(splats.harmonics, along @ TO_BLENDER)  # of FLAME's axes, in Blender's
    after = seen(made_harmonics(made), np.einsum("nab,db->nda", turns, along))
    np.testing.assert_allclose(after, before, atol=1e-5)
    return True


def made_harmonics(made: bpy.types.Object) -> np.ndarray:
    return shown(made).harmonics


@pytest.fixture
def avatar(flame_head, request) -> tuple[bpy.types.Object, bpy.types.Object, Splats]:
    splats = bound_by_chance(flame_head, True, COUNT, getattr(request, "param", 3))
    api.set_params(flame_head, shape=np.linspace(-1, 1, 8))
    return flame_head, avatar_object.add(flame_head, splats, "Somebody"), splats


@pytest.mark.parametrize("avatar", [1, 2, 3], indirect=True)
def test_colours_turn_with_each_triangle(avatar, rng):
    head, made, splats = avatar
    rest = vertices_of(head, True)
    made.flame_avatars.turned = True
    np.testing.assert_allclose(made_harmonics(made), shown_as_told(splats), atol=1e-5)
    for _ in range(2):
        api.set_params(head, **{**random_fields(head, rng), "shape": np.linspace(-1, 1, 8)})
        assert turns_with_triangles(head, made, splats, rest) and follows(head, made, splats)
    assert np.abs(made_harmonics(made) - shown_as_told(splats)).max() > 0.1
    made.flame_avatars.turned = False
    np.testing.assert_allclose(made_harmonics(made), shown_as_told(splats), atol=1e-5)
    assert len(made.modifiers) == 1 and turning_nodes.REST not in made.data.attributes


def shown_as_told(splats: Splats) -> np.ndarray:
    """Harmonics of a file in Blender's axes, by least squares over directions."""
    along = directions(200)
    degree = splats.degree
    told = np.matmul(basis(along @ TO_BLENDER, degree), splats.harmonics.astype(np.float64))
    return np.matmul(np.linalg.pinv(basis(along, degree)), told)


@pytest.mark.parametrize("avatar", [0], indirect=True)
def test_one_colour_from_every_side_has_nothing_to_turn(avatar):
    head, made, splats = avatar
    api.turn_colours(made)
    api.set_params(head, jaw=(0.4, 0.0, 0.0))
    assert made.flame_avatars.turned and len(made.modifiers) == 1
    np.testing.assert_allclose(made_harmonics(made), splats.harmonics, atol=1e-6)


def test_a_copy_goes_on_turning(avatar):
    head, made, splats = avatar
    rest = vertices_of(head, True)
    api.turn_colours(made)
    copy = made.copy()
    bpy.context.collection.objects.link(copy)
    api.turn_colours(made, False)
    api.set_params(head, jaw=(0.4, 0.1, 0.0))
    assert turns_with_triangles(head, copy, splats, rest) and len(made.modifiers) == 1


def test_it_is_saved_edited_copied_and_written(avatar, flame_model, tmp_path):
    head, made, splats = avatar
    rest = vertices_of(head, True)
    api.turn_colours(made)
    api.set_params(head, jaw=(0.4, 0.1, 0.0), neck=(0.2, 0.3, 0.0))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "turned.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "turned.blend"))
    (head,) = [obj for obj in bpy.data.objects if api.is_head(obj)]
    (made,) = api.avatars_of(head)
    assert turns_with_triangles(head, made, splats, rest)
    api.crop_avatar(made, region="teeth")
    left = splats.chosen(splats.triangles < 9976)
    assert turns_with_triangles(head, made, left, rest[:5023])
    api.export_avatar(made, tmp_path / "posed.ply", axes="FLAME")
    written = read_splats(tmp_path / "posed.ply").harmonics
    along = directions(50)
    np.testing.assert_allclose(seen(written, along), seen(made_harmonics(made), to_blender(along)), atol=1e-5)
    api.export_avatar(made, tmp_path / "bound.ply", axes="BOUND")
    np.testing.assert_allclose(read_splats(tmp_path / "bound.ply").harmonics, left.harmonics, atol=2e-6)
    other = api.add_head(flame_model)
    assert api.copy_avatar(made, other).avatar.flame_avatars.turned
    with pytest.raises(AvatarError, match="expected an avatar, found another object"):
        api.turn_colours(head)
