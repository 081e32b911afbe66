"""A head on a body: placed as Procrustes says, carried by its bones, its neck's rim on the body's skin."""

from __future__ import annotations

import bpy
import mathutils
import numpy as np
import pytest

from flame_blender import api
from flame_blender.bodies import hanging, left_alone, masking, on_body, welding
from flame_blender.errors import ModelError, ParameterError
from flame_blender.geometry.axes import to_blender
from flame_blender.head import models
from flame_blender.head.active import select_only
from tests.blender.made_bodies import MadeBody, add_body

CLOSE = 2e-6  # metres
GROUPS = {"flame", "flame_body", "flame_fit"}  # Blender 4.2 keeps them among an object's keys


@pytest.fixture
def body(flame_head) -> MadeBody:
    return add_body(models.evaluator(flame_head.flame.fingerprint).model)


def world_of(obj: bpy.types.Object) -> np.ndarray:
    """(N, 3) world: what Blender shows of the object."""
    found = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    places = np.empty((len(found.data.vertices), 3), np.float32)
    found.data.vertices.foreach_get("co", places.ravel())
    matrix = np.array(found.matrix_world, np.float64)
    return places @ matrix[:3, :3].T + matrix[:3, 3]


def rim_of(head: bpy.types.Object) -> np.ndarray:
    """The lowest border of the head, told by edges of one triangle alone."""
    model = models.evaluator(head.flame.fingerprint).model
    edges = np.sort(np.concatenate([model.faces[:, [0, 1]], model.faces[:, [1, 2]], model.faces[:, [2, 0]]]), 1)
    edges, times = np.unique(edges, axis=0, return_counts=True)
    border = np.unique(edges[times == 1])
    return border[model.v_template[border, 1] < -0.1]


def umeyama(source: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(4, 4): the similarity of least squares, after Umeyama 1991, written out."""
    weights = weights / weights.sum()
    centres = weights @ source, weights @ target
    one, other = source - centres[0], target - centres[1]
    left, sizes, right = np.linalg.svd((other * weights[:, None]).T @ one)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    scale = (sizes * signs).sum() / (weights @ (one**2).sum(1))
    matrix = np.eye(4)
    matrix[:3, :3] = scale * left @ np.diag(signs) @ right
    matrix[:3, 3] = centres[1] - matrix[:3, :3] @ centres[0]
    return matrix


def neck_shares(head: bpy.types.Object) -> np.ndarray:
    """(V,) how much each vertex goes with the neck's rim, as the head's mesh keeps it."""
    attribute = head.data.attributes[welding.BLEND]
    shares = np.empty(len(head.data.vertices), np.float32)
    attribute.data.foreach_get("value", shares)
    return shares


def own(head: bpy.types.Object) -> np.ndarray:
    """(V, 3) of the head's object, before modifiers: what its parameters give."""
    return to_blender(api.evaluate(head)).astype(np.float64)


def moved_by(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ np.asarray(matrix)[:3, :3].T + np.asarray(matrix)[:3, 3]


def test_it_stands_where_procrustes_says(flame_head, body):
    api.set_params(flame_head, shape=[2.0, -1.0])
    rest = own(flame_head)
    api.set_params(flame_head, expression=[1.5], jaw=(0.3, 0, 0), neck=(0, 0.4, 0))  # which do not count
    body.mesh.data.transform(mathutils.Matrix.Scale(1.1, 4))
    body.armature.matrix_world = mathutils.Euler((0.2, 0.1, 0.7)).to_matrix().to_4x4()
    flame_head.location = (0.3, 0.1, 0.2)
    bpy.context.view_layer.update()
    there = moved_by(body.mesh.matrix_world, 1.1 * to_blender(body.like.vertices[body.like.ids]))
    done = api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids, blend=0.05)
    weights = 1.0 - neck_shares(flame_head)
    expected = umeyama(rest, there, weights)
    assert np.abs(np.array(flame_head.matrix_world) - expected).max() < 1e-5
    off = np.sqrt(weights @ ((moved_by(expected, rest) - there) ** 2).sum(1) / weights.sum())
    assert done.off == pytest.approx(off, rel=1e-3) and done.place == "VERTICES" and done.carried_by == "bone head"
    assert tuple(flame_head.location) == pytest.approx((0.3, 0.1, 0.2)), "the user's own"


def test_bones_carry_it_and_the_rim_stays_on_the_skin(flame_head, body, rng):
    api.set_params(flame_head, shape=[2.0, -1.0])
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids, blend=0.06)
    placed, shares = np.array(flame_head.matrix_world), neck_shares(flame_head)
    bone = body.armature.pose.bones["head"]
    for _ in range(3):
        body.pose(**{name: tuple(rng.normal(size=3) * 0.3) for name in ("pelvis", "spine3", "neck", "head", "jaw")})
        api.set_params(flame_head, expression=rng.normal(size=5), jaw=(0.2, 0, 0))
        bpy.context.view_layer.update()
        shown, skin = world_of(flame_head), body.skinned()[body.like.ids]
        turned = np.array(bone.matrix @ bone.bone.matrix_local.inverted()) @ placed
        rigid = moved_by(turned, own(flame_head))
        free = shares == 0
        assert 0.5 < free.mean() < 0.99
        assert np.abs(shown[free] - rigid[free]).max() < CLOSE
        rim = rim_of(flame_head)
        assert (shares[rim] == 1).all() and np.abs(shown[rim] - skin[rim]).max() < CLOSE
        assert np.abs(shown - rigid - shares[:, None] * (skin - rigid)).max() < CLOSE, "between, a share of the way"


