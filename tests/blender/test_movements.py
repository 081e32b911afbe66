"""Two kinds of coefficients, each with its own range; and files of before named movements had one."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.keyframes import sampling
from tests.blender.conftest import expression_of, random_fields, shown

CLOSE = 2e-6


@pytest.fixture
def head(built_in_head):
    """The built-in head: only it has named movements."""
    return built_in_head


def as_saved_before(obj: bpy.types.Object) -> None:
    """Make a built-in head what older versions saved: its movements among the coefficients in standard deviations."""
    named = [(item.name, item.value) for item in obj.flame.movements]
    obj.flame.movements.clear()
    for name, value in named:
        item = obj.flame.expression.add()
        item.name, item.value = name, value


def soft_range(item: bpy.types.PropertyGroup) -> tuple[float, float]:
    number = item.bl_rna.properties["value"]
    return number.soft_min, number.soft_max


def test_sliders_have_the_range_of_what_they_are(head, flame_head):
    """0 to 1 for named movements, 3 deviations to a side for the others; a typed number may go beyond both."""
    assert len(head.flame.movements) == api.model(head).n_expression and not head.flame.expression
    assert len(flame_head.flame.expression) == api.model(flame_head).n_expression and not flame_head.flame.movements
    for obj in (head, flame_head):
        model = api.model(obj)
        for field, directions in (("shape", model.identity_directions), ("expression", model.expression_directions)):
            items = obj.flame.shape if field == "shape" else expression_of(obj)
            assert [item.name for item in items] == [direction.name for direction in directions]
            assert {soft_range(item) for item in items} == {direction.soft_range for direction in directions}
        expression_of(obj)[0].value = -4.5
        assert api.get_params(obj).expression[0] == pytest.approx(-4.5)


@pytest.fixture
def old_file(head, rng, tmp_path):
    """A .blend as older versions saved it, a movement keyed and one driven; its path and the shapes at two frames."""
    as_saved_before(head)
    api.set_params(head, **random_fields(head, rng))
    for frame, value in ((1, 0.0), (11, 0.8)):
        head.flame.expression[3].value = value
        head.keyframe_insert("flame.expression[3].value", frame=frame)
    driver = head.driver_add("flame.expression[4].value").driver
    driver.expression = "frame / 20"
    scene = bpy.context.scene
    wanted = []
    for frame in (1, 11):
        scene.frame_set(frame)
        params = api.get_params(head)
        assert params.expression[3:5] == pytest.approx([0.08 * (frame - 1), frame / 20])
        wanted.append(shown(head))
    path = tmp_path / "old.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path, wanted


def test_older_files_go_on_as_they_are(old_file):
    """Their curves, drivers and sliders keep their paths, and everything else works on them."""
    path, wanted = old_file
    bpy.ops.wm.open_mainfile(filepath=str(path))
    head = next(obj for obj in bpy.data.objects if api.is_head(obj))
    assert not head.flame.movements
    for frame, positions in zip((1, 11), wanted, strict=True):
        bpy.context.scene.frame_set(frame)
        np.testing.assert_allclose(shown(head), positions, atol=CLOSE)
    head.driver_remove("flame.expression[4].value")
    api.apply_preset(head, "Smile", frame=20)
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)
    paths = {curve.data_path for curve in sampling.curves_of(head)}
    assert "flame.expression[3].value" in paths and not any("movements" in path for path in paths)


def test_a_clip_replaces_the_curves_of_an_older_head(old_file, tmp_path, rng):
    path, _ = old_file
    bpy.ops.wm.open_mainfile(filepath=str(path))
    head = next(obj for obj in bpy.data.objects if api.is_head(obj))
    head.driver_remove("flame.expression[4].value")
    clip = tmp_path / "clip.npz"
    given = rng.random((5, 47)).astype(np.float32)
    np.savez(clip, expression=given, fps=25)
    api.import_animation(clip, head)
    for frame in range(5):
        bpy.context.scene.frame_set(1 + frame)
        np.testing.assert_array_equal(api.get_params(head).expression, given[frame])
    assert len(sampling.curves_of(head)) == 47


@pytest.mark.parametrize("older", [False, True])
def test_values_over_time_are_read_from_the_curves(head, rng, older):
    """What is read at once from the curves of movements is what Blender shows frame by frame."""
    if older:
        as_saved_before(head)
    for frame in (1, 8):
        api.set_params(head, **random_fields(head, rng))
        api.keyframe(head, frame)
    scene = bpy.context.scene
    times = [1.0, 3.5, 8.0]
    at_once = run(sampling.sampling(scene, head, times))
    assert np.ptp(at_once, axis=0).max() > 0.1
    np.testing.assert_allclose(at_once, run(sampling.frame_by_frame(scene, head, times)), atol=1e-6)


def run(steps):
    """What a generator returns."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value
