"""Which head the panels show and the buttons work on: for everything that belongs to a head, that head."""

from __future__ import annotations

import bpy
import pytest

from flame_blender import api, panels
from flame_blender.head import active
from flame_blender.observations import marks
from flame_blender.panels.sidebar import HeadPanel

OF_A_HEAD = [cls for cls in panels.CLASSES if issubclass(cls, HeadPanel)]


def select(obj: bpy.types.Object | None) -> None:
    bpy.context.view_layer.objects.active = obj


def shown_head() -> bpy.types.Object | None:
    """The head of panels and buttons, which must agree on whether there is one."""
    head = active.active_head(bpy.context)
    assert bpy.ops.flame.reset_params.poll() == bpy.ops.flame.keyframe_params.poll() == (head is not None)
    assert panels.FLAME_PT_pose.poll(bpy.context) == panels.FLAME_PT_identity.poll(bpy.context) == (head is not None)
    return head


@pytest.fixture
def anna(head):
    """A head of either kind, with a second one in the scene."""
    head.name = "Anna"
    api.add_head(name="Somebody else")
    return head


def test_a_landmark_leads_to_its_head(anna):
    anna.flame.landmarks.clear()
    empty = bpy.data.objects.new("a landmark", None)
    bpy.context.collection.objects.link(empty)
    empty.parent = anna
    held = bpy.data.objects.new("held by it", None)
    bpy.context.collection.objects.link(held)
    held.parent = empty
    for obj in (empty, held):
        select(obj)
        assert shown_head() == anna
        assert bpy.ops.flame.randomise_params(seed=3) == {"FINISHED"}
    assert api.get_params(anna).shape.any() and not api.get_params(bpy.data.objects["Somebody else"]).shape.any()


def test_the_rig_leads_to_its_head_under_any_name(anna, tmp_path):
    rig = api.make_rig(anna, n_expression=2, animated=False)
    for obj in (rig.armature, rig.skin, rig.helper):
        select(obj)
        assert shown_head() == anna
    names = [each.name for each in (rig.armature, rig.skin)]
    anna.name, path = "Renamed", str(tmp_path / "rig.blend")
    select(rig.skin)
    assert shown_head() == anna
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    for name in names:
        select(bpy.data.objects[name])
        assert shown_head() == bpy.data.objects["Renamed"]
    bpy.data.objects.remove(bpy.data.objects["Renamed"])
    select(bpy.data.objects[names[0]])
    assert shown_head() is None, "the head is gone"


def test_a_rig_taken_elsewhere_takes_no_head_along(head, tmp_path):
    rig = api.make_rig(head, n_expression=2, animated=False)
    names, path = [rig.armature.name, rig.skin.name], str(tmp_path / "rig.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path) as (_, here):
        here.objects = names
    assert not any(api.is_head(obj) for obj in bpy.data.objects)
    for obj in here.objects:
        bpy.context.collection.objects.link(obj)
    select(here.objects[0])
    assert shown_head() is None


def test_the_marks_on_a_scan_lead_to_the_head_that_was_fitted_to_it(anna):
    mesh = bpy.data.meshes.new("Scan")
    mesh.from_pydata(api.evaluate(anna, space="world").tolist(), [], api.model(anna).faces.tolist())
    scan = bpy.data.objects.new("Scan", mesh)
    bpy.context.collection.objects.link(scan)
    mark = marks.add(scan, marks.collection_for(scan), "30 nose tip", scan.location)
    select(mark)
    assert shown_head() is None
    api.fit_mesh(scan, anna)
    assert shown_head() == anna
    select(scan)
    assert shown_head() == anna


def test_a_pinned_head_stays(anna):
    other = bpy.data.objects["Somebody else"]
    select(anna)
    assert bpy.ops.flame.pin_head() == {"FINISHED"}
    for obj in (other, bpy.data.objects.new("anything", None), None):
        if obj is not None and obj.name not in bpy.context.scene.objects:
            bpy.context.collection.objects.link(obj)
        select(obj)
        assert shown_head() == anna
    assert bpy.ops.flame.pin_head() == {"FINISHED"}
    select(other)
    assert shown_head() == other
    select(anna)
    bpy.ops.flame.pin_head()
    bpy.context.scene.collection.objects.unlink(anna) if anna.name in bpy.context.scene.collection.objects else None
    for collection in anna.users_collection:
        collection.objects.unlink(anna)
    select(other)
    assert shown_head() == other, "a head that was deleted holds no pin"


def test_a_fit_goes_to_the_head_of_the_active_object_and_from_the_scan_to_a_new_one(anna):
    mesh = bpy.data.meshes.new("Scan")
    mesh.from_pydata(api.evaluate(anna, space="world").tolist(), [], api.model(anna).faces.tolist())
    scan = bpy.data.objects.new("Scan", mesh)
    bpy.context.collection.objects.link(scan)
    settings = bpy.context.scene.flame_fit
    settings.scan, settings.kind = scan, "MESH"
    api.fit_mesh(scan, anna)
    heads = {obj.name for obj in bpy.data.objects if api.is_head(obj)}
    select(scan)
    bpy.ops.flame.fit_mesh()
    made = {obj.name for obj in bpy.data.objects if api.is_head(obj)} - heads
    assert len(made) == 1 and settings.scan is scan
    select(marks.add(scan, marks.collection_for(scan), "30 nose tip", scan.location))
    bpy.ops.flame.fit_mesh()
    assert len([obj for obj in bpy.data.objects if api.is_head(obj)]) == len(heads) + 1


def test_a_rig_is_seen_and_selected_when_it_is_made(anna):
    """The joints lie inside the head: drawn in front of it, each to be told from the others; the rig alone selected."""
    select(anna)
    bpy.ops.flame.make_rig(animated=False, all_directions=False, n_expression=2)
    rig = bpy.context.object
    assert rig.type == "ARMATURE" and [obj.name for obj in bpy.context.selected_objects] == [rig.name]
    assert rig.show_in_front and anna.hide_get() and shown_head() == anna
    controls = rig.data.collections["Joints"].bones
    assert all(bone.length > 0.035 and bone.color.palette != "DEFAULT" for bone in controls)
    assert all(min((bone.head_local - other.head_local).length, 1) > 0.01 or abs(bone.length - other.length) > 0.01
               for bone in controls for other in controls if bone != other)  # fmt: skip