def test_without_bones_three_vertices_carry_it(flame_head):
    model = models.evaluator(flame_head.flame.fingerprint).model
    body = add_body(model, bones=False)
    done = api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids, blend=0.03)
    assert done.carried_by == "three vertices" and flame_head.parent_type == "VERTEX_3"
    rest = np.array([vertex.co for vertex in body.mesh.data.vertices], np.float64)
    body.mesh.shape_key_add(name="Basis")
    key = body.mesh.shape_key_add(name="turned")
    turn = np.array(mathutils.Euler((0.4, 0.2, 0.5)).to_matrix())
    key.data.foreach_set("co", (rest @ turn.T + (0.1, 0.2, 0.3)).astype(np.float32).ravel())
    key.value = 1.0
    bpy.context.view_layer.update()
    shown, shares = world_of(flame_head), neck_shares(flame_head)
    there = (rest @ turn.T + (0.1, 0.2, 0.3))[body.like.ids]
    assert np.abs(shown - there)[shares < 1].max() < 2e-5, "Blender's triangle of three vertices is float32"
    assert np.abs(shown - there)[shares == 1].max() < CLOSE


def test_the_bodys_own_head_is_hidden_and_nothing_of_it_lost(flame_head, body):
    before = [tuple(vertex.co) for vertex in body.mesh.data.vertices]
    done = api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    found = body.mesh.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    places = world_of(body.mesh)
    left = np.array([places[list(polygon.vertices)].mean(0) for polygon in found.polygons])
    rest = to_blender(body.like.vertices)
    hidden = np.setdiff1d(body.like.ids, body.like.ids[rim_of(flame_head)])
    assert done.hidden == len(hidden)
    shown = body.like.faces[~np.isin(body.like.faces, hidden).any(1)]
    assert np.abs(left - rest[shown].mean(1)).max() < CLOSE
    assert not any(edge.is_loose for edge in found.edges)
    assert [tuple(vertex.co) for vertex in body.mesh.data.vertices] == before


def state_of(*objects: bpy.types.Object) -> list:
    return [
        (
            each.parent, each.parent_type, each.parent_bone, tuple(tuple(row) for row in each.matrix_world),
            [modifier.name for modifier in each.modifiers], [group.name for group in each.vertex_groups],
            sorted(attribute.name for attribute in each.data.attributes), sorted(set(each.keys()) - GROUPS),
        )
        for each in objects
    ]  # fmt: skip


def test_taken_off_it_is_all_as_before(flame_head, body):
    other = bpy.data.objects.new("Stand", None)
    bpy.context.collection.objects.link(other)
    other.location = (0, 0, 1)
    flame_head.parent = other
    flame_head.rotation_euler = (0.1, 0.2, 0.3)
    bpy.context.view_layer.update()
    before, groups = state_of(flame_head, body.mesh), len(bpy.data.node_groups)
    shown = world_of(flame_head)
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids, blend=0.02)  # anew
    assert api.is_on_body(flame_head) and on_body.trouble(flame_head) is None
    assert api.take_off_body(flame_head) == body.mesh
    bpy.context.view_layer.update()
    assert state_of(flame_head, body.mesh) == before and len(bpy.data.node_groups) == groups
    assert np.abs(world_of(flame_head) - shown).max() < CLOSE and not api.is_on_body(flame_head)
    assert api.take_off_body(flame_head) is None


@pytest.mark.oldest
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_on_a_subdivided_body(flame_head, body, first):
    """Whether it was subdivided before the head came or after, each vertex of the rim is one of the shown body's."""
    if first:
        body.mesh.modifiers.new("Subdivision", "SUBSURF").levels = 1
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    if not first:
        body.mesh.modifiers.new("Subdivision", "SUBSURF").levels = 1
    body.pose(head=(0.2, 0.1, 0.4), spine3=(0.1, 0.2, 0.1))
    skin, shown = world_of(body.mesh), world_of(flame_head)
    assert len(skin) > 10475
    assert max(np.linalg.norm(skin - shown[vertex], axis=1).min() for vertex in rim_of(flame_head)) < CLOSE


