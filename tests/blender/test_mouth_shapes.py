"""A rig's mouth shapes as lip-sync add-ons take them: a shape key for each viseme, an action for each of Rhubarb's."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head.mouth import mouth_object
from tests.blender.conftest import shown

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
RHUBARB = {"A": ("PP", 0.7), "D": ("aa", 1.0), "F": ("U", 1.0), "X": ("sil", 1.0)}  # of its README's nine

pytestmark = pytest.mark.oldest_and_newest


@pytest.fixture
def rig(named_head) -> api.NativeRig:
    if named_head.flame.model_name != api.BUILT_IN:
        api.add_mouth(named_head)
    return api.make_rig(named_head, animated=False, mouth_shapes=True)


def test_each_key_alone_is_what_the_head_shows(named_head, rig):
    """Skin, teeth and tongue, jaw and all; and a rig that is asked for none has none."""
    keys = rig.skin.data.shape_keys.key_blocks
    assert list(keys.keys())[-len(VISEMES) :] == list(VISEMES)
    made = mouth_object.shown(named_head)
    assert (made is None) == (rig.mouth is None)
    for viseme in ("aa", "U", "FF"):
        api.apply_preset(named_head, viseme)
        keys[viseme].value = 1.0
        bpy.context.view_layer.update()
        assert np.abs(shown(rig.skin) - api.evaluate(named_head)).max() < 1e-5
        if made is not None:
            assert np.abs(shown(rig.mouth) - shown(made)).max() < 2e-4  # lashes grow on the skin that is shown
        keys[viseme].value = 0.0
    assert not set(VISEMES) & set(api.make_rig(named_head, animated=False).skin.data.shape_keys.key_blocks.keys())


def test_an_action_for_each_of_rhubarbs_shapes(named_head, rig):
    """Assigned as its add-on's strips do, each tells all visemes, so that none is left over from the one before."""
    keys = rig.skin.data.shape_keys
    assert [action.name for action in rig.actions] == [f"{named_head.name} Mouth {shape}" for shape in "ABCDEFGHX"]
    assert all(action.use_fake_user and action.users == 1 for action in rig.actions)
    data = keys.animation_data_create()
    for shape, (viseme, strength) in RHUBARB.items():
        data.action = next(action for action in rig.actions if action.name.endswith(shape))
        if bpy.app.version >= (4, 4):
            data.action_slot = data.action.slots[0]
        bpy.context.scene.frame_set(1)
        values = {name: keys.key_blocks[name].value for name in VISEMES}
        assert values == pytest.approx(dict.fromkeys(VISEMES, 0.0) | {viseme: strength})


def test_a_model_without_named_controls_says_what_to_press(flame_head):
    before = len(bpy.data.objects)
    with pytest.raises(api.ParameterError, match="press Compute Named Controls"):
        api.make_rig(flame_head, mouth_shapes=True)
    assert len(bpy.data.objects) == before
