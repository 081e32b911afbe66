"""Mouth and lashes of a FLAME file's head, baked, rigged and exported with it."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.bake import cache
from flame_blender.head.mouth import mouth_object
from tests.blender.mouths import CLOSE, seen
from tests.blender.mouths import head as head  # for the tests
from tests.blender.mouths import shares as shares

pytestmark = pytest.mark.newest  # exporters are asked in every version by tests of heads


@pytest.fixture
def moving(head):
    """Speaks, blinks and nods from frame 1 to 9, the jaw and the head's place too."""
    for frame, share in ((1, 0.0), (5, 1.0), (9, 0.3)):
        api.set_arkit(
            head, {"jawOpen": 0.7 * share, "eyeBlinkLeft": share, "tongueOut": share, "mouthSmileLeft": share}
        )
        api.set_params(head, neck=(0.2 * share, 0.3 * share, 0))
        api.keyframe(head, frame)
        head.location.x = 0.1 * share
        head.keyframe_insert("location", frame=frame)
    return head


def in_world(made: bpy.types.Object) -> np.ndarray:
    matrix = np.array(made.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world)
    return seen(made) @ matrix[:3, :3].T + matrix[:3, 3]


def by_frame(made: bpy.types.Object, frames=(1, 3, 5, 9)) -> list[np.ndarray]:
    shapes = []
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        shapes.append(in_world(made))
    return shapes


def test_it_is_baked_with_the_head_and_freed(moving, tmp_path):
    made = api.mouth_of(moving)
    live_shapes = by_frame(made)
    path = api.bake_cache(moving, path=tmp_path / "head.pc2", frames=(1, 9), samples_per_frame=2)
    assert (tmp_path / "head_mouth.pc2").exists() and path == tmp_path / "head.pc2"
    moving.flame.jaw = (0, 0, 0)
    for played, wanted in zip(by_frame(made), live_shapes, strict=True):
        np.testing.assert_allclose(played, wanted, atol=2 * CLOSE)
    assert np.linalg.norm(live_shapes[2] - live_shapes[0], axis=1).max() > 0.05
    (tmp_path / "head_mouth.pc2").rename(tmp_path / "away.pc2")
    assert "head_mouth.pc2 is missing" in cache.trouble(moving)
    assert api.free_cache(moving) and cache.cache_of(made) is None and cache.trouble(moving) is None
    bpy.context.scene.frame_set(5)
    np.testing.assert_allclose(in_world(made), live_shapes[2], atol=2 * CLOSE)
    moving.flame.show_mouth = False
    api.bake_cache(moving, path=tmp_path / "alone.pc2", frames=(1, 2))
    assert not (tmp_path / "alone_mouth.pc2").exists()


def test_a_bake_that_is_stopped_leaves_neither_file(moving, tmp_path):
    steps = api.baking_cache(moving, api.BakeOptions(path=tmp_path / "head.pc2", frames=(1, 9)))
    next(steps)
    steps.close()
    assert list(tmp_path.iterdir()) == [] and cache.cache_of(api.mouth_of(moving)) is None


def teeth_and_lashes(head: bpy.types.Object) -> tuple[int, np.ndarray]:
    parts = mouth_object.read(api.mouth_of(head), len(head.data.vertices))
    return parts.n_mouth, parts.lashes


def test_a_native_rig_has_it_too(moving):
    """Teeth, gums and tongue to rounding; lashes, which turn between a key's ends, to a fraction of a millimetre."""
    made = api.mouth_of(moving)
    wanted = by_frame(made)
    rig = api.make_rig(moving, frames=(1, 9))
    count, _ = teeth_and_lashes(moving)
    assert rig.mouth is not None and rig.mouth.parent == rig.armature
    assert not [key for key in rig.mouth.data.keys() if key.startswith("flame_")]  # noqa: SIM118
    for found, expected_there in zip(by_frame(rig.mouth), wanted, strict=True):
        off = np.linalg.norm(found - expected_there, axis=1)
        assert off[:count].max() < 2e-5, "but for the pivots, which expression moves"
        assert off[count:].max() < 3e-4
    moving.flame.show_mouth = False
    assert api.make_rig(moving, animated=False).mouth is None


@pytest.mark.parametrize("suffix", [".glb", ".fbx", ".usdc", ".abc"])
def test_it_is_exported_with_the_head(moving, tmp_path, suffix):
    path = tmp_path / f"head{suffix}"
    if api.missing_exporter(suffix) is not None:
        pytest.skip("no exporter")
    count, _ = teeth_and_lashes(moving)
    wanted = [each[:count] for each in by_frame(api.mouth_of(moving))]
    written = api.export_scene(moving, path, frames=(1, 9))
    assert written.deviation_mm < 0.1
    before = set(bpy.data.objects)
    if suffix == ".glb":
        bpy.ops.import_scene.gltf(filepath=str(path))
    elif suffix == ".fbx":
        bpy.ops.import_scene.fbx(filepath=str(path), anim_offset=0.0)
    elif suffix == ".usdc":
        bpy.ops.wm.usd_import(filepath=str(path))
    else:
        bpy.ops.wm.alembic_import(filepath=str(path), as_background_job=False)
    meshes = [
        obj for obj in bpy.data.objects if obj not in before and obj.type == "MESH" and len(obj.data.vertices) > 100
    ]
    assert len(meshes) == 2
    mouth = min(meshes, key=lambda obj: len(obj.data.vertices))
    for key in mouth.data.shape_keys.key_blocks if mouth.data.shape_keys else ():
        key.slider_min, key.slider_max = -10, 10
    for shape, expected_there in zip(by_frame(mouth), wanted, strict=True):
        nearest = [np.linalg.norm(shape - point, axis=1).min() for point in expected_there[::7]]
        assert max(nearest) < 1e-4
    assert suffix == ".abc" or len(mouth.material_slots) >= 4, "Alembic has no materials"


