"""Rows of texture models: as large as FLAME_texture.npz, 512 texels a side and 200 components, made up."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.table import SHORT, Row, number, within
from flame_blender.long_work import result_of
from flame_blender.model_files.library import Library
from flame_blender.texture_models.picture import TexturePicture, combined
from flame_blender.texture_models.texture_model import TextureModel

ROOT = Path(__file__).resolve().parent.parent
SIZE, COUNT = (32, 20) if SHORT else (512, 200)
INSTALL_S, INSTALL_MB = 60, 250
SLIDER_MS, ALL_MS = 20, 400
ROUNDS = 1 if SHORT else 9


def texture_rows() -> list[Row]:
    """Installing, one coefficient, all of them, beside one pass over the array."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "FLAME_texture.npz"
        write_texture(path)
        seconds, memory = (float(found) for found in told_by(Path(folder), path).split())
        library = Library(Path(folder) / "user")
        (entry,) = library.textures.entries()
        model = library.textures.load(entry)
        one, whole, floor = times_of(model)
    told = f"{SIZE} texels a side, {COUNT} components"
    return [
        within(f"texture model installed ({told})", seconds, INSTALL_S, "s"),
        within("... memory beside what is mapped", memory, INSTALL_MB, "MB"),
        within("... its picture after one coefficient, in NumPy", one, SLIDER_MS),
        within("... its picture after all of them", whole, ALL_MS),
        Row("... one pass over its array, the floor of that", f"{number(floor)} ms"),
    ]


def write_texture(path: Path, size: int = SIZE, count: int = COUNT) -> None:
    """FLAME_texture.npz of such a size, float32, without holding it."""
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open("mean.npy", "w") as file:
            np.lib.format.write_array(file, rng.uniform(60, 200, (size, size, 3)))
        with archive.open("tex_dir.npy", "w", force_zip64=True) as file:
            header = {"descr": "<f4", "fortran_order": False, "shape": (size, size, 3, count)}
            np.lib.format.write_array_header_1_0(file, header)
            for _ in range(size):
                file.write(rng.normal(0, 6, (size, 3, count)).astype(np.float32).tobytes())


INSTALLING = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from flame_blender.model_files.library import Library
anonymous = lambda: int(next(l for l in open("/proc/self/status") if l.startswith("RssAnon")).split()[1]) / 1000
from flame_blender.texture_models import converting
start, before, most = time.perf_counter(), anonymous(), 0.0
for _ in Library(Path(sys.argv[2])).installing([Path(sys.argv[3])]):
    most = max(most, anonymous() - before)
print(time.perf_counter() - start, most)
"""


def told_by(folder: Path, path: Path) -> str:
    """Seconds, and megabytes of its own, that a process of its own takes to install it."""
    if not Path("/proc/self/status").exists():
        start = time.perf_counter()
        result_of(Library(folder / "user").installing([path]))
        return f"{time.perf_counter() - start} nan"
    command = [sys.executable, "-c", INSTALLING, str(ROOT), str(folder / "user"), str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def times_of(model: TextureModel) -> tuple[float, float, float]:
    """Milliseconds of one coefficient, of all, and of reading every kept number once; medians."""
    picture, numbers = TexturePicture(model.diffuse), np.random.default_rng(1).normal(size=model.count)
    numbers = numbers.astype(np.float32)
    picture.show(numbers)

    def slide() -> None:
        numbers[3] += 0.01
        picture.show(numbers)

    works = (
        slide,
        lambda: combined(model.diffuse, numbers),
        lambda: np.bitwise_xor.reduce(model.diffuse.components, None),
    )
    return tuple(float(np.median([timed(work) for _ in range(ROUNDS)])) for work in works)  # type: ignore[return-value]


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)
