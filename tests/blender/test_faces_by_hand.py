"""What an animator does to a face by hand: mirrored, copied without the person, reset by parts."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import numpy as np
import pytest

from flame_blender import api, panels
from flame_blender.panels.sidebar import RESETS


@pytest.fixture
def person(named_head):
    """Winks with the left eye, looks and chews aside; somebody who has turned the head."""
    api.set_params(
        named_head, shape=(1.0, -2.0), expression=(0.5,), jaw=(0.1, 0.2, 0.3), left_eye=(0, 0.2, 0), neck=(0, 0.4, 0)
    )
    api.set_arkit(named_head, {"eyeBlinkLeft": 1.0, "mouthSmileRight": 0.5, "jawOpen": 0.25})
    named_head.flame.left_eyelid = 0.75
    bpy.context.view_layer.objects.active = named_head
    return named_head


def test_a_mirrored_face(person):
    before = api.get_arkit(person)
    assert bpy.ops.flame.mirror_face() == {"FINISHED"}
    assert api.get_arkit(person) == before | {
        "eyeBlinkLeft": 0.0, "eyeBlinkRight": 1.0, "mouthSmileLeft": 0.5, "mouthSmileRight": 0.0,
    }  # fmt: skip
    head = person.flame
    np.testing.assert_allclose(head.jaw, (0.1, -0.2, -0.3), atol=1e-6)
    np.testing.assert_allclose((*head.left_eye, *head.right_eye), (0, 0, 0, 0, -0.2, 0), atol=1e-6)
    np.testing.assert_allclose(head.neck, (0, 0.4, 0), atol=1e-6)
    assert (head.left_eyelid, head.right_eyelid) == (0.0, 0.75)


def test_a_face_comes_to_another_head_without_the_person(person):
    bpy.context.window_manager.clipboard = ""
    text, before = api.copy_params(person, face_only=True), api.get_params(person)
    assert "shape" not in text and "neck" not in text
    for model in {person.flame.model_name, api.BUILT_IN}:
        other = api.add_head(model)
        api.set_params(other, shape=(3.0,), neck=(0.1, 0, 0))
        assert set(api.paste_params(other, text)) == {"expression", "jaw", "left_eye", "right_eye", "eyelids"}
        assert api.get_arkit(other) == api.get_arkit(person)
        own = other.flame
        np.testing.assert_allclose(own.jaw, person.flame.jaw)
        np.testing.assert_allclose((*own.neck, own.shape[0].value), (0.1, 0, 0, 3.0), atol=1e-6)
        if model == person.flame.model_name:
            np.testing.assert_allclose(api.get_params(other).expression, before.expression, atol=1e-6)
    assert bpy.ops.flame.copy_params(face_only=True) == {"FINISHED"}


def test_each_panel_resets_its_own(person):
    """Its button in the header, as the panel draws it."""
    for panel, left in (
        (panels.FLAME_PT_pose, "neck"),
        (panels.FLAME_PT_identity, "shape"),
        (panels.FLAME_PT_skin, ""),
    ):
        button = SimpleNamespace()
        layout = SimpleNamespace(operator=lambda *_, button=button, **__: button)
        panel.draw_header_preset(SimpleNamespace(layout=layout, resets=panel.resets), bpy.context)
        asked = vars(button)
        assert asked == {name: name in panel.resets for name in RESETS}
        assert bpy.ops.flame.reset_params(**asked) == {"FINISHED"}
        if left:
            assert not np.any(getattr(api.get_params(person), left))
    assert api.get_arkit(person)["eyeBlinkLeft"] == 1.0
