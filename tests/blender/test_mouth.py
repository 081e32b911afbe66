"""Mouth and lashes of a FLAME file's head: they follow it through all that users do to heads."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import ModelError, ParameterError
from flame_blender.flame.params import POSE_FIELDS
from flame_blender.head import deformation, live, mesh, models
from flame_blender.head.frame import frame_of
from flame_blender.head.mouth import mouth_object
from flame_blender.head.sculpt import read_offsets
from flame_blender.head_parts.following import FollowingParts, following
from tests.blender.conftest import expression_of, random_fields, shown
from tests.blender.mouths import CLOSE, seen
from tests.blender.mouths import head as head  # for the tests
from tests.blender.mouths import shares as shares

pytestmark = pytest.mark.oldest_and_newest  # what they ask of Blender, tests of heads ask in every version


def expected(head: bpy.types.Object, tongue: float = 0.0) -> np.ndarray:
    """(N, 3) in the object, from the head's parameters: joints as the evaluator has them for all that is shown."""
    params, evaluator = api.get_params(head), models.evaluator(head.flame.fingerprint)
    identity = evaluator.prepare(params.shape, read_offsets(head.data))
    parts, frame = mouth_object.read(api.mouth_of(head), evaluator.model.n_vertices), frame_of(head)
    rotations = np.stack([getattr(params, name) for name in POSE_FIELDS])
    whole = evaluator.prepare(params.shape, params.offsets)
    carried = whole.carried(params.expression, rotations, params.translation, frame)
    scores = np.array([tongue * (name == "tongueOut") for name in parts.names], np.float32)
    vertices = frame.to_object(evaluator.vertices(params))
    return following(parts, evaluator.model, identity).positions(vertices, carried, scores, frame)


def follows(head: bpy.types.Object) -> bool:
    return bool(np.abs(seen(api.mouth_of(head)) - expected(head)).max() < CLOSE)


def activate(*objects: bpy.types.Object) -> None:
    bpy.context.view_layer.update()
    for other in bpy.context.view_layer.objects:
        other.select_set(other in objects)
    bpy.context.view_layer.objects.active = objects[0]


def test_it_is_the_heads_child_and_no_part_of_its_mesh(head, shares):
    made = api.mouth_of(head)
    assert made.parent == head and made.name == f"{head.name} Mouth and Lashes"
    assert len(head.data.vertices) == api.model(head).n_vertices
    assert [slot.material.name for slot in made.material_slots] == [
        "FLAME Teeth", "FLAME Gums", "FLAME Tongue", "FLAME Lashes", "FLAME Tear", "FLAME Caruncle"
    ]  # fmt: skip
    assert set(np.unique([polygon.material_index for polygon in made.data.polygons])) == {0, 1, 2, 3, 4, 5}
    assert shares == sorted(shares) and 0.5 < shares[-1] <= 1.0
    assert follows(head) and deformation.trouble(made) is None and mouth_object.trouble(head) is None


def test_named_controls_are_computed_on_the_way(computed_once, tmp_path):
    made, shares = api.add_head(computed_once.write(tmp_path / "bare.npz")), []
    assert api.missing_controls(made) is not None
    api.add_mouth(made, progress=shares.append)
    assert shares and shares == sorted(shares)
    assert api.missing_controls(made) is None and api.presets(made)


def test_it_follows_whatever_moves_the_head(head, rng):
    for _ in range(2):
        api.set_params(head, **random_fields(head, rng))
        assert follows(head)
    offsets = rng.normal(0, 1e-3, (len(head.data.vertices), 3))
    api.set_params(head, offsets=offsets, jaw=(0.3, 0, 0))
    assert follows(head)
    head.flame.jaw[0] = 0.1
    bpy.context.view_layer.update()
    assert follows(head)
    curve = head.driver_add("flame.jaw", 0)
    curve.driver.expression = "0.05 * frame"
    bpy.context.scene.frame_set(4)
    assert api.get_params(head).jaw[0] == pytest.approx(0.2) and follows(head)


