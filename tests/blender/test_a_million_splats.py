"""A million splats of degree 3 open, follow and save within 4 GB, in a fresh process of this Blender."""

from __future__ import annotations

import bpy
import pytest

from benchmarks.avatars import MOST_MB, opened

pytestmark = [
    pytest.mark.newest,
    pytest.mark.in_ci,
    pytest.mark.skipif(bool(bpy.app.binary_path), reason="its own Python has no bpy"),
]


def test_a_million_splats_open_follow_and_are_saved(tmp_path):
    found = opened(tmp_path, 1_000_000)
    assert found["peak_mb"] < MOST_MB == 4096, found
    assert found["file_mb"] > 150, "all of them are in the .blend"
