"""The examples that need no Blender, run as they stand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from flame_blender.assets import BUILT_IN_HEAD
from flame_blender.flame import FlameEvaluator, FlameParams, load_model
from flame_blender.sequences import FlameSequence, load_sequence, save_sequence

ROOT = Path(__file__).resolve().parents[2]


def run(name: str, *arguments: object) -> str:
    program = [sys.executable, ROOT / "examples" / name, *map(str, arguments)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "OMP_NUM_THREADS": "1"}  # as after pip install
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_vertices_without_blender(tmp_path):
    jaw = np.array([[0.1, 0, 0], [0.2, 0, 0]], np.float32)
    save_sequence(FlameSequence(FlameParams(jaw=jaw), fps=30, source="somebody"), tmp_path / "clip.npz")
    assert "2 frames" in run("vertices_without_blender.py", BUILT_IN_HEAD, tmp_path / "clip.npz", tmp_path / "out")
    expected = FlameEvaluator(load_model(BUILT_IN_HEAD)).vertices(FlameParams(jaw=jaw))
    np.testing.assert_allclose(np.load(tmp_path / "out" / "vertices.npy"), expected, atol=1e-6)
    np.testing.assert_array_equal(load_sequence(tmp_path / "out" / "clip.npz").params.jaw, jaw)


def test_fit_with_torch(tmp_path):
    model = load_model(BUILT_IN_HEAD)
    params = FlameParams(shape=np.random.default_rng(0).normal(size=10), jaw=(0.1, 0, 0))
    np.save(tmp_path / "vertices.npy", FlameEvaluator(model).vertices(params))
    told = run("fit_with_torch.py", BUILT_IN_HEAD, tmp_path / "vertices.npy")
    assert float(told.split()[0]) < 0.3