def test_it_follows_named_controls(head):
    api.apply_preset(head, "Joy")
    assert follows(head)
    api.set_arkit(head, {"jawOpen": 0.6, "tongueOut": 1.0, "eyeBlinkLeft": 0.7})
    made = seen(api.mouth_of(head))
    assert np.abs(made - expected(head, tongue=1.0)).max() < CLOSE
    assert np.linalg.norm(made - expected(head), axis=1).max() > 0.02, "the tongue"
    head.flame.flame_only = True
    bpy.context.view_layer.update()
    assert np.abs(seen(api.mouth_of(head)) - expected(head, tongue=1.0)).max() < CLOSE


def test_parameters_and_landmarks_are_the_heads_alone(head, tmp_path):
    api.apply_preset(head, "Smile")
    with_it = api.evaluate(head), api.get_params(head), api.landmarks(head)
    api.export_parameters(head, tmp_path / "with.npz", frames=(1, 2))
    api.remove_mouth(head)
    api.export_parameters(head, tmp_path / "without.npz", frames=(1, 2))
    assert np.array_equal(api.evaluate(head), with_it[0]) and np.array_equal(api.landmarks(head), with_it[2])
    with np.load(tmp_path / "with.npz") as one, np.load(tmp_path / "without.npz") as other:
        assert all(np.array_equal(one[key], other[key]) for key in {*one, *other})
    assert api.mouth_of(head) is None and len(bpy.data.objects) == 1


def test_the_switch(head, monkeypatch):
    made = api.mouth_of(head)
    head.flame.show_mouth = False
    assert made.hide_viewport and made.hide_render
    before, calls = mesh.read_positions(made.data), []
    positions = FollowingParts.positions
    monkeypatch.setattr(FollowingParts, "positions", lambda *given: calls.append(1) or positions(*given))
    api.set_params(head, jaw=(0.3, 0, 0))
    assert not calls and np.array_equal(mesh.read_positions(made.data), before)
    head.flame.show_mouth = True
    bpy.context.view_layer.update()
    bpy.context.view_layer.update()
    assert not made.hide_viewport and not made.hide_render and len(calls) == 1, "written once"
    assert follows(head)


def test_live_off_keeps_it_and_on_catches_up(head):
    head.flame.live = False
    before = seen(api.mouth_of(head))
    head.flame.jaw[0] = 0.3
    bpy.context.view_layer.update()
    assert np.array_equal(seen(api.mouth_of(head)), before)
    head.flame.live = True
    bpy.context.view_layer.update()
    assert follows(head) and not np.allclose(seen(api.mouth_of(head)), before, atol=1e-3)


def test_save_and_reload_without_what_was_computed(head, rng, tmp_path):
    """The file alone is enough: what ties it to the head lies in its mesh."""
    api.set_params(head, **random_fields(head, rng))
    before, name = seen(api.mouth_of(head)), head.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "head.blend"))
    models.kept_controls(head.flame.fingerprint).unlink()
    models.load_anew(head.flame.fingerprint)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "head.blend"))
    head = bpy.data.objects[name]
    np.testing.assert_allclose(seen(api.mouth_of(head)), before, atol=CLOSE)
    head.flame.jaw = (0.3, 0, 0)
    bpy.context.view_layer.update()
    assert follows(head) and not np.allclose(seen(api.mouth_of(head)), before, atol=1e-3)


def test_duplicates(head):
    """Of the head alone: a head without; of both: each has its own; linked ones get a mesh of their own."""
    activate(head)
    bpy.ops.object.duplicate()
    alone = bpy.context.object
    assert api.mouth_of(alone) is None and mouth_object.trouble(alone) is None
    for linked in (False, True):
        activate(head, api.mouth_of(head))
        bpy.ops.object.duplicate(linked=linked)
        copy = bpy.context.object
        made = api.mouth_of(copy)
        assert made is not None and made != api.mouth_of(head) and made.parent == copy
        copy.flame.jaw = (0.3, 0, 0)
        bpy.context.view_layer.update()
        assert follows(copy) and follows(head) and made.data != api.mouth_of(head).data


