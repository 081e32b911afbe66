"""Data sets: samples an hour by one process and by two, what labels cost, and what 100,000 would take.

python benchmarks/data_sets.py              in a bpy wheel; 200 samples of 256 pixels, four minutes of two quiet cores
python benchmarks/data_sets.py --drift 500  what memory grows by over so many small samples in one process
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.table import BUILT_IN, SHORT, Row, number, print_table, within  # noqa: E402

ALONE, EACH_OF_TWO, LARGE, SMALL = (1, 1, 1, 1) if SHORT else (40, 80, 4, 100)
SIDE, LARGE_SIDE, SAMPLES = (32, 48, 1) if SHORT else (256, 512, 16)  # pixels, pixels, of a pixel
LABELS_S, OUTSIDE, DRIFT_MB = 0.3, 5.0, 5.0
CORES, WANTED = (1, 32, 1000), 100_000
# Samples after which memory is first read: by then Cycles has had room for every picture (some 480 MB, of which the
# first hundred take 20; none of 1,500 later ones takes more).
WARM, READINGS = 100, 25


class Part(NamedTuple):
    """What one process spent on some samples, in all: seconds by the clock, of the processor, and shares of them."""

    n_samples: int
    seconds: float
    processor: float
    labels: float
    rendering: float
    drift_mb: float

    @property
    def an_hour(self) -> float:
        return self.n_samples / self.seconds * 3600


def main() -> int:
    """The table, or a part of it for a process of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--part", type=int, nargs=4, metavar=("FIRST", "COUNT", "SIZE", "THREADS"))
    parser.add_argument("--drift", type=int, metavar="COUNT")
    asked = parser.parse_args()
    if asked.part:
        first, count, size, threads = asked.part
        print(json.dumps(part(range(first, first + count), size, threads, SAMPLES)))
    elif asked.drift:
        found = part(range(WARM + asked.drift), 64, 1, 1)
        told = within(f"memory over {asked.drift} samples in one process", found.drift_mb, DRIFT_MB, "MB more")
        print_table("Data sets: memory", {BUILT_IN: [told]})
    else:
        print_table("Data sets", {BUILT_IN: rows()})
    return 0


def rows() -> list[Row]:
    """One process of one thread, two of them, and one with two threads of larger pictures."""
    (alone,) = parts((0, ALONE, SIDE, 1))
    two = parts((100, EACH_OF_TWO, SIDE, 1), (100 + EACH_OF_TWO, EACH_OF_TWO, SIDE, 1))
    (large,) = parts((0, LARGE, LARGE_SIDE, 2))
    together = sum(each.an_hour for each in two)
    outside = 100 * (1 - (alone.labels + alone.rendering) / alone.processor)
    spent = sum(each.processor for each in two) / sum(each.n_samples for each in two)
    return [
        Row(f"{SIDE} px, {SAMPLES} samples of a pixel, one process of one thread", an_hour(alone.an_hour)),
        Row("... two processes", f"{an_hour(together)}, {together / alone.an_hour:.2f} times as many"),
        Row(f"{LARGE_SIDE} px, {SAMPLES} samples of a pixel, two threads", an_hour(large.an_hour)),
        within("labels of a sample and its files, of the processor", alone.labels / alone.n_samples, LABELS_S, "s"),
        within("all but rendering and labels", outside, OUTSIDE, "% of the time"),
        Row("processor time of a sample", f"{number(spent)} s"),
        *(
            Row(f"{WANTED} samples on {cores} core{'s' * (cores > 1)}, computed from two processes",
                hours(WANTED / (together / 2 * cores)))
            for cores in CORES
        ),
    ]  # fmt: skip


def an_hour(rate: float) -> str:
    """For the table."""
    return f"{rate:.0f} samples an hour"


def hours(found: float) -> str:
    """Or minutes, for the table."""
    return f"{number(found)} hours" if found >= 1 else f"{60 * found:.0f} minutes"


def parts(*asked: tuple[int, int, int, int]) -> list[Part]:
    """Parts in processes of their own, all at once."""
    words = [sys.executable, str(Path(__file__).resolve()), "--part"]
    running = [
        subprocess.Popen([*words, *map(str, each)], stdout=subprocess.PIPE, text=True, env={**os.environ})
        for each in asked
    ]
    told = [each.communicate()[0] for each in running]
    if any(each.returncode for each in running):
        raise RuntimeError("a part failed")
    return [Part(*json.loads(each.splitlines()[-1])) for each in told]


def part(indices: range, size: int, threads: int, samples: int) -> Part:
    """Render samples of the example, and time its steps; the first is not counted."""
    from flame_blender import registration  # noqa: PLC0415  (after bpy has its profile)

    registration.register()
    from flame_blender.datasets.example_recipe import EXAMPLE  # noqa: PLC0415
    from flame_blender.datasets.from_files.source_folders import listed  # noqa: PLC0415
    from flame_blender.datasets.recipe_files import read_recipe  # noqa: PLC0415
    from flame_blender.datasets.sample_files import sample_files  # noqa: PLC0415
    from flame_blender.sample_renders.opened import opened_scene  # noqa: PLC0415

    text = EXAMPLE.replace("= 256 ", f"= {size} ").replace("height = 256", f"height = {size}")
    recipe = read_recipe(
        text.replace("samples = 32 ", f"samples = {samples} ").replace("count = 1000 ", "count = 100000 ")
    )
    if (recipe.image.width, recipe.image.height, recipe.image.samples) != (size, size, samples):
        raise RuntimeError("the example is written otherwise")
    labels = rendering = 0.0
    memory = []
    with tempfile.TemporaryDirectory() as folder, opened_scene(recipe, threads, listed(recipe)) as scene:
        scene.pose(indices[0])
        scene.render(Path(folder))
        begun, at_first = time.perf_counter(), time.process_time()
        for index in indices:
            posed = scene.pose(index)
            before = time.process_time()
            pixels = scene.render(Path(folder))
            between = time.process_time()
            sample_files(recipe, posed, pixels, {})
            labels += time.process_time() - between
            rendering += between - before
            memory.append(resident())
        spent = time.process_time() - at_first
        taken = time.perf_counter() - begun
    warm = memory[WARM:] or memory
    drift = float(np.median(warm[-READINGS:]) - np.median(warm[:READINGS]))
    return Part(len(indices), taken, spent, labels, rendering, drift)


def resident() -> float:
    """Megabytes of this process, or nothing where the system does not tell."""
    told: Any = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if told.exists() else 0.0


if __name__ == "__main__":
    sys.exit(main())
