"""Apply Location, Rotation, Scale: the head goes on in the frame that the mesh was given, and the world sees no change.

The reference is a second head with the same parameters whose object keeps its transforms.
"""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from flame_blender import api
from flame_blender.bake import cache
from flame_blender.dragging.reshape import reshape
from flame_blender.errors import FlameError
from flame_blender.geometry.axes import to_blender
from flame_blender.head import live
from tests.blender.conftest import expression_of, random_fields, shown

KINDS = {
    "turned": {"rotation_euler": (0.3, 0.5, 1.2)},
    "turned by 90 degrees": {"rotation_euler": (0, 0, np.pi / 2)},
    "larger": {"scale": (2.5, 2.5, 2.5)},
    "mirrored": {"scale": (-1, 1, 1)},
    "turned inside out": {"scale": (-0.5, -0.5, -0.5)},
    "moved": {"location": (0.3, -2, 1)},
    "all": {"location": (0.3, -0.2, 1), "rotation_euler": (2, -0.5, 1.2), "scale": (1.5, -1.5, 1.5)},
}
CLOSE = 3e-6  # metres, of heads up to 2 m away from their origin


@pytest.fixture
def pair(any_head, rng):
    """A head, and another of the same model and parameters."""
    other = api.add_head(any_head.flame.model_name, name="Reference")
    fields = random_fields(any_head, rng)
    for each in (any_head, other):
        api.set_params(each, **fields)
    return any_head, other


def world(obj) -> np.ndarray:
    """(V, 3) float64: what Blender shows, in the world."""
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    matrix = np.array(evaluated.matrix_world, np.float64)
    return to_blender(shown(obj)).astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]


def select(obj) -> None:
    for each in bpy.context.scene.objects:
        each.select_set(each == obj)
    bpy.context.view_layer.objects.active = obj


def apply(obj, location=True, rotation=True, scale=True) -> None:
    """Ctrl-A, and the update that follows it."""
    select(obj)
    assert bpy.ops.object.transform_apply(location=location, rotation=rotation, scale=scale) == {"FINISHED"}
    bpy.context.view_layer.update()


def stand(objects, **places) -> None:
    for obj in objects:
        for name, value in places.items():
            setattr(obj, name, value)
    bpy.context.view_layer.update()


def assert_alike(pair, close=CLOSE) -> None:
    assert live.trouble(pair[0]) is None
    np.testing.assert_allclose(world(pair[0]), world(pair[1]), atol=close)


def assert_alike_from_now_on(pair, rng, close=CLOSE) -> None:
    """Whatever the parameters are next, set by scripts, sliders or curves."""
    assert_alike(pair, close)
    for _ in range(2):
        fields = random_fields(pair[0], rng)
        for each in pair:
            api.set_params(each, **fields)
        assert_alike(pair, close)
    for each in pair:
        each.flame.jaw[0] = 0.35
        expression_of(each)[3].value = 0.8
    bpy.context.view_layer.update()
    assert_alike(pair, close)
    np.testing.assert_allclose(api.evaluate(pair[0], "world"), world(pair[1]), atol=close)


@pytest.mark.parametrize("kind", KINDS)
def test_the_world_sees_the_same_head_then_and_later(pair, rng, kind):
    stand(pair, **KINDS[kind])
    apply(pair[0])
    assert api.get_params(pair[0]).offsets is None
    assert np.allclose(pair[0].matrix_world, np.eye(4))
    assert_alike_from_now_on(pair, rng)


def test_one_after_the_other_and_under_a_scaled_parent(pair, rng):
    parent = bpy.data.objects.new("parent", None)
    bpy.context.collection.objects.link(parent)
    parent.scale, parent.rotation_euler = (3, 3, 3), (0.2, 0, 0.4)
    stand(pair, parent=parent, **KINDS["all"])
    for which in ("rotation", "scale", "location"):
        apply(pair[0], **{name: name == which for name in ("location", "rotation", "scale")})
        assert_alike(pair, 3 * CLOSE)
    stand(pair[:1], rotation_euler=(0.1, 0.2, 0.3))
    np.testing.assert_allclose(world(pair[0]).std(), world(pair[1]).std(), rtol=0.2)  # it still turns
    stand(pair[:1], rotation_euler=(0, 0, 0))
    assert_alike_from_now_on(pair, rng, 3 * CLOSE)


