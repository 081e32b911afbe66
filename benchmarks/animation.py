"""Timings of bringing a tracked performance in: 3,000 frames of VHAP's, from one file and from a folder.

    .envs/bpy-5.0.1/bin/python benchmarks/animation.py

On the built-in head (65 channels) and on a full-size file that moves as a face does (115). ``keyframe_insert`` is timed
on a tenth of the frames and scaled up.
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
sys.path.insert(0, str(ROOT))

import flame_blender  # noqa: E402  (found only after the line above)
from benchmarks.table import BUILT_IN, FULL_SIZE, SHORT, Row, number, print_table, within  # noqa: E402
from flame_blender import api  # noqa: E402
from flame_blender.clips import template_clip  # noqa: E402
from flame_blender.conversion.converting import Acted, converting_params  # noqa: E402
from flame_blender.conversion.places import same_vertices  # noqa: E402
from flame_blender.files.pc2 import pc2_file  # noqa: E402
from flame_blender.fitting.meshes.registered import fit_registered  # noqa: E402
from flame_blender.flame.controls import ARKIT_NAMES  # noqa: E402
from flame_blender.flame.evaluator import FlameEvaluator  # noqa: E402
from flame_blender.flame.params import POSE_FIELDS, FlameParams  # noqa: E402
from flame_blender.head import models  # noqa: E402
from flame_blender.keyframes import sampling  # noqa: E402
from flame_blender.long_work import result_of  # noqa: E402
from flame_blender.model_controls.score_files import save_arkit  # noqa: E402
from flame_blender.model_controls.scores import ArkitScores  # noqa: E402
from flame_blender.model_files.saving import save_model  # noqa: E402
from tests.flame.face_like import face_like_model  # noqa: E402
from tests.flame.other_bases import other_basis  # noqa: E402

FRAMES, LONG, INSERTED = (20, 40, 5) if SHORT else (3000, 10_000, 300)
READ, MESHES, ROUNDS = (10, 4, 1) if SHORT else (1000, 300, 5)
EXPRESSION = 97  # with five rotations and a translation 115 channels


def main() -> None:
    """Measure and print. The full-size file first: what the process has had of memory at its peak is told of it."""
    with tempfile.TemporaryDirectory() as folder:
        models.user_folder = lambda: Path(folder)
        save_model(face_like_model(), Path(folder) / "model.npz")
        flame_blender.register()
        full_size = rows_of(Path(folder) / "model.npz", memory=True)
        columns = {BUILT_IN: [*rows_of(api.BUILT_IN, memory=False), captured()], FULL_SIZE: full_size}
    print_table(f"Clips, Blender {bpy.app.version_string}, NumPy {np.__version__}", columns)


def rows_of(model: str | Path, memory: bool) -> list[Row]:
    """Every row of a head of one model."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    head = api.add_head(model)
    with tempfile.TemporaryDirectory() as folder:
        file, frames, clip = Path(folder) / "clip.npz", Path(folder) / "flame_param", tracked_clip(FRAMES)
        np.savez(file, **clip)
        write_frames(clip, frames)
        one_file = milliseconds(lambda: api.import_animation(file, head))
        many_files = milliseconds(lambda: api.import_animation(frames, head), rounds=2)
        by_curves = milliseconds(lambda: values(head, sampling.sampling), rounds=3)
        by_frames = milliseconds(lambda: values(head, sampling.frame_by_frame), rounds=1)
        baked, bake_peak = baking(head, Path(folder) / "head.pc2")
        np.savez(file, **tracked_clip(LONG))
        long, import_peak = milliseconds(lambda: api.import_animation(file, head), rounds=1), peak()
    over_live = template_playing(model)
    acted, evaluator = random_acting(head), FlameEvaluator(api.model(head))
    meshes, other = evaluator.vertices(acted), FlameEvaluator(other_basis(api.model(head), 1))
    residuals: list[float] = []
    converted = milliseconds(lambda: residuals.append(converted_to(evaluator, other, acted)), rounds=2)
    solved = milliseconds(lambda: fit_registered(evaluator, meshes), rounds=2)
    exact, noisy = solved_errors(evaluator, meshes)
    inserted = milliseconds(lambda: insert_keys(head, clip), rounds=1) * FRAMES / INSERTED
    peaks = [
        within("... memory of all of Blender at its peak", bake_peak, 1000, "MB"),
        within("... the same after importing as many frames", import_peak, 2000, "MB"),
    ]
    return [
        within(f"import {FRAMES:,} frames, one VHAP .npz", one_file / 1000, 2, "s"),
        Row("... its keys by keyframe_insert", f"{inserted / 1000:.0f} s, {inserted / one_file:.0f} times as long"),
        within("... from as many files", many_files / 1000, 10, "s"),
        within(f"solve {MESHES} meshes for parameters", solved / 1000, 10, "s"),
        within("... mean error, meshes of the model", 1000 * exact, 10, "µm"),
        within("... mean error, noise of 0.5 mm", 1000 * noisy, 100, "µm"),
        within(f"convert {MESHES} frames to another model of the same topology", converted / 1000, 15, "s"),
        within("... the worst frame, where that model shows the same people", 1e6 * residuals[0], 10, "µm"),
        Row(
            f"read {READ:,} frames of animated values", f"{number(by_curves)} ms; frame by frame {number(by_frames)} ms"
        ),
        within(f"play {FRAMES:,} meshes as the rest shape, a frame over a live head", over_live, 1.5, "ms"),
        Row(f"bake {LONG:,} frames", f"{number(baked / 1000)} s; importing as many {number(long / 1000)} s"),
        *(peaks if memory else []),
    ]


