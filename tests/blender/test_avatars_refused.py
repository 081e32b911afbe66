"""Gaussian avatars in a Blender that has no splats: refused in one sentence, and nothing changes."""

from __future__ import annotations

import re

import bpy
import pytest

from flame_blender import api
from flame_blender.avatars import avatar_object
from flame_blender.errors import AvatarError
from tests.splats.made_up import random_splats

pytestmark = [
    pytest.mark.every_version,
    pytest.mark.skipif(bpy.app.version >= (5, 3), reason="this Blender has splats"),
]
SENTENCE = r"^Gaussian avatars need Blender 5\.3 or newer, found \d+\.\d+\.\d+; open the file there\.$"


def test_an_avatar_is_refused(head):
    before = set(bpy.data.objects), len(bpy.data.node_groups)
    with pytest.raises(AvatarError, match=SENTENCE):
        avatar_object.add(head, random_splats(4, 0, 100), "Nobody")
    with pytest.raises(AvatarError, match=SENTENCE):
        api.add_avatar("somebody", head)
    with pytest.raises(AvatarError, match=SENTENCE):
        api.bind_avatar(head, head)
    for changing in (api.crop_avatar, api.grade_avatar, api.turn_colours, api.make_avatar):
        with pytest.raises(AvatarError, match=SENTENCE):
            changing(head)
    for with_another in (api.merge_avatars, api.copy_avatar):
        with pytest.raises(AvatarError, match=SENTENCE):
            with_another(head, head)
    assert not api.is_avatar(head) and not bpy.ops.flame.merge_avatars.poll() and not bpy.ops.flame.copy_avatar.poll()
    assert re.match(SENTENCE, api.missing_splats()) and not bpy.ops.flame.add_avatar.poll()
    assert api.avatars_of(head) == [] and not api.is_splat_cloud(head)
    assert before == (set(bpy.data.objects), len(bpy.data.node_groups))