def test_uneven_scale_stops_the_head_and_keeps_the_mesh(pair, rng):
    stand(pair, scale=(1, 1.3, 1), rotation_euler=(0.4, 0, 0))
    apply(pair[0])
    kept = world(pair[0])
    np.testing.assert_allclose(kept, world(pair[1]), atol=CLOSE)
    assert "stretched" in live.trouble(pair[0])
    api.set_params(pair[0], jaw=(0.5, 0, 0))
    pair[0].flame.neck[1] = 0.5
    bpy.context.view_layer.update()
    np.testing.assert_array_equal(world(pair[0]), kept)
    live.forget()  # as undo and loading do
    assert "stretched" in live.trouble(pair[0])
    assert api.keep_sculpt(pair[0])
    assert live.trouble(pair[0]) is None
    stretched = api.get_params(pair[0]).offsets
    assert np.abs(stretched).max() > 0.01
    api.set_params(pair[0], global_rotation=(0, 0, 0))
    assert np.abs(world(pair[0]) - kept).max() > 1e-3  # and follows again


def test_a_sculpt_before_and_after(pair, rng):
    bumps = np.zeros((len(pair[0].data.vertices), 3), np.float32)
    bumps[::7] = rng.normal(size=bumps[::7].shape) * 1e-3
    sculpt(pair, bumps)
    stand(pair, **KINDS["all"])
    apply(pair[0])
    assert_alike_from_now_on(pair, rng)
    inverse = np.linalg.inv(np.array(pair[1].matrix_world)[:3, :3])
    sculpt(pair[:1], bumps)
    sculpt(pair[1:], (bumps @ inverse.T).astype(np.float32))
    assert_alike_from_now_on(pair, rng, 2 * CLOSE)


def sculpt(heads, bumps) -> None:
    for head in heads:
        positions = np.empty_like(bumps)
        head.data.vertices.foreach_get("co", positions.ravel())
        head.data.vertices.foreach_set("co", (positions + bumps).ravel())
        head.data.update()
    bpy.context.view_layer.update()


def test_curves_files_and_copies_carry_it_on(pair, rng, tmp_path):
    stand(pair, **KINDS["all"])
    apply(pair[0])
    for frame, value in ((1, 0.0), (11, 0.4)):
        for each in pair:
            api.set_params(each, jaw=(value, 0, 0), global_rotation=(0, value, value))
            api.keyframe(each, frame)
    bpy.context.scene.frame_set(6)
    assert_alike(pair)
    copy = pair[0].copy()
    copy.data = copy.data.copy()
    bpy.context.collection.objects.link(copy)
    linked = pair[0].copy()
    bpy.context.collection.objects.link(linked)
    names = [obj.name for obj in (*pair, copy, linked)]
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    head, other, copy, linked = (bpy.data.objects[name] for name in names)
    for frame in (2, 9):
        bpy.context.scene.frame_set(frame)
        for each in (head, copy, linked):
            assert_alike((each, other))


def test_what_is_off_keeps_the_frame_too(pair, rng):
    """Live is off, applied, something is set, and it is on again."""
    stand(pair, **KINDS["all"])
    pair[0].flame.live = False
    apply(pair[0])
    np.testing.assert_allclose(world(pair[0]), world(pair[1]), atol=CLOSE)
    np.testing.assert_allclose(api.evaluate(pair[0], "world"), world(pair[1]), atol=CLOSE)
    for each in pair:
        api.set_params(each, jaw=(0.4, 0, 0))
    np.testing.assert_allclose(api.evaluate(pair[0], "world"), world(pair[1]), atol=CLOSE)
    pair[0].flame.live = True
    bpy.context.view_layer.update()
    assert_alike_from_now_on(pair, rng)


def test_landmarks_stay_on_the_face(any_head, rng):
    head = any_head
    api.add_landmarks(head)
    stand([head], **KINDS["all"])
    apply(head)
    for _ in range(2):
        places = [item.empty.matrix_world.translation for item in head.flame.landmarks]
        np.testing.assert_allclose(places, api.landmarks(head, "world"), atol=CLOSE)
        api.set_params(head, **random_fields(head, rng))
        bpy.context.view_layer.update()
    # Up the nose, wherever that is in this frame: both sculpts follow to 0.01. Aside they have "Nose bend" alone, and
    # the tip is where that crosses over: 0.02 mm a deviation (0.34 on the first sculpt, which followed by ten of them).
    bridge, tip = (head.flame.landmarks[row].empty for row in (28, 30))
    tip.location += 0.004 * (bridge.location - tip.location).normalized()
    before = api.landmarks(head, "world")
    moved = head.matrix_world @ tip.location
    reshape(head)
    after = api.landmarks(head, "world")
    assert np.linalg.norm(after[30] - np.array(moved)) < 0.2 * np.linalg.norm(before[30] - np.array(moved))


