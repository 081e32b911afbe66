"""Altered and damaged files through the operator: keys on the head, or one sentence and the scene as before."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from tests.blender.conftest import expression_of, shown

CASES = 200
pytestmark = pytest.mark.oldest_and_newest


def clip(generator, n_expression):
    widths = {"rotation": 3, "translation": 3, "neck_pose": 3, "jaw_pose": 3, "eyes_pose": 6, "expr": n_expression}
    arrays = {key: generator.normal(0, 0.1, (4, width)).astype(np.float32) for key, width in widths.items()}
    return arrays | {"shape": generator.normal(0, 0.3, 20).astype(np.float32)}


def altered(arrays, generator):
    """One key gone, renamed, of another shape, dtype or length, or with a number that is none."""
    key = list(arrays)[generator.integers(len(arrays))]
    array = arrays.pop(key)
    holed = array.astype(float)
    holed.reshape(-1)[generator.integers(array.size)] = [np.nan, np.inf, 1e300][generator.integers(3)]
    changes = [
        {},
        {key + "_": array},
        {key: array[:-1]},
        {key: np.concatenate([array, array])},
        {key: array.reshape(-1)[:-1]},
        {key: array[None]},
        {key: holed},
        {key: array.astype("U8")},
        {key: np.zeros(0)},
        {key: np.array([{"x": 1}], object)},
        {key: array, "static_offset": np.ones((1, generator.integers(1, 9000), 3))},
    ]
    return arrays | changes[generator.integers(len(changes))]


def damaged(raw, generator):
    if generator.integers(2):
        return raw[: generator.integers(len(raw))]
    raw = bytearray(raw)
    for place in generator.integers(0, len(raw), 8):
        raw[place] = generator.integers(256)
    return bytes(raw)


def state(head):
    """What must be as before: objects, meshes, actions, the scene's time, and the head's shape and values."""
    scene = bpy.context.scene
    data = [sorted(each.name for each in kind) for kind in (bpy.data.objects, bpy.data.meshes, bpy.data.actions)]
    values = [item.value for item in (*head.flame.shape, *expression_of(head))]
    return data, values, scene.render.fps, scene.render.fps_base, scene.frame_end, shown(head).tobytes()


def imported(path, new_head):
    """None, or what the operator said when it refused."""
    try:
        bpy.ops.flame.import_animation(filepath=str(path), new_head=new_head)
    except RuntimeError as error:
        return str(error)
    return None


def test_the_scene_is_as_before(head, tmp_path):
    generator = np.random.default_rng(8)
    api.set_params(head, expression=[0.4], jaw=(0.1, 0, 0))
    bpy.context.view_layer.objects.active = head
    path = tmp_path / "clip.npz"
    outcomes = {"read": 0, "refused": 0}
    for case in range(CASES):
        arrays = clip(generator, len(expression_of(head)))
        np.savez(path, **(altered(arrays, generator) if case % 3 else arrays))
        if case % 3 == 0:
            path.write_bytes(damaged(path.read_bytes(), generator))
        before = state(head)
        said = imported(path, new_head=bool(case % 2))
        if said is not None:
            outcomes["refused"] += 1
            assert "Traceback" not in said and said.startswith("Error: "), said
            assert state(head) == before, said
            continue
        outcomes["read"] += 1
        for obj in [each for each in bpy.data.objects if api.is_head(each) and each != head]:
            bpy.data.batch_remove([obj, obj.data])
        head.animation_data_clear()
        bpy.context.view_layer.objects.active = head
    assert outcomes["refused"] > CASES // 4 and outcomes["read"] > CASES // 10, outcomes