def test_a_copy_keeps_the_body_as_it_is(flame_head, body):
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    twin = flame_head.copy()
    twin.data = flame_head.data.copy()
    bpy.context.collection.objects.link(twin)
    bpy.context.view_layer.update()
    api.take_off_body(flame_head)
    assert masking.NAME in body.mesh.modifiers and on_body.trouble(twin) is None
    body.pose(head=(0.2, 0.1, 0.4))
    rim = rim_of(twin)
    assert np.abs(world_of(twin)[rim] - body.skinned()[body.like.ids[rim]]).max() < CLOSE
    api.take_off_body(twin)
    assert masking.NAME not in body.mesh.modifiers


def test_saved_and_undone(flame_head, body, tmp_path):
    flame_head.flame_body.chosen = body.mesh
    path = tmp_path / "SMPL-X__FLAME_vertex_ids.npy"
    np.save(path, body.like.ids)
    api.install(path)
    bpy.ops.ed.undo_push(message="before")
    bpy.context.view_layer.objects.active = flame_head
    assert bpy.ops.flame.put_on_body() == {"FINISHED"}
    bpy.ops.ed.undo_push(message="on")
    body.pose(head=(0.2, 0.1, 0.4))
    shown = world_of(flame_head)
    name, like = flame_head.name, body.like
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "body.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "body.blend"))
    head = bpy.data.objects[name]
    assert np.abs(world_of(head) - shown).max() < CLOSE and on_body.trouble(head) is None
    assert bpy.ops.flame.take_off_body() == {"FINISHED"}
    assert len(world_of(bpy.data.objects["Body"])) == len(like.vertices)


def test_undo_takes_it_off(flame_head, body):
    flame_head.flame_body.chosen = body.mesh
    name = flame_head.name
    bpy.ops.ed.undo_push(message="before")
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    bpy.ops.ed.undo_push(message="on")
    bpy.ops.ed.undo()
    head, mesh = bpy.data.objects[name], bpy.data.objects["Body"]
    assert not api.is_on_body(head) and head.parent is None and masking.NAME not in mesh.modifiers
    bpy.ops.ed.redo()
    assert api.is_on_body(bpy.data.objects[name]) and masking.NAME in bpy.data.objects["Body"].modifiers


def test_a_baked_head_stays_on_it(flame_head, body, tmp_path):
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    flame_head.flame.jaw[0] = 0.3
    flame_head.keyframe_insert("flame.jaw", frame=1)
    flame_head.flame.jaw[0] = 0.0
    flame_head.keyframe_insert("flame.jaw", frame=3)
    body.armature.pose.bones["head"].rotation_mode = "QUATERNION"
    body.armature.pose.bones["head"].keyframe_insert("rotation_quaternion", frame=1)
    body.pose(head=(0.2, 0.1, 0.4))
    body.armature.pose.bones["head"].keyframe_insert("rotation_quaternion", frame=3)
    live = []
    for frame in (1, 2, 3):
        bpy.context.scene.frame_set(frame)
        live.append(world_of(flame_head))
    api.bake_cache(flame_head, path=tmp_path / "head.pc2", frames=(1, 3))
    for frame, expected in zip((1, 2, 3), live, strict=True):
        bpy.context.scene.frame_set(frame)
        assert np.abs(world_of(flame_head) - expected).max() < 1e-5


