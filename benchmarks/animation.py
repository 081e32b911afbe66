"""Timings of bringing a tracked performance in: 3,000 frames of 115 channels, from one file and from a folder.

    .envs/bpy-5.0.1/bin/python benchmarks/animation.py

On a full-size made-up model. ``keyframe_insert`` is timed on a tenth of the frames and scaled up.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "flame"), str(ROOT / "benchmarks")]

from full_size import full_size_model  # noqa: E402
from table import Row, print_table  # noqa: E402

import flame_blender  # noqa: E402  (found only after the line above)
from flame_blender import api  # noqa: E402
from flame_blender.fitting.registered import fit_registered  # noqa: E402
from flame_blender.flame.evaluator import FlameEvaluator  # noqa: E402
from flame_blender.flame.params import POSE_FIELDS, FlameParams  # noqa: E402
from flame_blender.flame.saving import save_model  # noqa: E402
from flame_blender.flame.steps import result_of  # noqa: E402
from flame_blender.head import models, sampling  # noqa: E402

LONG, FRAMES, EXPRESSION, ROUNDS, INSERTED = (
    10_000,
    3000,
    97,
    5,
    300,
)  # 97 + five rotations and a translation are 115 channels


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        models.user_folder = lambda: Path(folder)
        save_model(full_size_model(), Path(folder) / "model.npz")
        flame_blender.register()
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        head = api.add_head(Path(folder) / "model.npz")
        clip = tracked_clip()
        file, frames = Path(folder) / "clip.npz", Path(folder) / "flame_param"
        np.savez(file, **clip)
        write_frames(clip, frames)
        one_file = seconds(lambda: api.import_animation(file, head))
        many_files = seconds(lambda: api.import_animation(frames, head), rounds=2)
        by_curves = seconds(lambda: values(head, sampling.sampling), rounds=3)
        by_frames = seconds(lambda: values(head, sampling.frame_by_frame), rounds=1)
        baked, bake_peak = baking(head, Path(folder) / "head.pc2")
        np.savez(file, **tracked_clip(LONG))
        long, import_peak = seconds(lambda: api.import_animation(file, head), rounds=1), peak()
        meshes = random_meshes(head)
        solved = seconds(lambda: fit_registered(FlameEvaluator(api.model(head)), meshes), rounds=2)
        exact, noisy = solved_errors(FlameEvaluator(api.model(head)), meshes)
        inserted = seconds(lambda: insert_keys(head, clip), rounds=1) * FRAMES / INSERTED
    rows = [
        Row("import one VHAP .npz", one_file, 2000, "2 s", one_file / 2000, "at most 1.0", one_file <= 2000),
        Row("import 3,000 files", many_files, 10000, "10 s", many_files / 10000, "at most 1.0", many_files <= 10000),
        Row("solve 300 meshes for parameters", solved, 10000, "10 s", solved / 10000, "at most 1.0", solved <= 10000),
        within("... mean error, meshes of the model", 1000 * exact, 10, "µm"),
        within("... mean error, noise of 0.5 mm", 1000 * noisy, 100, "µm"),
        Row("read 1,000 frames of values", by_curves, by_frames, "frame by frame", by_frames / by_curves, "(x)", True),
        Row("bake 10,000 frames", baked, long, "importing as many", baked / long, "", True),
        within("... memory of all of Blender at its peak", bake_peak, 1000, "MB"),
        within("... the same after importing 10,000 frames", import_peak, 2000, "MB"),
        Row("the keys alone", inserted, one_file, "importing one .npz", inserted / one_file, "(keyframe_insert)", True),
    ]
    print_table(f"3,000 frames x 115 channels, Blender {bpy.app.version_string}, NumPy {np.__version__}", rows)


def values(head: bpy.types.Object, how) -> None:
    """Read a thousand frames of the animated values."""
    result_of(how(bpy.context.scene, head, [float(frame) for frame in range(1, 1001)]))


def within(work: str, found: float, most: float, unit: str) -> Row:
    """A row that is kept when the number is at most another."""
    return Row(work, found, most, "at most", found / most, "at most 1.0", found <= most, unit)


def baking(head: bpy.types.Object, path: Path) -> tuple[float, float]:
    """Milliseconds for 10,000 frames of the head, and the process' peak in MB."""
    start = time.perf_counter()
    api.bake_cache(head, path, frames=(1, LONG))
    took = (time.perf_counter() - start) * 1000
    api.free_cache(head)
    path.unlink()
    return took, peak()


