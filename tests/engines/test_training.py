"""The data teach: the example's network learns from a few rendered samples. docs/datasets.md tells what 2,000 give."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TORCH = os.environ.get("FLAME_TORCH_PYTHON")


@pytest.mark.skipif(TORCH is None, reason="needs FLAME_TORCH_PYTHON, a Python with torch and Pillow")
@pytest.mark.timeout(900)
def test_a_network_learns_from_samples(tmp_path: Path):
    recipe = (ROOT / "examples" / "recipes" / "small_landmarks.toml").read_text()
    path = tmp_path / "few.toml"
    path.write_text(recipe.replace("count = 2000", "count = 400"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "flame_blender", "render", str(path), "--out", str(tmp_path / "set")]
    subprocess.run(words, env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [TORCH, str(ROOT / "examples" / "train_landmarks.py"), str(tmp_path / "set")],
        check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    assert done.stdout.startswith("360 samples learnt, 40 held out: ")
    assert float(re.search(r"([\d.]+) of it", done.stdout)[1]) < 0.5, done.stdout