def test_what_is_refused_changes_nothing(flame_head, body, tmp_path):
    before = state_of(flame_head, body.mesh)
    few, beyond = tmp_path / "few.npy", tmp_path / "beyond.npy"
    np.save(few, body.like.ids[:5000])
    np.save(beyond, body.like.ids + 6000)
    cube = bpy.data.objects.new("Cube", bpy.data.meshes.new("Cube"))
    bpy.context.collection.objects.link(cube)
    mixed = body.like.ids[np.random.default_rng(1).permutation(5023)]
    for error, words, asked in (
        (ModelError, "found none installed", {}),
        (ModelError, "expected 5023 ids", {"vertex_ids": few}),
        (ModelError, "expected ids 0 to 10474", {"vertex_ids": beyond}),
        (ModelError, "5023 different ids", {"vertex_ids": np.zeros(5023, int)}),
        (ParameterError, "in SMPL-X's order", {"vertex_ids": mixed}),
        (ParameterError, "bone: expected one", {"vertex_ids": body.like.ids, "bone": "Tail"}),
        (ParameterError, "place: expected one of", {"place": "SOMEWHERE"}),
    ):
        with pytest.raises(error, match=words):
            api.put_on_body(flame_head, body.mesh, **asked)
        assert state_of(flame_head, body.mesh) == before
    with pytest.raises(ParameterError, match="10475 vertices, found 0"):
        api.put_on_body(flame_head, cube, place="VERTICES")
    with pytest.raises(ParameterError, match="10475 vertices, found 0"):  # ids that are named are wanted
        api.put_on_body(flame_head, cube, vertex_ids=body.like.ids)
    with pytest.raises(ParameterError, match="no FLAME head"):
        api.put_on_body(flame_head, flame_head)
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    second = api.add_head(flame_head.flame.model_name)
    with pytest.raises(ParameterError, match="carries FLAME Head already"):
        api.put_on_body(second, body.mesh, vertex_ids=body.like.ids)
    bpy.data.objects.remove(body.mesh)
    assert "is gone" in on_body.trouble(flame_head)
    api.take_off_body(flame_head)
    assert on_body.trouble(flame_head) is None


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("suffix", [".glb", ".abc"])
def test_files_hold_it_where_the_body_has_it(flame_head, body, tmp_path, suffix):
    """Read back by Blender: vertices of each frame in .abc, the neck's rim and all; in .glb without that, and said."""
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    if suffix == ".glb":  # on three vertices, as a body without bones has it
        world = flame_head.matrix_world.copy()
        hanging.take_down(flame_head)
        hanging.hang(flame_head, body.mesh, world, vertices=tuple(body.like.rest[[0, 700, 2000]].tolist()))
    bone = body.armature.pose.bones["spine3"]
    bone.rotation_mode = "QUATERNION"
    bone.keyframe_insert("rotation_quaternion", frame=1)
    body.pose(spine3=(0.2, 0.1, 0.4), head=(0.1, 0.2, 0.3))
    bone.keyframe_insert("rotation_quaternion", frame=3)
    path = tmp_path / f"head{suffix}"
    written = api.export_scene(flame_head, path, frames=(1, 3))
    assert written.deviation_mm < 0.1 and any("join" in note for note in written.notes) == (suffix == ".glb")
    shapes = {}
    for frame in (1, 3):
        bpy.context.scene.frame_set(frame)
        shapes[frame] = world_of(flame_head), moved_by(flame_head.matrix_world, own(flame_head))
    shares = neck_shares(flame_head)
    before = set(bpy.data.objects)
    reader = bpy.ops.import_scene.gltf if suffix == ".glb" else bpy.ops.wm.alembic_import
    reader(filepath=str(path))
    made = [each for each in set(bpy.data.objects) - before if each.type == "MESH"]
    found = max(made, key=lambda each: len(each.data.vertices))
    for frame in (1, 3):
        bpy.context.scene.frame_set(frame)
        read = world_of(found)
        if suffix == ".abc":
            assert np.abs(read - shapes[frame][0]).max() < 1e-4
        elif len(read) == len(shares):
            assert np.abs(read - shapes[frame][1]).max() < 1e-4


def test_a_body_whose_head_is_deleted_shows_its_own_again(flame_head, body, tmp_path):
    """By X, with undo and redo; without the add-on, when a file is loaded; a rig of the head keeps it hidden."""

    def hides() -> bool:
        mesh = bpy.data.objects["Body"]
        shown = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        return len(shown.vertices) < len(mesh.data.vertices)

    def delete(*names: str) -> None:
        select_only([bpy.data.objects[name] for name in names])
        bpy.ops.object.delete("EXEC_DEFAULT", True)
        bpy.context.view_layer.update()

    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    name, path = flame_head.name, str(tmp_path / "body.blend")
    bpy.context.scene.flame_pinned_head = flame_head  # a user, so that it stays in the file, in no collection
    made = api.make_rig(flame_head, frames=(1, 1), n_expression=0, animated=False)
    rig = [each.name for each in (made.armature, made.skin, made.helper)]
    bpy.ops.ed.undo_push(message="on the body")
    delete(name)
    assert hides(), "the rig is there"
    delete(*rig)
    assert not hides()
    bpy.ops.ed.undo()
    assert hides()
    bpy.ops.ed.redo()
    assert not hides()
    for _ in range(2):
        bpy.ops.ed.undo()
    assert hides() and api.is_on_body(bpy.data.objects[name])
    left_alone.unregister()
    delete(name, *rig)
    assert hides()
    bpy.ops.wm.save_as_mainfile(filepath=path)
    left_alone.register()
    bpy.ops.wm.open_mainfile(filepath=path)
    assert not hides() and not bpy.data.objects["Body"].modifiers.get(masking.NAME)