def test_switched_off_it_is_not_exported(moving, tmp_path):
    moving.flame.show_mouth = False
    api.export_scene(moving, tmp_path / "head.usdc", frames=(1, 2))
    before = set(bpy.data.objects)
    bpy.ops.wm.usd_import(filepath=str(tmp_path / "head.usdc"))
    assert len([obj for obj in bpy.data.objects if obj not in before and obj.type == "MESH"]) == 1


SHARES = (0.25, 0.5, 0.75, 1.0)
STRIPS = 26  # of a lid's lashes


def blinks_live(head: bpy.types.Object) -> dict[float, np.ndarray]:
    """(N, 3) lashes of both eyes as the head has them, by how far the eyes are shut."""
    made, found = api.mouth_of(head), {}
    count, _ = teeth_and_lashes(head)
    for share in (0.0, *SHARES):
        api.set_arkit(head, {"eyeBlinkLeft": share, "eyeBlinkRight": share})
        found[share] = seen(made)[count:]
    return found


def test_no_lash_turns_over_in_a_blink(head):
    """Neighbours point alike at the corners too, all the way, and keep their breadth."""
    widths = []
    for share, points in blinks_live(head).items():
        lashes = points[: 2 * 2 * 3 * STRIPS * 2].reshape(2, 2, 3, STRIPS, 2, 3)
        along = (lashes[:, :, -1] - lashes[:, :, 0]).mean(-2)
        along /= np.linalg.norm(along, axis=-1, keepdims=True)
        assert (along[:, :, 1:] * along[:, :, :-1]).sum(-1).min() > 0.6, share
        widths.append(np.linalg.norm(lashes[..., 0, :] - lashes[..., 1, :], axis=-1))
        assert np.abs(widths[-1] / widths[0] - 1).max() < 0.15, share


def test_lashes_of_a_rig_turn_with_the_lids(head):
    """A second shape key, driven by 4 v (1 - v), is for the way, which a straight one leaves ten times as far."""
    wanted = blinks_live(head)
    api.set_arkit(head, {})
    rig, (count, _) = api.make_rig(head, animated=False), teeth_and_lashes(head)
    keys, own = rig.skin.data.shape_keys.key_blocks, rig.mouth.data.shape_keys
    curves = {curve.data_path: curve.driver for curve in own.animation_data.drivers}
    assert curves['key_blocks["eyeBlinkLeft bend"].value'].is_simple_expression, "else Blender asks for Python"
    for share in SHARES:
        keys["eyeBlinkLeft"].value = keys["eyeBlinkRight"].value = share
        off = np.linalg.norm(seen(rig.mouth)[count:] - wanted[share], axis=1).max()
        assert off < (2e-6 if share in (0.5, 1.0) else 1e-4), f"{1000 * off:.3f} mm at {share}"
    for curve in [each for each in own.animation_data.drivers if "bend" in each.data_path]:
        curve.mute = True
    own.key_blocks["eyeBlinkLeft bend"].value = own.key_blocks["eyeBlinkRight bend"].value = 0
    keys["eyeBlinkLeft"].value = keys["eyeBlinkRight"].value = 0.5
    assert np.linalg.norm(seen(rig.mouth)[count:] - wanted[0.5], axis=1).max() > 2e-5


def test_lashes_of_a_glb_turn_with_the_lids(head, tmp_path):
    """The same weights are in the file's animation."""
    wanted = blinks_live(head)
    for frame, share in enumerate((0.0, *SHARES), 1):
        api.set_arkit(head, {"eyeBlinkLeft": share, "eyeBlinkRight": share}, frame=frame)
    api.export_scene(head, tmp_path / "blink.glb", frames=(1, 5))
    before = set(bpy.data.objects)
    bpy.ops.import_scene.gltf(filepath=str(tmp_path / "blink.glb"))
    meshes = [
        obj for obj in bpy.data.objects if obj not in before and obj.type == "MESH" and len(obj.data.vertices) > 100
    ]
    mouth = min(meshes, key=lambda obj: len(obj.data.vertices))
    shapes = by_frame(mouth, range(1, 6))
    distances = np.linalg.norm(shapes[0][None] - wanted[0.0][:, None], axis=2)
    same = distances.argmin(1)
    assert distances.min(1).max() < 1e-5
    for shape, share in zip(shapes[1:], SHARES, strict=True):
        off = np.linalg.norm(shape[same] - wanted[share], axis=1).max()
        assert off < 1e-4, f"{1000 * off:.3f} mm at {share}"