def test_deleting_either_leaves_nothing_broken(head):
    activate(api.mouth_of(head))
    bpy.ops.object.delete()
    assert mouth_object.shown(head) is None
    api.set_params(head, jaw=(0.2, 0, 0))
    api.add_mouth(head)
    assert follows(head) and len(bpy.context.scene.objects) == 2
    made = api.mouth_of(head)
    bpy.data.objects.remove(made)
    api.set_params(head, jaw=(0.3, 0, 0))
    assert api.mouth_of(head) is None
    api.add_mouth(head)
    made = api.mouth_of(head)
    bpy.data.objects.remove(head)
    bpy.context.scene.frame_set(5)
    assert len(made.data.vertices)


def test_undo(head):
    bpy.ops.ed.undo_push(message="as it was")
    name = head.name
    api.set_params(head, jaw=(0.3, 0, 0))
    api.remove_mouth(head)
    bpy.ops.ed.undo_push(message="opened")
    bpy.ops.ed.undo()
    head = bpy.data.objects[name]
    bpy.context.view_layer.update()
    assert api.get_params(head).jaw[0] == 0 and follows(head)
    head.flame.jaw[0] = 0.2
    bpy.context.view_layer.update()
    assert follows(head)


@pytest.mark.parametrize("overridden", [False, True])
def test_linked_from_a_library(head, tmp_path, overridden):
    for frame, angle in ((1, 0.0), (11, 0.4)):
        api.set_params(head, jaw=(angle, 0, 0))
        api.keyframe(head, frame)
    name, path = head.name, str(tmp_path / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path, link=True) as (there, here):
        here.collections, here.objects = [], list(there.objects)
    linked = next(obj for obj in here.objects if obj.name == name)
    for obj in here.objects:
        bpy.context.collection.objects.link(obj)
    if overridden:
        linked = linked.override_hierarchy_create(bpy.context.scene, bpy.context.view_layer)
        assert linked.override_library and api.mouth_of(linked).override_library
    for frame in (6, 11, 1):
        bpy.context.scene.frame_set(frame)
        assert follows(linked), frame


def test_appended(head, tmp_path):
    name, path = head.name, str(tmp_path / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path) as (_, here):
        here.objects = [name]
    (appended,) = here.objects
    bpy.context.collection.objects.link(appended)
    api.set_params(appended, jaw=(0.3, 0, 0))
    made = api.mouth_of(appended)
    assert made is not None and np.abs(mesh.read_positions(made.data) - expected(appended)).max() < CLOSE


def test_applied_transforms(head):
    """Turned and enlarged by Apply: the head keeps a frame of its own, in which its mouth goes on."""
    head.rotation_euler, head.scale = (0.3, 0.2, 1.0), (2.0, 2.0, 2.0)
    activate(head)
    bpy.ops.object.transform_apply(location=False, rotation=True, scale=True)
    bpy.context.view_layer.update()
    api.set_params(head, jaw=(0.3, 0, 0), neck=(0, 0.3, 0))
    made = api.mouth_of(head)
    world = np.array(made.matrix_world)[:3]
    there = seen(made) @ world[:, :3].T + world[:, 3]
    frame = np.array(head.matrix_world)[:3]
    assert np.abs(there - (expected(head) @ frame[:, :3].T + frame[:, 3])).max() < 5 * CLOSE


