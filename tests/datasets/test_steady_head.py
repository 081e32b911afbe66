"""Heads of data sets against FLAME's layer, and the same bits whatever the threads."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flame_blender.datasets.sample import drawn_sample
from flame_blender.datasets.steady_head import SteadyHead
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from tests.datasets.recipes import recipe

ROOT = Path(__file__).resolve().parents[2]
MOVED = (
    "[identity]\nstrength = 1.5\n[expression]\nstrength = 1\n[pose]\nyaw = {uniform = [-60, 60]}\nneck_pitch = 20\n"
    "jaw = 15\nroll = 10\n[gaze]\nyaw = 20\npitch = -10\n"
)
SCRIPT = """
import hashlib, sys
from flame_blender.model_files.loading import load_model
from tests.datasets.made_sets import MADE_WITH, picture_of, posed, small
from flame_blender.datasets.sample_files import sample_files
model = load_model(sys.argv[1])
told = hashlib.sha256()
for index in range(3):
    for data in sample_files(small(), posed(small(), model, index), picture_of(small(), index), MADE_WITH).values():
        told.update(data)
print(told.hexdigest())
"""


@pytest.mark.parametrize("kind", ["built_in", "face_like", "shared_model"])
def test_heads_are_those_of_the_layer(kind: str, request: pytest.FixtureRequest):
    model: FlameModel = request.getfixturevalue(kind)
    steady, evaluator = SteadyHead(model), FlameEvaluator(model)
    for index in range(3):
        params = drawn_sample(recipe(MOVED), {"Built-in Head": model}, index).params
        params = replace(params, translation=np.array([0.1, -0.2, 0.3]))
        assert np.abs(steady.vertices(params) - evaluator.vertices(params)).max() < 1e-6


def test_shut_lids_are_those_of_the_layer(face_like: FlameModel):
    shapes = np.random.default_rng(0).normal(0, 1e-3, (2, face_like.n_vertices, 3)).astype(np.float32)
    model = replace(face_like, eyelid_shapes=shapes)
    params = drawn_sample(recipe(MOVED + "[lids]\nclosed = 0.7\n"), {"Built-in Head": model}, 0).params
    assert params.eyelids.tolist() == pytest.approx([0.7, 0.7])
    assert np.abs(SteadyHead(model).vertices(params) - FlameEvaluator(model).vertices(params)).max() < 1e-6


def test_samples_are_the_same_bytes_with_one_and_more_threads():
    """Of the library that multiplies matrices, which takes its number at its start."""
    found = set()
    for threads in ("1", "2"):
        environment = os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        path = ROOT / "flame_blender" / "assets" / "builtin_head.npz"
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(path)], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        found.add(done.stdout)
    assert len(found) == 1 and len(found.pop().strip()) == len(hashlib.sha256().hexdigest())
