"""What is wrong with one head is said in its panel; every other head follows, and the mended one does again."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import live, sculpt
from tests.blender.conftest import expression_of, shown

CLOSE = 1e-6
NAN, INF = float("nan"), float("inf")


@pytest.fixture
def heads(any_head):
    """One that goes wrong, made first, and one that is well."""
    any_head.name = "A Wrong One"
    return any_head, api.add_head(any_head.flame.model_name, name="Well")


def spoil(head, what: str) -> None:
    if what == "identity":
        head.flame.shape[2].value = NAN
    elif what == "expression":
        expression_of(head)[1].value = INF
    elif what == "pose":
        head.flame.jaw[1] = NAN
    elif what == "eyelid":
        head.flame.left_eyelid = NAN
    elif what == "huge":
        head.flame.translation[0] = 3e30
    elif what == "offsets":
        offsets = np.zeros((len(head.data.vertices), 3), np.float32)
        offsets[5] = NAN
        sculpt.write_offsets(head.data, offsets)
        head.update_tag()


def mend(head) -> None:
    api.set_params(head, shape=(), expression=(), jaw=(0.1, 0, 0), translation=(0, 0, 0), eyelids=None, offsets=None)


SAYS = {
    "identity": "identity",
    "expression": "expression",
    "pose": "jaw is nan",
    "eyelid": "left eyelid is nan",
    "huge": "translation is 3e+30",
    "offsets": "offsets of 1 vertices",
}


@pytest.mark.parametrize("what", SAYS)
def test_one_bad_head_stops_itself_alone(heads, what, tmp_path):
    wrong, well = heads
    before = shown(wrong)
    spoil(wrong, what)
    well.flame.jaw[0] = 0.3
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(well), api.evaluate(well), atol=CLOSE)
    np.testing.assert_array_equal(shown(wrong), before)
    assert SAYS[what] in live.trouble(wrong)
    assert live.trouble(well) is None
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    wrong, well = bpy.data.objects["A Wrong One"], bpy.data.objects["Well"]
    assert SAYS[what] in live.trouble(wrong)
    well.flame.jaw[0] = 0.1
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(well), api.evaluate(well), atol=CLOSE)
    live.forget()  # as undo does
    assert SAYS[what] in live.trouble(wrong)
    mend(wrong)
    assert live.trouble(wrong) is None
    np.testing.assert_allclose(shown(wrong), api.evaluate(wrong), atol=CLOSE)
    np.testing.assert_allclose(shown(wrong), shown(well), atol=CLOSE)


def test_in_animation_too(heads):
    wrong, well = heads
    for frame, value in ((1, 0.0), (11, 0.4)):
        api.set_params(well, jaw=(value, 0, 0))
        api.keyframe(well, frame)
    api.keyframe(wrong, 1)
    curve = wrong.driver_add("flame.neck", 0)
    curve.driver.type, curve.driver.expression = "SCRIPTED", "1 / (frame - 6) if frame == 6 else frame * 1e9"
    for frame in (3, 6, 9):
        bpy.context.scene.frame_set(frame)
        np.testing.assert_allclose(shown(well), api.evaluate(well), atol=CLOSE)
        assert well.flame.jaw[0] > 0.03


def test_vertices_that_are_no_numbers_are_put_back_and_the_sculpt_is_kept(heads):
    wrong, _ = heads
    before = shown(wrong)
    wrong.data.vertices[7].co = (NAN, 0, 0)
    wrong.data.vertices[40].co.z += 0.002
    wrong.data.update()
    bpy.context.view_layer.update()
    expected = before.copy()
    expected[40, 1] += 0.002
    np.testing.assert_allclose(shown(wrong), expected, atol=CLOSE)
    assert live.trouble(wrong) is None


def test_a_mistake_of_ours_in_one_head_is_raised_after_the_others(heads, monkeypatch):
    """And its panel says that there is something in the console."""
    wrong, well = heads
    write = live._write

    def failing(obj, *others):
        if obj == wrong:
            raise RuntimeError("a mistake")
        write(obj, *others)

    monkeypatch.setattr(live, "_write", failing)
    for head in heads:
        head.flame.jaw[0] = 0.25
    with pytest.raises(ExceptionGroup, match="could not be evaluated") as caught:
        live.refresh_all()
    assert [str(error) for error in caught.value.exceptions] == ["a mistake"]
    np.testing.assert_allclose(shown(well), api.evaluate(well), atol=CLOSE)
    assert "see the console" in live.trouble(wrong)
    monkeypatch.undo()
    live.refresh_all()
    assert live.trouble(wrong) is None
    np.testing.assert_allclose(shown(wrong), api.evaluate(wrong), atol=CLOSE)
