"""What other libraries read of a data set: the same as NumPy does."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flame_blender.datasets.finishing import finishing
from flame_blender.long_work import result_of
from flame_blender.model_files.loading import load_model
from tests.datasets.made_sets import small, write_shards
from tests.flame.face_like import BUILT_IN

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "set"
    write_shards(folder, small(), load_model(BUILT_IN), range(3))
    result_of(finishing(folder))
    return folder


def read_by(name: str, folder: Path) -> tuple[float, ...]:
    """Width and the nose's place."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "read_a_data_set.py"), str(folder), name],
        capture_output=True, text=True, check=False,
        env={**os.environ, "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = re.search(r"sample 3: (\d+) pixels wide, the tip of the nose at (\S+) (\S+)", done.stdout)
    return tuple(map(float, found.groups()))


@pytest.mark.parametrize("name", ["webdataset", "datasets", "pycocotools"])
def test_another_reader_reads_the_same(name: str, finished: Path):
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed; requirements/readers.txt")
    assert read_by(name, finished) == read_by("plain", finished)


def test_the_nose_is_in_the_picture(finished: Path):
    width, x, y = read_by("plain", finished)
    assert width == 24 and 0 < x < 24 and 0 < y < 20 and np.isfinite(x)