def test_in_edit_mode_and_after_a_change_of_its_mesh(head):
    made = api.mouth_of(head)
    activate(made)
    bpy.ops.object.mode_set(mode="EDIT")
    head.flame.jaw[0] = 0.3
    bpy.context.view_layer.update()
    assert "Edit Mode" in mouth_object.trouble(head)
    bpy.ops.object.mode_set(mode="OBJECT")
    head.flame.jaw[0] = 0.2
    bpy.context.view_layer.update()
    assert follows(head) and mouth_object.trouble(head) is None
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.delete(type="FACE")
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.object.mode_set(mode="OBJECT")
    head.flame.jaw[0] = 0.1
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)
    assert "anew" in mouth_object.trouble(head)
    with pytest.raises(ModelError, match="found 8"):
        mouth_object.read(made, len(head.data.vertices))
    api.add_mouth(head)
    assert follows(head) and mouth_object.trouble(head) is None


def test_damaged_arrays_stop_nothing(head):
    made = api.mouth_of(head)
    for value in ("text", [1.0, 2.0], [1 << 30] * len(made.data[mouth_object.ARRAY.format("roots")])):
        made.data[mouth_object.ARRAY.format("roots")] = value
        api.set_params(head, jaw=(0.2, 0, 0))
        bpy.ops.ed.undo_push(message="forget")
        live.forget_head(head)
        api.set_params(head, jaw=(0.3, 0, 0))
        np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)
        assert "anew" in mouth_object.trouble(head)
        del made.data[mouth_object.ARRAY.format("roots")]


def test_heads_that_have_teeth_are_refused(head):
    built_in = api.add_head(api.BUILT_IN)
    with pytest.raises(ParameterError, match="found one that has them"):
        api.add_mouth(built_in)
    with pytest.raises(ParameterError, match="Expected a FLAME head"):
        api.add_mouth(api.mouth_of(head))
    activate(built_in)
    assert not bpy.ops.flame.add_mouth.poll() and not bpy.ops.flame.remove_mouth.poll()


def test_the_buttons(head):
    activate(api.mouth_of(head))
    assert bpy.ops.flame.remove_mouth() == {"FINISHED"} and api.mouth_of(head) is None
    activate(head)
    assert not bpy.ops.flame.remove_mouth.poll() and bpy.ops.flame.add_mouth.poll()
    assert bpy.ops.flame.add_mouth() == {"FINISHED"} and follows(head)
    assert len(expression_of(head)) == api.model(head).n_expression


def test_stopped_the_head_is_as_before(head):
    api.remove_mouth(head)
    steps = api.adding_mouth(head)
    steps.close()
    assert api.mouth_of(head) is None and len(bpy.context.scene.objects) == 1


def test_every_rendered_frame_has_its_own(head, tmp_path):
    """Rendered in a row, and each frame by itself: the same pixels."""
    for frame, angle in ((1, 0.0), (3, 0.4)):
        api.set_params(head, jaw=(angle, 0, 0))
        api.keyframe(head, frame)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.seed = 1, 1
    scene.render.resolution_x = scene.render.resolution_y = 48
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler, scene.camera = (0, -0.3, -0.045), (np.pi / 2, 0, 0), camera
    camera.data.clip_start = 0.01
    for material in api.mouth_of(head).data.materials:
        shader = next((node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED"), None)
        if shader is None:  # the tears', which are clear
            continue
        shader.inputs["Emission Strength"].default_value = 1.0
        shader.inputs["Emission Color"].default_value = (1, 1, 1, 1)
    scene.frame_set(2)
    scene.frame_start, scene.frame_end, scene.render.filepath = 1, 3, str(tmp_path / "film")
    bpy.ops.render.render(animation=True)
    for frame in (3, 1, 2):
        scene.frame_set(frame)
        scene.render.filepath = str(tmp_path / "still.png")
        bpy.ops.render.render(write_still=True)
        film, still = (picture(path) for path in (tmp_path / f"film{frame:04d}.png", tmp_path / "still.png"))
        assert np.array_equal(film, still) and (frame == 1 or still.max() > 0.5), frame


def picture(path) -> np.ndarray:
    image = bpy.data.images.load(str(path))
    pixels = np.array(image.pixels[:])
    bpy.data.images.remove(image)
    return pixels
