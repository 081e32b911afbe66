"""Blender's own tools on a head: each works, and the head goes on, or it stops the head with one sentence."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import live, mesh
from flame_blender.head.properties import head_of
from tests.blender.conftest import shown

CLOSE = 2e-6
ops = bpy.ops


def select(*objects) -> None:
    """Select these, the last one active."""
    for each in bpy.context.scene.objects:
        each.select_set(each in objects)
    bpy.context.view_layer.objects.active = objects[-1]


def in_edit_mode(*tools):
    """All vertices selected, the tools used one after the other."""

    def use(head) -> None:
        ops.object.mode_set(mode="EDIT")
        ops.mesh.select_all(action="SELECT")
        for tool in tools:
            tool()
        ops.object.mode_set(mode="OBJECT")

    return use


def applied(kind: str, **settings):
    """A modifier of this kind, applied."""

    def use(head) -> None:
        modifier = head.modifiers.new("Tried", kind)
        for name, value in settings.items():
            setattr(modifier, name, value)
        ops.object.modifier_apply(modifier="Tried")

    return use


def joined(head) -> None:
    ops.mesh.primitive_cube_add(size=0.1)
    select(bpy.context.object, head)
    ops.object.join()


def with_its_like(head) -> None:
    select(api.add_head(head.flame.model_name, name="Second"), head)
    ops.object.join()


def remeshed(head) -> None:
    head.data.remesh_voxel_size = 0.02
    ops.object.voxel_remesh()


def copied(head) -> None:
    bpy.context.collection.objects.link(head.copy())
    ops.object.make_single_user(object=True, obdata=True)


COUNT, ORDER = "vertices, its model", "no longer in the order"
STOPS = {
    "separate by material": (lambda _head: ops.mesh.separate(type="MATERIAL"), COUNT),
    "join": (joined, COUNT),
    "join two heads": (with_its_like, COUNT),
    "remesh": (remeshed, COUNT),
    "decimate": (in_edit_mode(lambda: ops.mesh.decimate(ratio=0.5)), COUNT),
    "apply decimate": (applied("DECIMATE", ratio=0.5), COUNT),
    "apply subdivision": (applied("SUBSURF"), COUNT),
    "subdivide": (in_edit_mode(ops.mesh.subdivide), COUNT),
    "merge": (in_edit_mode(lambda: ops.mesh.remove_doubles(threshold=0.002)), COUNT),
    "delete all": (in_edit_mode(lambda: ops.mesh.delete(type="VERT")), COUNT),
    "add in edit mode": (in_edit_mode(lambda: ops.mesh.primitive_cube_add(size=0.1)), COUNT),
    "reverse the order": (in_edit_mode(lambda: ops.mesh.sort_elements(type="REVERSE", elements={"VERT"})), ORDER),
}
WORKS = {
    "triangulate": in_edit_mode(ops.mesh.quads_convert_to_tris),
    "delete faces only": in_edit_mode(lambda: ops.mesh.delete(type="ONLY_FACE")),
    "sort faces": in_edit_mode(lambda: ops.mesh.sort_elements(type="REVERSE", elements={"FACE", "EDGE"})),
    "flip normals": in_edit_mode(ops.mesh.flip_normals),
    "symmetry snap": in_edit_mode(ops.mesh.symmetry_snap),
    "apply the pass-through modifier": lambda _head: ops.object.modifier_apply(modifier="FLAME Deformation"),
    "apply a twist": applied("SIMPLE_DEFORM", deform_method="TWIST", angle=0.3),
    "apply smooth": applied("SMOOTH", iterations=3),
    "convert to mesh": lambda _head: ops.object.convert(target="MESH"),
    "make single user": copied,
    "shade flat": lambda _head: ops.object.shade_flat(),
    "set origin": lambda _head: ops.object.origin_set(type="ORIGIN_GEOMETRY"),
    "turn in edit mode": in_edit_mode(lambda: ops.transform.rotate(value=0.5, orient_axis="Z")),
}


@pytest.fixture
def posed(any_head):
    api.set_params(any_head, jaw=(0.2, 0, 0), neck=(0, 0.2, 0))
    select(any_head)
    bpy.context.view_layer.update()
    return any_head


@pytest.mark.parametrize("tool", STOPS)
def test_the_head_stops_with_one_sentence_and_keeps_the_users_mesh(posed, tool):
    use, says = STOPS[tool]
    use(posed)
    bpy.context.view_layer.update()
    trouble = live.trouble(posed)
    assert says in trouble
    assert trouble.count(".") == 1 and trouble.endswith(".")
    kept = mesh.read_positions(posed.data)
    posed.flame.jaw[0] = 0.4
    bpy.context.view_layer.update()
    bpy.context.scene.frame_set(3)
    np.testing.assert_array_equal(mesh.read_positions(posed.data), kept)
    live.forget()  # as undo and loading do
    assert live.trouble(posed) == trouble
    posed.flame.jaw[0] = 0.3
    bpy.context.view_layer.update()
    np.testing.assert_array_equal(mesh.read_positions(posed.data), kept)


@pytest.mark.parametrize("tool", WORKS)
def test_the_head_goes_on_with_what_was_done(posed, tool):
    before = world(posed)
    WORKS[tool](posed)
    bpy.context.view_layer.update()
    assert live.trouble(posed) is None
    done = world(posed)
    if tool not in {"symmetry snap", "apply a twist", "apply smooth", "turn in edit mode"}:
        np.testing.assert_allclose(done, before, atol=CLOSE)
        assert api.get_params(posed).offsets is None
    api.set_params(posed, jaw=(0.4, 0, 0), neck=(0, 0, 0))
    np.testing.assert_allclose(world(posed), api.evaluate(posed, "world"), atol=CLOSE)
    assert np.abs(world(posed) - done).max() > 0.005
    api.set_params(posed, jaw=(0.2, 0, 0), neck=(0, 0.2, 0))
    np.testing.assert_allclose(world(posed), done, atol=CLOSE)


def world(obj) -> np.ndarray:
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    matrix = np.array(evaluated.matrix_world, np.float64)
    positions = np.empty((len(evaluated.data.vertices), 3), np.float32)
    evaluated.data.vertices.foreach_get("co", positions.ravel())
    return positions @ matrix[:3, :3].T + matrix[:3, 3]


@pytest.mark.parametrize("in_mode", ["OBJECT", "EDIT"])
def test_separated_parts_are_plain_meshes(posed, in_mode):
    """All but the head itself, which stops; its parts move on their own, and nothing happens to them."""
    ops.object.mode_set(mode=in_mode)
    ops.mesh.select_all(action="SELECT") if in_mode == "EDIT" else None
    ops.mesh.separate(type="LOOSE")
    ops.object.mode_set(mode="OBJECT")
    bpy.context.view_layer.update()
    parts = [obj for obj in bpy.context.scene.objects if obj != posed]
    assert len(parts) >= 2
    assert not any(api.is_head(obj) for obj in parts)
    assert COUNT in live.trouble(posed)
    part = max(parts, key=lambda obj: len(obj.data.vertices))
    part.data.vertices[0].co.x += 0.1
    moved = part.data.vertices[0].co.copy()
    bpy.context.scene.frame_set(7)
    assert part.data.vertices[0].co == moved


def test_a_part_of_a_head_whose_parts_were_saved_stays_one_and_the_head_a_head(posed, tmp_path):
    ops.mesh.separate(type="LOOSE")
    bpy.context.view_layer.update()
    name = posed.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "parts.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "parts.blend"))
    assert [obj.name for obj in bpy.data.objects if head_of(obj) is not None] == [name]
    head = bpy.data.objects[name]
    head.flame.jaw[0] = 0.5
    bpy.context.view_layer.update()
    assert head_of(head) is not None
    assert COUNT in live.trouble(head)


def test_a_whole_copy_of_a_head_is_a_head(posed):
    ops.object.duplicate()
    copy = bpy.context.object
    api.set_params(copy, jaw=(0.4, 0, 0))
    assert live.trouble(copy) is None
    np.testing.assert_allclose(shown(copy), api.evaluate(copy), atol=CLOSE)


def test_what_was_taken_back_follows_again(posed):
    """The vertices come back, as by undo: nothing else is needed."""
    kept = posed.data.copy()
    in_edit_mode(ops.mesh.subdivide)(posed)
    bpy.context.view_layer.update()
    assert COUNT in live.trouble(posed)
    posed.data = kept
    posed.flame.jaw[0] = 0.35
    bpy.context.view_layer.update()
    assert live.trouble(posed) is None
    np.testing.assert_allclose(shown(posed), api.evaluate(posed), atol=CLOSE)


def test_a_moved_head_is_appended_with_its_frame(posed, tmp_path):
    posed.rotation_euler.z = 0.7
    bpy.context.view_layer.update()
    ops.object.transform_apply()
    bpy.context.view_layer.update()
    before = world(posed)
    path = str(tmp_path / "library.blend")
    ops.wm.save_as_mainfile(filepath=path)
    ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(path) as (_there, wanted):
        wanted.objects = ["FLAME Head"]
    head = wanted.objects[0]
    bpy.context.collection.objects.link(head)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(world(head), before, atol=CLOSE)
    api.set_params(head, jaw=(0.4, 0, 0))
    np.testing.assert_allclose(world(head), api.evaluate(head, "world"), atol=CLOSE)