@pytest.mark.parametrize("kind", ["all", "larger", "mirrored", "turned by 90 degrees"])
def test_rig_and_cache_lie_on_the_head(pair, rng, kind, tmp_path):
    head, other = pair
    stand(pair, **KINDS[kind])
    apply(head)
    for frame in (1, 3):
        fields = random_fields(head, rng) | {"shape": api.get_params(other).shape}
        for each in pair:
            api.set_params(each, **fields)
            api.keyframe(each, frame)
    assert_alike(pair)
    rig = api.make_rig(head, frames=(1, 3))
    for frame in (1, 3):
        bpy.context.scene.frame_set(frame)
        np.testing.assert_allclose(world(rig.skin), world(other), atol=5e-5)
    api.bake_cache(head, path=tmp_path / "head.pc2", frames=(1, 3))
    for frame in (1, 3):
        bpy.context.scene.frame_set(frame)
        np.testing.assert_allclose(world(head), world(other), atol=CLOSE)


def test_a_cache_of_before_is_told(any_head, tmp_path):
    api.bake_cache(any_head, path=tmp_path / "head.pc2", frames=(1, 2))
    assert cache.trouble(any_head) is None
    stand([any_head], **KINDS["turned"])
    apply(any_head)
    assert "bake again" in cache.trouble(any_head)
    api.bake_cache(any_head, path=tmp_path / "head.pc2", frames=(1, 2))
    assert cache.trouble(any_head) is None
    np.testing.assert_allclose(world(any_head), api.evaluate(any_head, "world"), atol=CLOSE)


@pytest.mark.oldest
@pytest.mark.parametrize("kind", ["all", "turned"])
def test_a_fit_puts_the_head_where_it_was_seen(pair, kind, rng):
    """As a head whose object has the usual axes; its own is put elsewhere."""
    head, other = pair
    stand(pair, **KINDS[kind])
    apply(head)
    subject = api.add_head(head.flame.model_name, name="Subject")
    api.set_params(subject, shape=rng.normal(size=len(subject.flame.shape))[:10] * 0.5, jaw=(0.1, 0, 0))
    points = api.landmarks(subject, "world")
    for each in pair:
        api.set_params(each, shape=())
        stand([each], location=(0, 0, 0), rotation_euler=(0, 0, 0), scale=(1, 1, 1))
        api.fit_landmarks(points, each)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(world(head), world(other), atol=1e-5)
    assert np.linalg.norm(api.landmarks(head, "world") - points, axis=1).mean() < 2e-3


@pytest.mark.newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize("kind", ["all", "turned"])
@pytest.mark.parametrize("suffix", [".glb", ".usdc", ".fbx"])
def test_scene_files_read_back_right(any_head, kind, suffix, tmp_path):
    """The exporter compares what it reads back with the head in the world, and refuses 0.1 mm."""
    head = any_head
    stand([head], **KINDS[kind])
    apply(head)
    api.set_params(head, jaw=(0.3, 0, 0), neck=(0, 0.3, 0), translation=(0.01, 0.02, 0))
    api.keyframe(head, 1)
    api.set_params(head, jaw=(0, 0.1, 0))
    api.keyframe(head, 2)
    try:
        written = api.export_scene(head, tmp_path / f"head{suffix}", frames=(1, 2))
    except FlameError as error:
        if "this Blender has no" in str(error):
            pytest.skip(str(error))
        raise
    assert written.deviation_mm < 0.1


def test_mesh_files_and_parameters_do_not_change(pair, tmp_path):
    stand(pair, **KINDS["all"])
    apply(pair[0])
    for each, name in zip(pair, ("one", "other"), strict=True):
        api.export_meshes(each, tmp_path / f"{name}.obj")
    assert (tmp_path / "one.obj").read_text() == (tmp_path / "other.obj").read_text()


def test_a_camera_for_landmarks_sees_them_where_they_are(any_head, tmp_path):
    head = any_head
    stand([head], **KINDS["all"])
    apply(head)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.context.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0.3, -1.5, 1), (np.pi / 2, 0, 0)
    bpy.context.scene.camera = camera
    bpy.context.view_layer.update()
    api.export_landmarks(head, tmp_path / "points.npz")
    with np.load(tmp_path / "points.npz") as found:
        np.testing.assert_allclose(found["world"][0], api.landmarks(head, "world"), atol=CLOSE)
        view = world_to_camera_view(bpy.context.scene, camera, Vector(found["world"][0][0]))
        assert abs(found["pixels"][0][0][0] - view.x * bpy.context.scene.render.resolution_x) < 1e-3
