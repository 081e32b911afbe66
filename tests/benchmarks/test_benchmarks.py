"""Every benchmark runs through, in its short form, and fills a table; what it measures is no test's concern."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLENDER = os.environ.get("FLAME_BPY_PYTHON") or str(ROOT / ".envs" / "bpy-5.0.1" / "bin" / "python")
NEWEST = os.environ.get("FLAME_BPY_NEWEST_PYTHON") or str(ROOT / ".envs" / "bpy-5.3.0" / "bin" / "python")
PROGRAMS = {
    "numeric.py": sys.executable,
    "fitting.py": sys.executable,
    "blender.py": BLENDER,
    "animation.py": BLENDER,
    "data_sets.py": BLENDER,
    "avatars.py": NEWEST,
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_benchmark_runs_and_prints_both_heads_side_by_side(program):
    command = [PROGRAMS[program], str(ROOT / "benchmarks" / program)]
    environment = {**os.environ, "FLAME_BENCH_SHORT": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("|")]
    assert rows[0][:3] == ["work", "built-in head", "wanted" if program == "data_sets.py" else "full-size file"]
    assert len(rows) > 6
    assert "nan" not in done.stdout.lower().split()


def test_the_benchmarks_are_these():
    found = {path.name for path in (ROOT / "benchmarks").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}
    assert found == set(PROGRAMS)
