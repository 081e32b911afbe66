"""Every tool's file on an animated head: what Blender shows is what smplx computes from the numbers in the file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from tests.blender.conftest import ROOT, shown

DEV_PYTHON = Path(os.environ.get("FLAME_DEV_PYTHON", ROOT / ".envs" / "dev" / "bin" / "python"))


@pytest.mark.oldest
@pytest.mark.skipif(not DEV_PYTHON.exists(), reason="no environment with torch and smplx (make .envs/dev/.made)")
def test_every_tools_clip_shows_smplxs_vertices(flame_head, flame_file, tmp_path):
    """A quarter of the layouts, three frames each, head rotation, jaw, neck, eyes and translation included.

    Once they are read they are one kind of clip: tests/sequences/test_tools_vertices.py does all of them.
    """
    script = ROOT / "tests" / "sequences" / "write_tools_files.py"
    subprocess.run(
        [DEV_PYTHON, script, tmp_path / "tools", flame_file], check=True, env={**os.environ, "PYTHONPATH": ""}
    )
    with np.load(tmp_path / "tools" / "reference.npz") as file:
        reference = dict(file)
    tools = sorted({key.split()[0] for key in reference})
    assert len(tools) >= 35
    for tool in tools[::4]:
        # the coefficients of beat2 are SMPL-X's; here they are written as this head's
        api.import_animation(str(reference[f"{tool} path"]), flame_head, copy_expression=True)
        for frame, vertices in zip(reference[f"{tool} frames"], reference[f"{tool} vertices"], strict=True):
            bpy.context.scene.frame_set(1 + int(frame))
            assert np.abs(shown(flame_head) - vertices).max() < 1e-5, f"{tool}, frame {frame}"
