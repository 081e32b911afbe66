"""Gaussian avatars, which Blender has from 5.3 on: what following costs a frame, and what a million splats take.

    .envs/bpy-5.3.0/bin/python benchmarks/avatars.py
    .envs/bpy-5.3.0/bin/python benchmarks/avatars.py --open AVATAR.ply SAVED.blend

The latter opens an avatar on the built-in head, moves it, saves it, and prints seconds and the peak of its memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import flame_blender  # noqa: E402  (found only after the line above)
from benchmarks.blender import animated_head, medians  # noqa: E402
from benchmarks.table import BUILT_IN, FULL_SIZE, SHORT, Row, number, print_table, within  # noqa: E402
from flame_blender import api  # noqa: E402
from flame_blender.avatars import avatar_object  # noqa: E402
from flame_blender.blender_pointers import there  # noqa: E402
from flame_blender.flame.model import FlameModel  # noqa: E402
from flame_blender.head import models  # noqa: E402
from flame_blender.model_files.saving import save_model  # noqa: E402
from flame_blender.splats.splat_files import write_splats  # noqa: E402
from flame_blender.splats.triangle_frames import posed  # noqa: E402
from tests.flame.face_like import face_like_model  # noqa: E402
from tests.splats.made_up import random_splats  # noqa: E402

COUNT, MANY = (1000, 5000) if SHORT else (100_000, 1_000_000)
MOST_MS, MOST_MB, FRAMES = 25.0, 4096.0, 5


def main() -> None:
    """Measure and print; nothing in a Blender that has no splats."""
    reason = api.missing_splats()
    if reason is not None:
        print(reason, file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        models.user_folder = lambda: Path(folder)
        path = Path(folder) / "model.npz"
        save_model(face_like_model(), path)
        flame_blender.register()
        columns = {
            BUILT_IN: [*following_rows(api.BUILT_IN), *rows_of_many(Path(folder))],
            FULL_SIZE: following_rows(path),
        }
    print_table(f"Avatars, Blender {bpy.app.version_string}, NumPy {np.__version__}", columns)


def following_rows(model: str | Path) -> list[Row]:
    """A frame of a head with splats of degree 3 on its skin and on teeth, beside one of the head alone, in turn."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    alone, _ = animated_head(model, "alone")
    following, _ = avatar_in(model, "following")
    turning, avatar = avatar_in(model, "turning")
    api.turn_colours(avatar)
    plain, followed, turned, floor = medians(
        alone.frame_set,
        following.frame_set,
        turning.frame_set,
        posing_by_numpy(api.model(there(avatar.parent, "a head"))),
    )
    return [
        within(f"{COUNT:,} splats of degree 3 following, a frame more", followed - plain, MOST_MS),
        Row("... by NumPy: frames, gathers and products, and nothing of Blender", f"{number(floor)} ms"),
        Row("... their colours turned too, a frame more than that", f"{number(turned - followed)} ms"),
    ]


def posing_by_numpy(model: FlameModel) -> Callable[[int], None]:
    """What any way without nodes must do at least: the splats of a posed head, as arrays."""
    splats = random_splats(COUNT, 3, len(model.faces))

    def pose(_frame: int) -> None:
        posed(splats, model.v_template, model.faces)

    return pose


def avatar_in(model: str | Path, name: str) -> tuple[bpy.types.Scene, bpy.types.Object]:
    """A scene of its own with an animated head and its avatar."""
    scene, head = animated_head(model, name)
    n_faces = len(api.model(head).faces)
    toothed = n_faces + (168 if (api.model(head).n_vertices, n_faces) == (5023, 9976) else 0)
    return scene, avatar_object.add(head, random_splats(COUNT, 3, toothed), name)


def rows_of_many(folder: Path) -> list[Row]:
    """What a million of degree 3 take in a process of their own."""
    told = opened(folder, MANY)
    return [
        Row(f"{MANY:,} splats of degree 3 opened on a new head", f"{number(told['open'])} s"),
        Row("... following, a frame", f"{number(1000 * told['frame'])} ms"),
        Row("... saved in a .blend", f"{number(told['save'])} s, {number(told['file_mb'])} MB"),
        within("... the peak of the process's memory", told["peak_mb"], MOST_MB, "MB"),
    ]


def opened(folder: Path, count: int) -> dict[str, float]:
    """Seconds and megabytes of so many splats opened, moved and saved in a fresh process."""
    n_faces = len(models.load(models.built_in()).faces)
    write_splats(folder / "many.ply", random_splats(count, 3, n_faces))
    command = [sys.executable, __file__, "--open", str(folder / "many.ply"), str(folder / "many.blend")]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def open_and_save(avatar: Path, saved: Path) -> None:
    """Print what it takes, as JSON."""
    import resource  # noqa: PLC0415  (Linux and macOS have it)

    flame_blender.register()
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    head = api.add_head(api.BUILT_IN)
    layer, times = there(bpy.context.view_layer, "a view layer"), [time.perf_counter()]
    api.add_avatar(avatar, head)
    layer.update()
    times.append(time.perf_counter())
    for frame in range(FRAMES):
        api.set_params(head, jaw=(0.05 * frame, 0.0, 0.0))
        layer.update()
    times.append(time.perf_counter())
    bpy.ops.wm.save_as_mainfile(filepath=str(saved))
    times.append(time.perf_counter())
    opening, frames, saving = np.diff(times).tolist()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** (20 if sys.platform == "darwin" else 10)
    told = {"open": opening, "frame": frames / FRAMES, "save": saving, "peak_mb": peak}
    print(json.dumps({**told, "file_mb": saved.stat().st_size / 2**20}), flush=True)
    os._exit(0)  # no clean-up of a wheel's


if __name__ == "__main__":
    if "--open" in sys.argv:
        open_and_save(*map(Path, sys.argv[-2:]))
    else:
        main()
