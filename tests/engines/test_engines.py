"""A data set rendered by every engine: shards are the same bytes as those of one plain process."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.engines.one_machine_slurm import one_machine_slurm

ROOT = Path(__file__).resolve().parents[2]
RECIPE = """\
name = "tried"
seed = 3
count = 12
shard_size = 6
[image]
width = 64
height = 64
samples = 2
[identity]
strength = 1
[pose]
yaw = { uniform = [-60, 60] }
"""
NAMES = ("tried-000000.tar", "tried-000001.tar")
PATIENCE = 240  # seconds
KILLED_AFTER = """
import os, signal, sys
from flame_blender import api, registration
registration.register()
recipe, out, tenths = sys.argv[1:]
def kill(share):
    if share > int(tenths) / 10 - 1e-6:
        os.kill(os.getpid(), signal.SIGKILL)
api.render_shards(recipe, out, threads=1, progress=kill)
"""
PROGRAM = (sys.executable, "-m", "flame_blender")


def needs(name: str) -> pytest.MarkDecorator:
    found = importlib.util.find_spec(name) is not None
    return pytest.mark.skipif(not found, reason=f"{name} is not installed; requirements/engines.txt")


def environment(more: Mapping[str, str] = os.environ) -> dict[str, str]:
    paths = (str(ROOT), more.get("PYTHONPATH", ""))
    return {**more, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def flame(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *words], env=environment(), capture_output=True, text=True, check=False)


def ran(*words: str, more: Mapping[str, str] = os.environ) -> str:
    """What a program says that ends well."""
    found = subprocess.run(
        words, env=environment(more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        timeout=PATIENCE,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout
    return found.stdout


def wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.02)


def begun(out: Path) -> bool:
    """Whether a shard is being written and has a sample."""
    return any(part.stat().st_size for part in out.glob(".flame-*.part"))


def shards(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.tar"))}


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("a recipe") / "tried.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def plain(recipe: Path) -> dict[str, bytes]:
    """The shards of one process with one thread, in their order."""
    out = recipe.parent / "plain"
    assert flame("render", str(recipe), "--out", str(out), "--threads", "1").returncode == 0
    found = shards(out)
    assert tuple(found) == NAMES
    return found


def submit(recipe: Path, out: Path, engine: str, *more: str) -> str:
    """The command that starts the job."""
    told = flame("submit", str(recipe), "--out", str(out), "--engine", engine, *more)
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()[-1]


def test_two_threads_and_the_last_first(recipe: Path, plain: dict[str, bytes], tmp_path: Path):
    for shard in ("1", "0"):
        done = flame("render", str(recipe), "--out", str(tmp_path), "--threads", "2", "--shards", shard)
        assert done.returncode == 0, done.stderr
    assert shards(tmp_path) == plain


def test_killed_in_mid_shard_and_given_again(recipe: Path, plain: dict[str, bytes], tmp_path: Path):
    words = [*PROGRAM, "render", str(recipe), "--out", str(tmp_path)]
    with subprocess.Popen(words, env=environment()) as running:
        wait_for(lambda: begun(tmp_path))
        running.send_signal(signal.SIGKILL)
    assert not shards(tmp_path) and list(tmp_path.glob(".flame-*.part"))
    ran(*words)
    assert shards(tmp_path) == plain and not list(tmp_path.glob(".flame-*"))


@pytest.mark.timeout(1200)
def test_killed_at_every_tenth_of_a_shard_and_two_at_once(tmp_path: Path):
    recipe = tmp_path / "tried.toml"
    recipe.write_text(RECIPE.replace("count = 12", "count = 10").replace("shard_size = 6", "shard_size = 10"))
    words = [*PROGRAM, "render", str(recipe), "--threads", "1", "--out"]
    ran(*words, str(tmp_path / "whole"))
    (whole,) = shards(tmp_path / "whole").values()
    out = tmp_path / "killed"
    for tenth in range(1, 11):
        done = subprocess.run(
            [sys.executable, "-c", KILLED_AFTER, str(recipe), str(out), str(tenth)], env=environment(), check=False
        )
        assert done.returncode == -signal.SIGKILL and not shards(out)
        assert len(list(out.glob(".flame-*.part"))) == 1
    both = [subprocess.Popen([*words, str(out)], env=environment(), stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [each.wait(PATIENCE) for each in both] == [0, 0]
    assert list(shards(out).values()) == [whole] and not list(out.glob(".flame-*"))


def test_stopped_by_ctrl_c(recipe: Path, plain: dict[str, bytes], tmp_path: Path):
    words = [*PROGRAM, "render", str(recipe), "--out", str(tmp_path)]
    with subprocess.Popen(words, env=environment(), stderr=subprocess.PIPE, text=True) as running:
        wait_for(lambda: (tmp_path / NAMES[0]).exists() and begun(tmp_path))
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130 and "Stopped; files that are whole stay" in told
    assert shards(tmp_path) == {NAMES[0]: plain[NAMES[0]]} and not list(tmp_path.glob(".flame-*"))


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    with one_machine_slurm(tmp_path_factory.mktemp("slurm")) as found:
        yield environment(found)


def ended(environment: Mapping[str, str]) -> bool:
    """Whether no job waits or runs."""
    return not ran("squeue", "--noheader", more=environment)


def test_a_slurm_array(recipe: Path, plain: dict[str, bytes], tmp_path: Path, slurm: Mapping[str, str]):
    out = tmp_path / "a set"
    ran("/bin/bash", "-c", submit(recipe, out, "slurm", "--at-once", "2"), more=slurm)
    wait_for(lambda: ended(slurm))
    assert shards(out) == plain and (out / "DATA_CARD.md").exists(), logs(out)


def test_slurm_gives_a_task_again_in_mid_shard(
    recipe: Path, plain: dict[str, bytes], tmp_path: Path, slurm: Mapping[str, str]
):
    ran("/bin/bash", "-c", submit(recipe, tmp_path, "slurm", "--shards", "0"), more=slurm)
    wait_for(lambda: begun(tmp_path))
    (job,) = re.findall(r"JobId=(\d+) .*JobState=RUNNING", ran("scontrol", "--oneliner", "show", "jobs", more=slurm))
    ran("scontrol", "requeue", job, more=slurm)
    wait_for(lambda: not any(tmp_path.glob(".flame-*")) or not running(job, slurm))
    assert not shards(tmp_path)
    wait_for(lambda: ended(slurm))
    assert shards(tmp_path) == {NAMES[0]: plain[NAMES[0]]}, logs(tmp_path)
    assert "--shards 1" in logs(tmp_path), "the check after it tells what is missing"


def running(job: str, slurm: Mapping[str, str]) -> bool:
    return "JobState=RUNNING" in ran("scontrol", "--oneliner", "show", "job", job, more=slurm)


def logs(out: Path) -> str:
    return "\n".join(path.read_text() for path in sorted((out / "jobs").glob("*.log")))


@needs("openjd.cli")
def test_an_open_job_description(recipe: Path, plain: dict[str, bytes], tmp_path: Path):
    out = tmp_path / "a set"
    words = shlex.split(submit(recipe, out, "openjd"))
    assert words[:2] == ["openjd", "run"]
    ran(sys.executable, "-m", "openjd", "check", words[2])
    ran(sys.executable, "-m", "openjd", "check", str(ROOT / "examples" / "cluster" / "openjd.yaml"))
    told = ran(sys.executable, "-m", "openjd", *words[1:])
    assert shards(out) == plain and (out / "DATA_CARD.md").exists(), told


@needs("ray")
def test_actors_of_ray(recipe: Path, plain: dict[str, bytes], tmp_path: Path):
    told = ran(
        sys.executable, str(ROOT / "examples" / "cluster" / "ray_actors.py"), str(recipe), str(tmp_path), "2",
        more={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"},
    )  # fmt: skip
    assert "shards 0-1: rendered 2" in told and shards(tmp_path) == plain