def captured() -> Row:
    """A take of Live Link Face with rotations, a key for each row, on the built-in head."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    head, rng = api.add_head(api.BUILT_IN), np.random.default_rng(0)
    turns = rng.normal(0, 0.3, (3, LONG, 3)).astype(np.float32)
    take = ArkitScores(
        names=ARKIT_NAMES,
        scores=rng.random((LONG, len(ARKIT_NAMES))).astype(np.float32),
        fps=60.0,
        frames=np.arange(LONG, dtype=np.float64),
        head=turns[0],
        left_eye=turns[1],
        right_eye=turns[2],
        residuals=np.zeros(LONG, np.float32),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = save_arkit(Path(folder) / "take.csv", take)
        took = milliseconds(lambda: api.import_arkit(path, head, frame_rate="SCENE_FOLLOWS"), rounds=2)
    return within(f"key {LONG:,} frames of a captured face, Live Link Face's CSV", took / 1000, 3, "s")


def values(head: bpy.types.Object, how) -> None:
    """Read some frames of the animated values."""
    result_of(how(bpy.context.scene, head, [float(frame) for frame in range(1, READ + 1)]))


def baking(head: bpy.types.Object, path: Path) -> tuple[float, float]:
    """Milliseconds for LONG frames of the head, and the process' peak in MB."""
    start = time.perf_counter()
    api.bake_cache(head, path=path, frames=(1, LONG))
    took = (time.perf_counter() - start) * 1000
    api.free_cache(head)
    path.unlink()
    return took, peak()


def template_playing(model: str | Path) -> float:
    """Milliseconds that a frame of a head takes longer when its rest shape is a mesh of its own in each of FRAMES."""
    head, scene = api.add_head(model), bpy.context.scene
    for frame, turn in ((1, -0.2), (FRAMES, 0.2)):
        api.set_params(head, neck=(turn, turn, 0), expression=[0.5])
        api.keyframe(head, frame, ("neck",))

    def played() -> float:
        took = []
        for frame in range(1, FRAMES + 1):
            start = time.perf_counter()
            scene.frame_set(frame)
            took.append(time.perf_counter() - start)
        return 1000 * float(np.median(took))

    with tempfile.TemporaryDirectory() as folder:
        path, template = Path(folder) / "speech.pc2", api.model(head).v_template
        talking = template + np.random.default_rng(8).normal(0, 1e-3, (16, *template.shape)).astype(np.float32)
        with pc2_file(path, len(template), FRAMES, 1.0, 1.0) as write:
            for frame in range(FRAMES):
                write(talking[frame % 16][None])
        alone = played()
        template_clip.attach(head, path, FRAMES, 1.0, 1.0)
        more = played() - alone
        api.remove_template(head)
    bpy.data.objects.remove(head)
    return more


def peak() -> float:
    """MB that the process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def solved_errors(evaluator: FlameEvaluator, meshes: np.ndarray) -> tuple[float, float]:
    """Mean vertex errors in mm after solving: of the meshes, and of noisy ones measured to those without noise."""
    noise = np.random.default_rng(6).normal(0, 5e-4, meshes.shape).astype(np.float32)
    found = [evaluator.vertices(fit_registered(evaluator, each).params) for each in (meshes, meshes + noise)]
    exact, noisy = (1000 * float(np.linalg.norm(each - meshes, axis=-1).mean()) for each in found)
    return exact, noisy


def converted_to(source: FlameEvaluator, target: FlameEvaluator, params: FlameParams) -> float:
    """Metres that the worst frame is off."""
    steps = converting_params(Acted.of(source, target, params), target, same_vertices(source.model, target.model))
    return float(result_of(steps).residuals.max())


def random_acting(head: bpy.types.Object) -> FlameParams:
    """Frames of one random person, all coefficients and joints moving."""
    generator, model = np.random.default_rng(5), api.model(head)
    turns = {name: generator.uniform(-0.3, 0.3, (MESHES, 3)) for name in (*POSE_FIELDS, "translation")}
    expression = generator.normal(size=(MESHES, model.n_expression))
    return FlameParams(shape=generator.normal(size=model.n_identity), expression=expression, **turns)


def milliseconds(work, rounds: int = ROUNDS) -> float:
    """Median milliseconds of ``rounds`` runs, but for a short benchmark."""
    found = []
    for _ in range(min(rounds, ROUNDS)):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return float(np.median(found))


def tracked_clip(frames: int) -> dict[str, np.ndarray]:
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
    name = "expression" if len(head.flame.expression) else "movements"  # the built-in head's
    items = getattr(head.flame, name)
    for frame in range(INSERTED):
        for index in range(min(EXPRESSION, len(items))):
            items[index].value = clip["expr"][frame, index]
            head.keyframe_insert(f"flame.{name}[{index}].value", frame=frame)
        for field, key in (("global_rotation", "rotation"), ("neck", "neck_pose"), ("jaw", "jaw_pose")):
            setattr(head.flame, field, clip[key][frame])
            head.keyframe_insert(f"flame.{field}", frame=frame)
        for field, columns in (("left_eye", slice(0, 3)), ("right_eye", slice(3, 6))):
            setattr(head.flame, field, clip["eyes_pose"][frame, columns])
            head.keyframe_insert(f"flame.{field}", frame=frame)
        head.flame.translation = clip["translation"][frame]
        head.keyframe_insert("flame.translation", frame=frame)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
