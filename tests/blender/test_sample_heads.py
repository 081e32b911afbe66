"""Random heads from Blender: the button, the file menu's folder, and models by name."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import FlameError
from flame_blender.files.meshes.mesh_file import read_mesh


def test_the_button_writes_what_the_script_writes(flame_model, tmp_path):
    """Of the model for new heads; a VOCA template has no expression and stands in the zero pose."""
    made = api.sample(2, tmp_path / "script", kind="VOCA_TEMPLATE", seed=4, parameters=True)
    folder = tmp_path / "button"
    folder.mkdir()
    done = bpy.ops.flame.sample_heads(directory=str(folder), count=2, kind="VOCA_TEMPLATE", seed=4, parameters=True)
    assert done == {"FINISHED"}
    for path in (*made.paths, made.parameters):
        assert (folder / path.name).read_bytes() == path.read_bytes()
    head = api.add_head(flame_model)
    api.import_animation(made.parameters, head)
    bpy.context.scene.frame_set(2)
    assert np.abs(api.evaluate(head) - read_mesh(made.paths[1]).vertices).max() < 1e-6


def test_a_model_by_name_and_none_of_that_name(flame_model, tmp_path):
    built_in, other = (api.sample(1, tmp_path / str(i), name) for i, name in enumerate((api.BUILT_IN, flame_model)))
    counts = [len(read_mesh(made.paths[0]).vertices) for made in (built_in, other)]
    assert counts == [len(api.add_head(name).data.vertices) for name in (api.BUILT_IN, flame_model)]
    with pytest.raises(FlameError, match="expected an installed model"):
        api.sample(1, tmp_path / "none", "nobody")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RuntimeError, match="file stands where a folder should be"):
        bpy.ops.flame.sample_heads(directory=str(tmp_path / "file"), count=1)
