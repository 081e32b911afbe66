"""Files whose names are no text (not UTF-8, with a line break): brought in, written and told of like others."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.bake import cache
from flame_blender.clips import sound
from flame_blender.export.mesh_files import write_obj
from flame_blender.flame.params import FlameParams
from flame_blender.languages import labels
from flame_blender.model_files.saving import save_model
from flame_blender.sequences.project_npz import save_sequence
from flame_blender.sequences.sequence import FlameSequence
from tests.flame.full_size import small_model

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names there are always text")


@pytest.fixture
def odd(tmp_path):
    """A path of such a name, by its ending."""
    return lambda suffix: Path(os.fsdecode(os.fsencode(tmp_path) + b"/t\xeate\nb" + suffix.encode()))


@pytest.fixture
def small_head(tmp_path):
    save_model(dataclasses.replace(small_model(), landmarks={}), tmp_path / "small.npz")
    head = api.add_head(tmp_path / "small.npz")
    bpy.context.view_layer.objects.active = head
    bpy.context.scene.frame_end = 2
    return head


def test_what_comes_in_is_named_as_blender_can(small_head, odd, tmp_path):
    write_obj(odd(".obj"), np.eye(3), np.array([[0, 1, 2]]))
    assert api.import_meshes(odd(".obj")).obj.name == "t_te_b"
    save_sequence(FlameSequence(FlameParams(expression=np.zeros((2, 3))), fps=25.0, source="test"), odd(".npz"))
    odd(".wav").write_bytes(b"RIFF")
    told = api.import_animation(odd(".npz"), small_head).summary()
    assert any("left out" in line for line in told), "the sound beside it"
    assert bpy.ops.flame.import_animation(filepath=str(odd(".npz"))) == {"FINISHED"}
    save_model(dataclasses.replace(small_model(seed=1), landmarks={}), odd(".npz"))
    assert bpy.ops.flame.install_files(filepath=str(odd(".npz"))) == {"FINISHED"}
    assert api.add_head("t_te_b").flame.model_name == "t_te_b"
    assert sound.add_sound(bpy.context.scene, odd(".wav"), 1)[0].startswith("t")


def test_what_is_written_has_the_name(small_head, odd):
    """The cache plays, and is told of in a line of text when it is gone."""
    for button, suffix in (("bake_cache", ".pc2"), ("export_ply", ".ply"), ("export_parameters", ".json")):
        assert getattr(bpy.ops.flame, button)(filepath=str(odd(suffix))) == {"FINISHED"}
        assert odd(suffix).exists()
    assert cache.trouble(small_head) is None
    odd(".pc2").unlink()
    assert all(line.isprintable() for line in labels.wrapped(cache.trouble(small_head)))
    assert bpy.ops.flame.free_cache() == {"FINISHED"} and small_head.flame.live
