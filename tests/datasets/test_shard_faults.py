"""A shard whose writer is killed, finds the disk full or another writer: it is whole or not there, never double.

Of made-up pictures, in processes of their own; tests/engines does the same with Blender.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from flame_blender.datasets.data_folder import begin_folder
from flame_blender.datasets.recipe import Recipe
from flame_blender.datasets.sample_files import sample_files
from flame_blender.datasets.shards import shard_file, shard_path
from flame_blender.errors import WriteError
from flame_blender.flame.model import FlameModel
from tests.datasets.made_sets import MADE_WITH, MORE, picture_of, posed
from tests.datasets.recipes import recipe
from tests.files.write_faults import little_room, parts_in

TENTHS = range(10)
Samples = list[Mapping[str, bytes]]
if not hasattr(os, "fork"):
    pytest.skip("writers are forked, which Windows cannot", allow_module_level=True)
FORKED = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def ten() -> Recipe:
    """Ten samples in one shard."""
    return recipe(MORE, 'name = "ten"\nseed = 3\ncount = 10\nshard_size = 10\n')


@pytest.fixture(scope="module")
def samples(ten: Recipe, built_in: FlameModel) -> Samples:
    """The files of its samples."""
    return [sample_files(ten, posed(ten, built_in, n), picture_of(ten, n), MADE_WITH) for n in range(10)]


@pytest.fixture(scope="module")
def whole(ten: Recipe, samples: Samples, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The shard, as one writer leaves it."""
    folder = tmp_path_factory.mktemp("whole")
    write(ten, samples, folder)
    return shard_path(folder, "ten", 0).read_bytes()


def write(ten: Recipe, samples: Samples, folder: Path, killed_after: int | None = None) -> None:
    begin_folder(folder, ten)
    with shard_file(shard_path(folder, "ten", 0)) as writer:
        for index, files in enumerate(samples):
            if index == killed_after:
                os.kill(os.getpid(), signal.SIGKILL)
            writer.add(index, files)


def test_killed_at_every_tenth(ten: Recipe, samples: Samples, whole: bytes, tmp_path: Path):
    for tenth in TENTHS:
        child = FORKED.Process(target=write, args=(ten, samples, tmp_path, tenth))
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL and not list(tmp_path.glob("*.tar"))
        assert len(parts_in(tmp_path)) == 1, "what the ones before left is cleared away"
    write(ten, samples, tmp_path)
    assert shard_path(tmp_path, "ten", 0).read_bytes() == whole
    assert {each.name for each in tmp_path.iterdir()} == {"ten-000000.tar", "recipe.json"}


def test_a_disk_full_at_every_tenth(ten: Recipe, samples: Samples, whole: bytes, tmp_path: Path):
    begin_folder(tmp_path, ten)
    for tenth in TENTHS:
        with little_room(len(whole) * tenth // 10 + 1), pytest.raises(WriteError) as caught:
            write(ten, samples, tmp_path)
        assert re.fullmatch(r"\S+ten-000000\.tar: cannot be written \(.*\); make room, .*\.", str(caught.value))
        assert [each.name for each in tmp_path.iterdir()] == ["recipe.json"]
    write(ten, samples, tmp_path)
    assert shard_path(tmp_path, "ten", 0).read_bytes() == whole


def test_many_on_one_shard(ten: Recipe, samples: Samples, whole: bytes, tmp_path: Path):
    """Four write it at once, two of them killed half-way."""
    children = [FORKED.Process(target=write, args=(ten, samples, tmp_path, end)) for end in (None, 5, None, 2)]
    for each in children:
        each.start()
    for each in children:
        each.join()
    assert [each.exitcode for each in children] == [0, -signal.SIGKILL, 0, -signal.SIGKILL]
    assert shard_path(tmp_path, "ten", 0).read_bytes() == whole
    write(ten, samples, tmp_path)
    assert not parts_in(tmp_path) and len(list(tmp_path.iterdir())) == 2