def peak() -> float:
    """MB that the process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def solved_errors(evaluator: FlameEvaluator, meshes: np.ndarray) -> tuple[float, float]:
    """Mean vertex errors in mm after solving: of the meshes, and of noisy ones measured to those without noise."""
    noise = np.random.default_rng(6).normal(0, 5e-4, meshes.shape).astype(np.float32)
    found = [evaluator.vertices(fit_registered(evaluator, each).params) for each in (meshes, meshes + noise)]
    exact, noisy = (1000 * float(np.linalg.norm(each - meshes, axis=-1).mean()) for each in found)
    return exact, noisy


def random_meshes(head: bpy.types.Object) -> np.ndarray:
    """300 frames of one random person, all coefficients and joints moving."""
    generator, model = np.random.default_rng(5), api.model(head)
    turns = {name: generator.uniform(-0.3, 0.3, (300, 3)) for name in (*POSE_FIELDS, "translation")}
    expression = generator.normal(size=(300, model.n_expression))
    params = FlameParams(shape=generator.normal(size=model.n_identity), expression=expression, **turns)
    return FlameEvaluator(model).vertices(params)


def seconds(work, rounds: int = ROUNDS) -> float:
    """Median milliseconds of ``rounds`` runs."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return float(np.median(found))


def tracked_clip(frames: int = FRAMES) -> dict[str, np.ndarray]:
    """Random walks under VHAP's keys."""
    generator = np.random.default_rng(4)
    widths = {"rotation": 3, "translation": 3, "neck_pose": 3, "jaw_pose": 3, "eyes_pose": 6, "expr": EXPRESSION}
    walks = {key: generator.normal(0, 0.02, (frames, width)).cumsum(0) * 0.3 for key, width in widths.items()}
    return {"shape": generator.normal(size=300).astype(np.float32)} | {
        key: walk.astype(np.float32) for key, walk in walks.items()
    }


def write_frames(clip: dict[str, np.ndarray], folder: Path) -> None:
    """One .npz for each frame, as GaussianAvatars' flame_param folders hold them."""
    folder.mkdir()
    for frame in range(FRAMES):
        rows = {key: values if key == "shape" else values[frame : frame + 1] for key, values in clip.items()}
        np.savez(folder / f"{frame:05d}.npz", **rows)


def insert_keys(head: bpy.types.Object, clip: dict[str, np.ndarray]) -> None:
    """The same keys one by one, for the first INSERTED frames, on an object without curves."""
    head.animation_data_clear()
    for frame in range(INSERTED):
        for index in range(EXPRESSION):
            head.flame.expression[index].value = clip["expr"][frame, index]
            head.keyframe_insert(f"flame.expression[{index}].value", frame=frame)
        for name, key in (("global_rotation", "rotation"), ("neck", "neck_pose"), ("jaw", "jaw_pose")):
            setattr(head.flame, name, clip[key][frame])
            head.keyframe_insert(f"flame.{name}", frame=frame)
        for name, columns in (("left_eye", slice(0, 3)), ("right_eye", slice(3, 6))):
            setattr(head.flame, name, clip["eyes_pose"][frame, columns])
            head.keyframe_insert(f"flame.{name}", frame=frame)
        head.flame.translation = clip["translation"][frame]
        head.keyframe_insert("flame.translation", frame=frame)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
